"""Orders told as a whole: their lines add up to what was paid, whatever the lines cost."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.contracts import rows, staged
from transforms.staging.orders import kept_lines, order_lines, purchase_orders, refunds
from transforms.staging.told_orders import SHIPPING, kept_orders, placed_lines, waiting_lines
from transforms.staging.told_refunds import NOT_ITEMISED, kept_refunds

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Row = dict[str, object]


def frame(table: object, told: list[Row], defaults: Row) -> pl.LazyFrame:
    filled = [
        {"file_id": f"f{row.get('file_rank', 0)}", "line_number": place + 2, **defaults, **row}
        for place, row in enumerate(told)
    ]
    return pl.LazyFrame(filled, schema={**table.polars_schema, "file_rank": pl.Int64()})  # type: ignore[attr-defined]


def items(*told: Row) -> pl.LazyFrame:
    """`kept_lines` of rows that tell neither instant nor account, as a file of articles does."""
    line = {"store_id": "web", "order_id": "1", "product_id": "P", "quantity": 1, "unit_price": 10_000}
    more = {"is_refund": False, "is_goods": True, "file_rank": 0, "known_at": NOON}
    numbered = [{"cells_hash": place, **row} for place, row in enumerate(told)]
    # As the night does: a plan that holds these steps many times takes seconds to make.
    return kept_lines(frame(rows.ORDER_LINE, numbered, {**line, **more})).collect().lazy()


def orders(*told: Row) -> pl.LazyFrame:
    order = {"store_id": "web", "order_id": "1", "happened_at": NOON, "account_id": "7", "order_state": "paid"}
    told_rows = frame(rows.PURCHASE_ORDER, list(told), {**order, "file_rank": 0, "known_at": NOON})
    return kept_orders(told_rows).collect().lazy()


def requests(*told: Row) -> pl.LazyFrame:
    """`kept_refunds` of rows of an export of refunds."""
    refund = {"store_id": "web", "order_id": "1", "refund_state": "done", "file_rank": 0, "known_at": NOON}
    return kept_refunds(frame(rows.REFUND, list(told), refund)).collect().lazy()


def tables(
    lines: pl.LazyFrame, told: pl.LazyFrame, given_back: pl.LazyFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Staged orders, lines and refunds."""
    asked = requests() if given_back is None else given_back
    placed = placed_lines(lines, told, asked).collect().lazy()
    bought = staged.PURCHASE_ORDER.conform(purchase_orders(placed, "UTC", "EUR")).collect()
    of_lines = staged.ORDER_LINE.conform(order_lines(placed, bought.lazy(), "EUR")).collect()
    return bought, of_lines, staged.REFUND.conform(refunds(placed, bought.lazy(), "UTC", "EUR")).collect()


def test_a_payment_below_the_price_of_the_goods_is_spread_over_them_in_proportion() -> None:
    lines = items({"unit_price": 30_000}, {"product_id": "Q", "quantity": 3}, {"product_id": "R", "unit_price": 0})
    bought, found, _ = tables(lines, orders({"customer_paid": 40_001}))
    assert found.select("line_index", "unit_price", "quantity", "discount", "amount").rows() == [
        (1, 30_000, 1, 10_000, 20_000),
        (2, 10_000, 3, 9_999, 20_001),
        (3, 0, 1, 0, 0),
    ]
    assert bought.select("customer_paid", "discount", "line_count", "units", "account_key").rows() == [
        (40_001, 19_999, 3, 5, "web/7")
    ]


def test_shipping_is_a_line_and_so_is_what_was_paid_beyond_it_and_the_goods() -> None:
    bought, found, _ = tables(items({}), orders({"customer_paid": 18_000, "shipping": 5_000}))
    assert found.select("product_key", "amount", "is_goods", "quantity").rows() == [
        ("web/P", 10_000, True, 1),
        (f"web/{SHIPPING}", 5_000, False, 1),
        (f"web/{NOT_ITEMISED}", 3_000, False, 1),
    ]
    assert bought.select("customer_paid", "units").rows() == [(18_000, 1)]


def test_shipping_that_a_voucher_paid_is_no_line() -> None:
    _, found, _ = tables(items({}), orders({"customer_paid": 0, "shipping": 5_000}))
    assert found.select("product_key", "discount", "amount").rows() == [("web/P", 10_000, 0)]


def test_an_order_whose_lines_nobody_tells_is_one_line() -> None:
    bought, found, _ = tables(items({"order_id": "2"}), orders({"customer_paid": 9_000, "order_discount": 1_000}))
    assert found.select("product_key", "unit_price", "discount", "amount").rows() == [
        (f"web/{NOT_ITEMISED}", 10_000, 1_000, 9_000)
    ]
    assert bought["line_count"].to_list() == [1]


def test_unpaid_and_cancelled_orders_and_their_lines_are_no_purchases() -> None:
    told = orders({"order_state": "unpaid"}, {"order_id": "2", "order_state": "cancelled", "customer_paid": 5_000})
    assert [table.height for table in tables(items({}, {"order_id": "2"}), told)] == [0, 0, 0]


def test_what_was_given_back_is_a_refund_of_the_order_dated_like_it_unless_told() -> None:
    told = orders(
        {"customer_paid": 10_000, "refunded_amount": 4_000},
        {"order_id": "2", "customer_paid": 10_000, "order_state": "refunded", "refunded_at": NOON + DAY},
        {"order_id": "3", "customer_paid": 10_000, "order_state": "refunded", "refunded_amount": 9_000},
        {"order_id": "4", "customer_paid": 10_000, "refunded_amount": 0},
    )
    bought, _, found = tables(items(), told)
    assert found.select("refund_key", "order_key", "account_key", "happened_at", "amount", "quantity").rows() == [
        ("web/1/1", "web/1", "web/7", NOON, 4_000, 0),
        ("web/2/1", "web/2", "web/7", NOON + DAY, 10_000, 0),
        ("web/3/1", "web/3", "web/7", NOON, 9_000, 0),
    ]
    assert bought["customer_paid"].to_list() == [10_000] * 4


def test_lines_wait_for_their_order_and_lines_that_tell_their_instant_do_not() -> None:
    lines = items({"order_id": "1"}, {"order_id": "2"}, {"order_id": "3", "happened_at": NOON, "account_id": "9"})
    told = orders({"customer_paid": 10_000})
    assert waiting_lines(lines, told).collect()["order_key"].to_list() == ["web/2"]
    assert tables(lines, told)[0].select("order_key", "account_key").rows() == [("web/1", "web/7"), ("web/3", "web/9")]


def test_the_order_of_a_later_file_wins_and_its_lines_stay() -> None:
    told = orders(
        {"customer_paid": 10_000, "file_rank": 0},
        {"customer_paid": 10_000, "refunded_amount": 10_000, "file_rank": 1},
    )
    bought, lines, back = tables(items({}), told)
    assert (bought.height, lines["amount"].to_list(), back["amount"].to_list()) == (1, [10_000], [10_000])


AMOUNT = st.integers(0, 10**15)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("12"), st.integers(0, 3), AMOUNT), max_size=6),
    st.lists(st.tuples(AMOUNT, st.none() | AMOUNT), min_size=2, max_size=2),
)
def test_lines_always_add_up_to_the_payment_and_none_is_negative(
    told: list[tuple[str, int, int]], paid: list[tuple[int, int | None]]
) -> None:
    lines = items(*({"order_id": order, "quantity": pieces, "unit_price": price} for order, pieces, price in told))
    of_orders = orders(
        *(
            {"order_id": number, "customer_paid": amount, "shipping": shipping}
            for number, (amount, shipping) in zip("12", paid, strict=True)
        )
    )
    bought, found, _ = tables(lines, of_orders)
    assert dict(bought.select("order_id", "customer_paid").iter_rows()) == {
        number: amount for number, (amount, _) in zip("12", paid, strict=True)
    }
    assert found.filter(pl.col("amount") != pl.col("unit_price") * pl.col("quantity") - pl.col("discount")).is_empty()
    assert found.filter(pl.min_horizontal("amount", "discount") < 0).is_empty()
