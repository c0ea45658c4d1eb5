"""Customers: nothing that happened after the night is in it."""

from datetime import date

import polars as pl
import pytest

from flows.faults import InputError
from flows.night import Night
from flows.steps.collect import collect
from flows.steps.customers import customers
from flows.steps.identify import identify
from flows.steps.read import read
from flows.steps.stage import stage
from tests.flows.steps.conftest import Shop
from transforms.contracts import contact, mart

PAST = ("O1,2026-03-01 10:00:00,1,P1,1,2.50", "O2,2026-03-04 23:59:59,2,P2,2,3.00")
FUTURE = ("O3,2026-03-05 00:00:00,1,P1,1,9.00", "O4,2026-03-06 10:00:00,3,P3,1,9.00")
ACCOUNTS = "account_id,opened_at,email"
TABLES = (
    mart.CUSTOMER,
    mart.PURCHASE_ORDER,
    mart.PURCHASE_LINE,
    mart.PRODUCT,
    mart.FRESHNESS,
    contact.CONTACT_POINT,
    contact.CUSTOMER_CARD,
)


def _night(shop: Shop) -> Night:
    night = shop.night()
    collected = collect(night)
    stage(night, *read(night, collected))
    identify(night, mart.CUSTOMER_LINK.empty())
    customers(night)
    return night


def _tables(shop: Shop) -> list[pl.DataFrame]:
    night = _night(shop)
    return [night.work.scan(table).sort(table.key).collect() for table in TABLES]  # type: ignore[arg-type]


def test_later_orders_accounts_and_articles_change_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")
    shop.export("orders.csv", *PAST)
    shop.export("accounts.csv", "1,2026-02-01,a@example.com", header=ACCOUNTS)
    before = _tables(shop)
    shop.export("later.csv", *FUTURE)
    shop.export("accounts2.csv", "4,2026-03-05,d@example.com", header=ACCOUNTS)
    for now, then in zip(_tables(shop), before, strict=True):
        assert now.equals(then)
    assert before[0]["customer_paid"].sum() == (2_50 + 6_00) * 100


def test_a_night_before_the_first_order_is_refused(shop: Shop) -> None:
    shop.export("orders.csv", *FUTURE)
    with pytest.raises(InputError, match="as_of 2026-03-04 lies before the first order, 2026-03-05"):
        _night(shop)


def test_without_any_order_the_night_is_refused(shop: Shop) -> None:
    shop.export("accounts.csv", "1,2026-02-01,a@example.com", header=ACCOUNTS)
    with pytest.raises(InputError, match="no order"):
        _night(shop)


def test_the_calendar_has_every_day_of_the_years(shop: Shop) -> None:
    shop.export("orders.csv", *PAST)
    days = _night(shop).work.scan(mart.CALENDAR).collect()["date"]
    assert (days.len(), days.min(), days.max()) == (365, date(2026, 1, 1), date(2026, 12, 31))
