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


def _night(shop: Shop, shards: int = 1) -> Night:
    night = shop.night(shards)
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


@pytest.mark.parametrize("shards", [1, 3])
def test_margin_is_what_is_left_after_all_that_is_told(
    shop: Shop, shards: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")
    shop.config.write_text(
        '[shop]\ncurrency = "EUR"\n[costs]\nmargin = 0.5\npayment_fee = 0.02\nshipping_per_order = 0.30\n'
        "service_minutes = 6\nservice_hour = 20\nmessage = {sms = 0.05}\n"
    )
    shop.export("orders.csv", *PAST, *FUTURE)
    costs = ("P2,2026-01-01,1.20", "P2,2026-03-05,9.00")
    shop.export("costs.csv", *costs, header="product_id,valid_from,unit_cost")
    tickets = ("T1,1,2026-03-02 10:00:00,chat,inquiry", "T2,1,2026-03-05 10:00:00,chat,inquiry")
    shop.export("tickets.csv", *tickets, header="ticket_id,account_id,opened_at,channel,ticket_type")
    events = ("E1,2,2026-03-02 10:00:00,sms,sent", "E2,2,2026-03-05 10:00:00,sms,sent")
    shop.export("events.csv", *events, header="event_id,account_id,occurred_at,channel,event_type")
    night = _night(shop, shards)
    orders = night.work.scan(mart.PURCHASE_ORDER).sort("order_key").collect()
    # Of 2.50 half, by the shop's margin, 0.05 and 0.30; of 6.00 two pieces at 1.20, 0.12 and 0.30.
    assert orders.select("goods_cost", "other_costs", "margin").rows() == [
        (1_2500, 3500, 9000),
        (2_4000, 4200, 3_1800),
    ]
    margins = night.work.scan(mart.CUSTOMER).sort("net_revenue").select("net_revenue", "margin").collect()
    # A ticket is six minutes at 20.00 an hour; one message was sent. What came later counts for nothing.
    assert margins.rows() == [(2_5000, 9000 - 2_0000), (6_0000, 3_1800 - 500)]


def test_without_costs_margin_is_net_revenue(shop: Shop) -> None:
    shop.export("orders.csv", *PAST)
    found = _night(shop).work.scan(mart.PURCHASE_ORDER).select("goods_cost", "other_costs", "margin").collect()
    assert found.sort("margin").rows() == [(None, 0, 2_5000), (None, 0, 6_0000)]
