"""Money of other currencies at dated rates: exact, and still adding up."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.contracts import rows, staged
from transforms.staging import currencies
from transforms.staging.currencies import LONGEST_DAYS, RATE_SCALE, RATES
from transforms.staging.orders import kept_lines, order_lines, purchase_orders, refunds

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Row = dict[str, object]
LINE = {
    "store_id": "web",
    "order_id": "1",
    "happened_at": NOON,
    "product_id": "P",
    "quantity": 1,
    "unit_price": 10_000,
    "is_refund": False,
    "is_goods": True,
    "file_rank": 0,
    "known_at": NOON,
}


def kept(*lines: Row) -> pl.LazyFrame:
    told = [
        {"file_id": "f", "line_number": place + 2, "cells_hash": place, **LINE, **line}
        for place, line in enumerate(lines)
    ]
    return kept_lines(pl.LazyFrame(told, schema={**rows.ORDER_LINE.polars_schema, "file_rank": pl.Int64()}))


def rate(currency: str, day: date, units: str) -> tuple[str, date, int]:
    return currency, day, int(Fraction(units) * RATE_SCALE)


def converted(
    lines: pl.LazyFrame, rates: list[tuple[str, date, int]], of_stores: dict[str, str] | None = None
) -> tuple[pl.DataFrame, ...]:
    """Staged orders, lines and refunds of a shop that reports in CNY."""
    table = pl.LazyFrame(rates, schema=RATES, orient="row")
    currency_of = currencies.currency_of(of_stores or {}, "CNY")
    bought = purchase_orders(lines, "UTC", "CNY")
    sold, back = order_lines(lines, bought, "CNY"), refunds(lines, bought, "UTC", "CNY")
    told = currencies.told_currencies(lines)
    dated = currencies.dated_orders(bought, told, currency_of)
    given_back = currencies.dated_refunds(back, told, dated, currency_of)
    needed = pl.concat(frame.select("original_currency", "rate_date") for frame in (dated, given_back))
    found = currencies.dated_rates(needed, table, "CNY")
    priced = currencies.with_rate(dated, found)
    parts = (
        (staged.PURCHASE_ORDER, currencies.converted_orders(priced)),
        (staged.ORDER_LINE, currencies.converted_lines(sold, priced)),
        (staged.REFUND, currencies.converted_refunds(currencies.with_rate(given_back, found))),
    )
    return tuple(table.conform(frame).collect() for table, frame in parts)


TODAY = NOON.date()


def test_an_order_is_converted_at_the_rate_of_its_day_and_keeps_what_was_told() -> None:
    lines = kept(
        {"original_currency": "USD", "unit_price": 123_456, "quantity": 2, "discount": 6_912},
        {"original_currency": "USD", "product_id": "Q", "unit_price": 1},
        {"original_currency": "CNY", "order_id": "2", "unit_price": 50_000},
        {"order_id": "3", "unit_price": 70_000},
    )
    orders, sold, _ = converted(lines, [rate("USD", TODAY, "7.12345")])
    # 24.0001 dollars at 7.12345 are 170.96351..., to the ten-thousandth.
    assert orders.select("order_id", "customer_paid", "currency", "original_amount", "original_currency").rows() == [
        ("1", 1_709_635, "CNY", 240_001, "USD"),
        ("2", 50_000, "CNY", 50_000, "CNY"),
        ("3", 70_000, "CNY", 70_000, "CNY"),
    ]
    assert sold.select("unit_price", "discount", "amount", "currency").rows()[:2] == [
        (879_433, 49_237, 1_709_628, "CNY"),
        (7, 0, 7, "CNY"),
    ]
    assert orders["discount"].to_list() == [49_237, 0, 0]


def test_halves_are_rounded_up() -> None:
    orders, _, _ = converted(kept({"original_currency": "USD", "unit_price": 1}), [rate("USD", TODAY, "2.5")])
    assert orders["customer_paid"].to_list() == [3]


@pytest.mark.parametrize(("age", "holds"), [(0, True), (LONGEST_DAYS, True), (LONGEST_DAYS + 1, False), (-1, False)])
def test_the_last_rate_on_or_before_the_day_holds_for_a_month(age: int, holds: bool) -> None:
    lines = kept({"original_currency": "USD"})
    older = rate("USD", TODAY - age * DAY - 60 * DAY, "9")
    orders, _, _ = converted(lines, [rate("USD", TODAY - age * DAY, "2"), older, rate("EUR", TODAY, "5")])
    assert orders["customer_paid"].to_list() == [20_000 if holds else None]


def test_the_day_is_the_shops_own() -> None:
    lines = kept({"original_currency": "USD", "happened_at": datetime(2026, 3, 2, 17, tzinfo=UTC)})
    bought = purchase_orders(lines, "Asia/Shanghai", "CNY")
    dated = currencies.dated_orders(bought, currencies.told_currencies(lines), currencies.currency_of({}, "CNY"))
    assert dated.collect().select("rate_date", "original_currency").rows() == [(date(2026, 3, 3), "USD")]


def test_a_store_may_sell_in_a_currency_its_exports_do_not_tell() -> None:
    lines = kept(
        {"store_id": "tmall"}, {"store_id": "web"}, {"store_id": "tmall", "order_id": "2", "original_currency": "EUR"}
    )
    orders, _, _ = converted(lines, [rate("USD", TODAY, "7"), rate("EUR", TODAY, "8")], {"tmall": "USD"})
    assert orders.select("order_key", "customer_paid", "original_currency").rows() == [
        ("tmall/1", 70_000, "USD"),
        ("tmall/2", 80_000, "EUR"),
        ("web/1", 10_000, "CNY"),
    ]


def test_a_currency_told_on_one_row_of_an_order_is_that_of_all() -> None:
    orders, _, _ = converted(kept({"original_currency": "USD"}, {"product_id": "Q"}), [rate("USD", TODAY, "7")])
    assert orders.select("customer_paid", "original_amount").rows() == [(140_000, 20_000)]


def test_an_order_in_two_currencies_is_found_with_its_line() -> None:
    lines = kept(
        {"original_currency": "USD"},
        {"original_currency": "EUR"},
        {"order_id": "2", "original_currency": "USD"},
        {"order_id": "2"},
    )
    told = currencies.told_currencies(lines).sort("order_key").collect()
    assert told.select("order_key", "is_mixed", "line_number").row(0) == ("web/1", True, 2)
    assert told["is_mixed"].to_list() == [True, False]


def test_a_refund_takes_the_rate_of_its_order_and_without_one_that_of_its_day() -> None:
    later = {"happened_at": NOON + 5 * DAY, "is_refund": True}
    lines = kept(
        {"original_currency": "USD", "unit_price": 33_333},
        {**later, "unit_price": 11_111},
        {**later, "product_id": "Q", "unit_price": 22_222},
        {**later, "order_id": "C9", "original_currency": "USD"},
        {**later, "order_id": "C8"},
    )
    rates = [rate("USD", TODAY, "7.0001"), rate("USD", TODAY + DAY, "9")]
    orders, _, back = converted(lines, rates)
    assert back.select("refund_key", "order_key", "amount", "original_amount", "original_currency").rows() == [
        ("web/1/1", "web/1", 77_778, 11_111, "USD"),
        ("web/1/2", "web/1", 155_556, 22_222, "USD"),
        ("web/C8/1", None, 10_000, 10_000, "CNY"),
        ("web/C9/1", None, 90_000, 10_000, "USD"),
    ]
    assert orders["customer_paid"].to_list() == [77_778 + 155_556]


def test_what_does_not_fit_into_64_bits_is_null() -> None:
    orders, _, _ = converted(kept({"original_currency": "IRR", "unit_price": 10**16}), [rate("IRR", TODAY, "1000000")])
    assert orders["customer_paid"].to_list() == [None]


PRICES = st.lists(
    st.tuples(st.integers(0, 10**7), st.integers(0, 9), st.sampled_from([0, 1, 7])), min_size=1, max_size=9
)


@settings(max_examples=60)
@given(PRICES, st.integers(1, 10**13), st.integers(0, 9))
def test_lines_and_refunds_add_up_to_what_was_paid(
    prices: list[tuple[int, int, int]], rate_scaled: int, given_back: int
) -> None:
    told = [
        {"original_currency": "USD", "unit_price": price, "quantity": pieces, "discount": min(off, price * pieces)}
        for price, pieces, off in prices
    ]
    back = [{**line, "is_refund": True} for line in told[:given_back]]
    orders, sold, returned = converted(kept(*told, *back), [("USD", TODAY, rate_scaled)])
    [order] = orders.to_dicts()
    assert sold["amount"].sum() == order["customer_paid"]
    assert sold["discount"].sum() == order["discount"]
    exact = Fraction(order["original_amount"] * rate_scaled, RATE_SCALE)
    assert abs(order["customer_paid"] - exact) <= Fraction(1, 2)
    for line, amount in zip(told, sold["amount"], strict=True):
        own = Fraction((line["unit_price"] * line["quantity"] - line["discount"]) * rate_scaled, RATE_SCALE)
        assert amount >= 0
        assert abs(amount - own) < 1
    assert returned["amount"].sum() <= order["customer_paid"]
    if given_back >= len(told):
        assert returned["amount"].sum() == order["customer_paid"]
