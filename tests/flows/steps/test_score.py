"""Score: what is counted over all customers is the same however they are sharded."""

from datetime import date

import polars as pl
import pytest

from flows.steps.collect import collect
from flows.steps.customers import customers
from flows.steps.fit import fit
from flows.steps.identify import identify
from flows.steps.read import read
from flows.steps.score import score
from flows.steps.stage import stage
from tests.flows.steps.conftest import Shop
from transforms.contracts import mart
from transforms.contracts.table import Table

ORDERS = [
    *(f"O{n},2026-01-{n:02} 10:00:00,{n},P1,1,2.50" for n in range(1, 21)),
    *(f"P{n},2026-02-{n:02} 23:30:00,{n},P1,2,2.50" for n in range(1, 6)),
    "Q1,2026-03-01 00:30:00,1,P1,1,9.99",
    "Q2,2026-03-02 09:00:00,,P1,1,7.77",
]


def scored(shop: Shop, table: Table, shards: int) -> pl.DataFrame:
    night = shop.night(shards)
    stage(night, *read(night, collect(night)))
    identify(night, mart.CUSTOMER_LINK.empty())
    customers(night)
    score(night, fit(night))
    return night.work.scan(table).collect()


@pytest.fixture
def busy_shop(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")
    shop.export("orders.csv", *ORDERS)
    return shop


def test_cohorts_count_known_customers_by_shop_local_month(busy_shop: Shop) -> None:
    found = scored(busy_shop, mart.COHORT_RETENTION, shards=1)
    january = date(2026, 1, 1)
    assert found.rows() == [
        (january, 0, 20, 20, 50_0000, "EUR", True),
        (january, 1, 20, 5, 25_0000, "EUR", True),
        (january, 2, 20, 1, 9_9900, "EUR", False),
    ]


@pytest.mark.parametrize("table", [mart.COHORT_RETENTION, mart.SEGMENT_SUMMARY], ids=lambda table: table.name)
def test_shards_change_nothing(busy_shop: Shop, table: Table) -> None:
    assert scored(busy_shop, table, shards=3).equals(scored(busy_shop, table, shards=1))


def test_the_next_tier_and_what_is_missing_to_it(busy_shop: Shop) -> None:
    # Up to the month start one paid 17.49, four 7.50 and fifteen 2.50: a place is platinum, four are silver or better.
    found = scored(busy_shop, mart.CUSTOMER_SCORE, shards=1)
    told = found.group_by("tier", "next_tier", "missing_to_next_tier").len().sort("len")
    assert told.rows() == [
        ("platinum", None, None, 1),
        ("silver", "platinum", 9_9900, 4),
        ("member", "silver", 5_0000, 15),
    ]
