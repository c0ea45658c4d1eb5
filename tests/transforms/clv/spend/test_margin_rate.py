"""The margin rate: by hand, against a known truth, and its own laws."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.clv.spend.margin_rate import MarginRate, margin_spread

DAY = date(2026, 1, 1)
Order = tuple[str, int, int, int]
"""Customer, day, paid and margin."""


def orders(rows: list[Order]) -> pl.LazyFrame:
    told = [(who, DAY + timedelta(days=day), paid, margin) for who, day, paid, margin in rows]
    schema = {"customer_id": pl.String, "order_date": pl.Date, "customer_paid": pl.Int64, "margin": pl.Int64}
    return pl.LazyFrame(told, schema=schema, orient="row")


def customers(rows: list[Order]) -> pl.DataFrame:
    """What the fit is given of orders alone."""
    told = orders(rows)
    sums = told.group_by("customer_id").agg(pl.col("customer_paid", "margin").sum())
    return sums.join(margin_spread(told), on="customer_id").sort("customer_id").collect()


def test_spread_by_hand() -> None:
    rows = [("a", 0, 100, 30), ("a", 1, 300, 90), ("b", 0, 100, 50), ("b", 1, 50, 10), ("b", 1, 50, 0), ("c", 0, 0, -5)]
    found = margin_spread(orders(rows)).sort("customer_id").collect().rows()
    # a keeps 30 % each time. b keeps 30 % of 100 twice, 20 more and 20 less of it.
    assert found == [("a", 1, pytest.approx(0, abs=1e-12)), ("b", 1, pytest.approx(2 * 0.2**2)), ("c", 0, None)]


def test_rate_by_hand() -> None:
    rows = [("a", 0, 100, 60), ("a", 1, 100, 50), ("b", 0, 100, 10), ("b", 1, 100, 0), ("c", 0, 600, 240)]
    told = customers(rows)
    model = MarginRate.fit(told)
    # Each occasion is 0.05 off its customer's 0.55 or 0.05; c's one occasion tells nothing of either variance.
    assert model.shop == 360 / 1000
    assert model.within == pytest.approx(4 * 0.05**2 / 2)
    assert model.between == pytest.approx((4 * 0.25**2 - model.within) / (4 - 8 / 4))
    k = model.within / model.between
    expected = [(2 * 0.55 + k * 0.36) / (2 + k), (2 * 0.05 + k * 0.36) / (2 + k), (0.40 + k * 0.36) / (1 + k)]
    assert model.rates(told).to_list() == pytest.approx(expected)


def test_service_and_messages_count_in_the_customers_own_rate() -> None:
    rows = [("a", 0, 100, 60), ("a", 1, 100, 50), ("b", 0, 100, 10), ("b", 1, 100, 0), ("c", 0, 100, 40)]
    told = customers(rows)
    served = told.with_columns(pl.col("margin") - pl.Series([0, 250, 0]))
    assert MarginRate.fit(served).shop == pytest.approx((160 - 250) / 500)
    rates = MarginRate.fit(served).rates(served)
    assert rates[1] < -0.9
    assert rates[0] > 0.4


@pytest.mark.parametrize(
    "rows",
    [
        [("a", 0, 100, 60), ("b", 0, 100, 10)],
        [("a", 0, 100, 40), ("a", 1, 100, -20), ("b", 0, 100, 0), ("b", 1, 100, 20)],
        [("a", 0, 100, 40), ("a", 1, 100, 10)],
        [("a", 0, 100, 25), ("a", 3, 7, 2), ("b", 0, 0, 0)],
    ],
    ids=["nobody came back", "alike", "one customer", "one who paid"],
)
def test_where_nothing_tells_customers_apart_all_have_the_shops_rate(rows: list[Order]) -> None:
    told = customers(rows)
    model = MarginRate.fit(told)
    shop = sum(margin for *_, margin in rows) / sum(paid for _, _, paid, _ in rows)
    assert model.rates(told).to_list() == pytest.approx([shop] * told.height)


def test_a_shop_in_which_nothing_was_paid_keeps_nothing() -> None:
    told = customers([("a", 0, 0, -5), ("a", 1, 0, -5)])
    assert MarginRate.fit(told).rates(told).to_list() == [0.0]


def test_a_trifle_with_all_the_costs_of_an_order_does_not_rule_the_shop() -> None:
    random = np.random.default_rng(4)
    rows = [
        (f"c{n:03}", day, 1000, round(1000 * (0.3 + own + random.normal(0, 0.05))))
        for n, own in enumerate(random.normal(0, 0.1, 300))
        for day in range(3)
    ]
    trifle = [*rows, ("d", 0, 1, -500), ("d", 1, 1, -500), ("e", 0, 1, -500)]
    plain, with_trifle = MarginRate.fit(customers(rows)), MarginRate.fit(customers(trifle))
    assert (plain.between, plain.within) == (pytest.approx(0.01, rel=0.3), pytest.approx(0.0025, rel=0.3))
    assert with_trifle.between == pytest.approx(plain.between, rel=0.5)
    of_d, of_e = with_trifle.rates(customers(trifle))[-2:]
    assert -1 <= of_d < of_e < 0


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.integers(0, 5), st.integers(0, 10**15), st.integers(-(10**15), 10**15)),
        min_size=1,
        max_size=25,
    )
)
def test_a_rate_lies_between_the_customers_and_the_shops(rows: list[Order]) -> None:
    told = customers(rows)
    model = MarginRate.fit(told)
    assert min(model.between, model.within) >= 0
    assert np.isfinite([model.shop, model.between, model.within]).all()
    for rate, paid, margin in zip(model.rates(told), told["customer_paid"], told["margin"], strict=True):
        own = max(-1.0, min(2.0, margin / paid)) if paid else model.shop
        assert min(own, model.shop) - 1e-9 <= rate <= max(own, model.shop) + 1e-9


def test_json_gives_back_the_model() -> None:
    model = MarginRate(0.3, 0.01, 0.2, 40)
    assert MarginRate.from_json(model.to_json()) == model
    with pytest.raises(ValueError, match="not the parameters of margin_rate"):
        MarginRate.from_json('{"model": "credibility"}')
    with pytest.raises(ValueError, match="shop is of another type"):
        MarginRate.from_json(model.to_json().replace("0.3", '"0.3"'))
