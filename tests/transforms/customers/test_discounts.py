"""Discounts taken, in stores that tell them."""

import polars as pl
import pytest

from tests.transforms.customers.tables import by_customer
from transforms.customers.discounts import discounts, stores_with_discounts

ORDERS = {"customer_id": pl.String, "store_id": pl.String, "customer_paid": pl.Int64, "discount": pl.Int64}
LINES = {
    "customer_id": pl.String,
    "store_id": pl.String,
    "amount": pl.Int64,
    "discount": pl.Int64,
    "is_goods": pl.Boolean,
}
TOLD = [("c1", "web", 900, 100), ("c1", "web", 1100, 0), ("c2", "web", 500, 0), ("c3", "till", 700, 0)]
SOLD = [
    ("c1", "web", 300, 100, True),
    ("c1", "web", 500, 0, True),
    ("c1", "web", 100, 0, False),
    ("c1", "web", 1100, 0, True),
    ("c2", "web", 500, 0, True),
    ("c3", "till", 700, 0, True),
]


def test_discounts_of_a_customer() -> None:
    orders = pl.LazyFrame(TOLD, schema=ORDERS, orient="row")
    stores = stores_with_discounts(orders)
    assert stores.collect()["store_id"].to_list() == ["web"]
    found = by_customer(discounts(orders, pl.LazyFrame(SOLD, schema=LINES, orient="row"), stores))
    assert found["c1"] == {
        "discount_share": pytest.approx(100 / 2100),
        "promotion_share": pytest.approx(300 / 1900),
        "full_price_share": pytest.approx(1600 / 1900),
        "discount_depth": 0.25,
    }
    assert found["c2"] == {
        "discount_share": 0.0,
        "promotion_share": 0.0,
        "full_price_share": 1.0,
        "discount_depth": None,
    }


def test_a_store_that_tells_no_discount_says_nothing_of_its_customers() -> None:
    orders = pl.LazyFrame(TOLD, schema=ORDERS, orient="row")
    found = discounts(orders, pl.LazyFrame(SOLD, schema=LINES, orient="row"), stores_with_discounts(orders))
    assert "c3" not in by_customer(found)


def test_what_cost_nothing_has_no_shares() -> None:
    orders = pl.LazyFrame([("c1", "web", 0, 0), ("c2", "web", 5, 1)], schema=ORDERS, orient="row")
    lines = pl.LazyFrame([("c1", "web", 0, 0, True)], schema=LINES, orient="row")
    found = by_customer(discounts(orders, lines, stores_with_discounts(orders)))
    assert set(found["c1"].values()) == {None}
