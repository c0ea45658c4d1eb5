"""A shop that sells everywhere: the golden files of every layout in one night."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tests.flows.steps.conftest import Shop
from tests.flows.steps.golden import READABLE, expected, golden
from tests.flows.steps.native import account
from transforms.contracts import staged
from transforms.platforms.shipped import PLATFORMS
from transforms.reading.layout import KINDS

RATES = "".join(
    f'[[rates]]\ndate = 2026-0{month}-01\ncurrency = "{currency}"\nrate = 0.5\n'
    for month in range(1, 7)
    for currency in ("USD", "CNY", "BDT", "GBP", "CAD")
)


@pytest.fixture
def everywhere(shop: Shop) -> Shop:
    """Each platform a store."""
    shop.config.write_text(f'[shop]\ncurrency = "EUR"\ntimezone = "UTC"\n{RATES}')
    shop.as_of, shop.started = date(2026, 6, 30), datetime(2026, 7, 2, tzinfo=UTC)
    for platform in PLATFORMS:
        for layout in platform.layouts:
            if layout in READABLE:
                told = golden(layout)
                name = f"{platform.name}-{layout.name}/{told['file_name']}"
                path = shop.exports / name
                path.parent.mkdir(parents=True)
                path.write_bytes(told["text"].encode(told.get("encoding", "utf-8")))
    return shop


def test_every_row_of_every_platform_has_one_fate(everywhere: Shop) -> None:
    found = account(everywhere)
    assert len(found) == len(READABLE)
    for layout in READABLE:
        told = golden(layout)
        [name] = [name for name in found if name.split("/")[0].endswith(f"-{layout.name}")]
        rows = {row["line_number"] for kind in KINDS for row in told.get(kind, [])}
        rejected = told.get("quarantine", [])
        read, loaded, merged, quarantined = found[name]
        assert (read, quarantined) == (len(rows) + len(rejected), len(rejected)), name
        assert loaded + merged == len(rows), name


def test_what_buyers_paid_is_what_the_files_say(everywhere: Shop) -> None:
    [orders] = everywhere.tables(staged.PURCHASE_ORDER)
    paid = dict(orders.select("order_key", "original_amount").iter_rows())
    for platform in PLATFORMS:
        for layout in platform.layouts:
            for row in expected(golden(layout)).get("purchase_order", []):
                key = f"{platform.name}-{layout.name}/{row['order_id']}"
                is_bought = row["order_state"] in ("paid", "refunded")
                assert paid.get(key) == (row["customer_paid"] if is_bought else None), key


def test_platforms_that_name_no_buyer_give_orders_and_no_customer(everywhere: Shop) -> None:
    accounts, orders = everywhere.tables(staged.CUSTOMER_ACCOUNT, staged.PURCHASE_ORDER)
    stores = set(accounts["store_id"])
    for platform in PLATFORMS:
        for layout in platform.layouts:
            if layout.anonymous:
                store = f"{platform.name}-{layout.name}"
                assert (store in stores, store in set(orders["store_id"])) == (False, layout.table.name != "refund"), (
                    store
                )


def test_nobody_is_reached_through_a_marketplace_s_alias(everywhere: Shop) -> None:
    [accounts] = everywhere.tables(staged.CUSTOMER_ACCOUNT)
    of_amazon = accounts.filter(pl.col("store_id").str.starts_with("amazon"))
    assert of_amazon.height > 0
    assert of_amazon.select(pl.col("email", "phone").null_count()).row(0) == (of_amazon.height, of_amazon.height)
