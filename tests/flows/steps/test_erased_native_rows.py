"""Erased people in files of platforms, where a row may name nobody, or somebody else's order."""

from collections.abc import Iterable

import polars as pl
import pytest

from flows.io.erasures import Erasures
from tests.flows.steps.conftest import Shop
from tests.flows.steps.native import SHOPIFY, TAOBAO_ITEMS, TAOBAO_ORDERS
from tests.flows.steps.test_erased_rows import bar, fates
from transforms.contracts import staged
from transforms.contracts.table import Table

AT = "2026-03-01 10:00:00"
TICKETS = "store_id,ticket_id,opened_at,account_id,order_id,channel,ticket_type"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")


@pytest.fixture
def shop(native: Shop) -> Shop:
    """A shop of three stores, with an order of somebody else."""
    native.export("taobao/first.csv", f"0,{AT},somebody,P,1,1")
    return native


def keys(shop: Shop, table: Table, column: str) -> set[str]:
    return set(shop.stage().scan(table).collect()[column])


def taobao_orders(shop: Shop, *orders: Iterable[str]) -> None:
    lines = [f'="{order}",{buyer},0.00,10.00,10.00,交易成功,{AT},{AT},,0.00' for order, buyer in orders]
    shop.export("taobao/ExportOrderList1.csv", *lines, header=TAOBAO_ORDERS, encoding="gbk")


def taobao_items(shop: Shop, *orders: str) -> None:
    lines = [f'="{order}",茶,10.00,1,TEA,,,,交易成功,TEA' for order in orders]
    shop.export("taobao/ExportOrderDetailList1.csv", *lines, header=TAOBAO_ITEMS, encoding="gbk")


@pytest.mark.parametrize("is_barred_first", [True, False])
@pytest.mark.parametrize("files", ["together", "orders first", "items first"])
def test_items_that_name_nobody_leave_with_their_order(shop: Shop, files: str, is_barred_first: bool) -> None:
    if is_barred_first:
        bar(shop, account_key="taobao/茶客")
    if files == "items first":
        taobao_items(shop, "11", "12")
        shop.stage()
    taobao_orders(shop, ("11", "茶客"), ("12", "别人"))
    if files == "orders first":
        shop.stage()
    if files != "items first":
        taobao_items(shop, "11", "12")
    if not is_barred_first:
        shop.stage()
        bar(shop, account_key="taobao/茶客")
    erased = {name: erased for name, (_, erased) in fates(shop).items() if erased}
    assert erased == {"taobao/ExportOrderList1.csv": 1, "taobao/ExportOrderDetailList1.csv": 1}
    assert keys(shop, staged.PURCHASE_ORDER, "order_key") == {"taobao/0", "taobao/12"}
    assert keys(shop, staged.ORDER_LINE, "order_key") == {"taobao/0", "taobao/12"}


def test_an_order_of_several_rows_leaves_whole_and_its_neighbours_keep_their_own_facts(shop: Shop) -> None:
    facts = f"paid,,CNY,0.00,{{total}},0.00,{AT} +0800"
    shop.export(
        "shopify/orders_export_1.csv",
        f"#1,a@x.example,{facts.format(total='20.00')},1,Tea,15.00,TEA,0.00,,0.00,",
        "#1,,,,,,,,,1,Pot,5.00,POT,0.00,,,",
        f"#2,Anna@X.example,{facts.format(total='20.00')},1,Tea,15.00,TEA,0.00,,0.00,",
        "#2,,,,,,,,,1,Pot,5.00,POT,0.00,,,",
        f"#3,,{facts.format(total='20.00')},1,Tea,15.00,TEA,0.00,,0.00,+8613000000001",
        "#3,,,,,,,,,1,Pot,5.00,POT,0.00,,,",
        f"#4,anna@x.example,{facts.format(total='cheap')},1,Tea,15.00,TEA,0.00,,0.00,",
        "#4,,,,,,,,,1,Pot,5.00,POT,0.00,,,",
        header=SHOPIFY,
    )
    before = shop.stage().scan(staged.PURCHASE_ORDER).sort("order_key").collect()
    bar(shop, account_key="shopify/anna@x.example")
    assert fates(shop)["shopify/orders_export_1.csv"] == (8, 4)
    after = shop.stage().scan(staged.PURCHASE_ORDER).sort("order_key").collect()
    assert after.rows() == before.filter(pl.col("order_key") != "shopify/#2").rows()
    assert after["order_key"].to_list() == ["shopify/#1", "shopify/#3", "taobao/0"]


def test_every_kind_of_row_that_names_the_account(shop: Shop) -> None:
    shop.export("reviews.csv", f"taobao,R1,{AT},7,TEA,5", f"taobao,R2,{AT},8,TEA,5",
                header="store_id,review_id,reviewed_at,account_id,product_id,rating")  # fmt: skip
    shop.export(
        "tickets.csv", f"taobao,T1,{AT},7,,phone,complaint", f"taobao,T2,{AT},8,,phone,complaint", header=TICKETS
    )
    shop.export("events.csv", f"taobao,E1,{AT},7,sms,sent", f"taobao,E2,{AT},8,sms,sent",
                header="store_id,event_id,occurred_at,account_id,channel,event_type")  # fmt: skip
    shop.export("referrals.csv", f"taobao,F1,{AT},7,8", f"taobao,F2,{AT},8,7", f"taobao,F3,{AT},8,9",
                header="store_id,referral_id,referred_at,referrer_account_id,account_id")  # fmt: skip
    shop.export("attributes.csv", f"taobao,7,{AT},style,plain,survey", f"taobao,8,{AT},style,plain,survey",
                header="store_id,account_id,recorded_at,attribute,attribute_value,source")  # fmt: skip
    shop.stage()
    bar(shop, account_key="taobao/7")
    erased = {name.removesuffix(".csv"): erased for name, (_, erased) in fates(shop).items() if erased}
    assert erased == {"reviews": 1, "tickets": 1, "events": 1, "referrals": 2, "attributes": 1}
    for table in (staged.REVIEW, staged.TICKET, staged.CONTACT_EVENT, staged.REFERRAL, staged.CUSTOMER_ATTRIBUTE):
        assert "taobao/7" not in shop.stage().scan(table).collect().write_json()


def test_a_ticket_about_an_order_does_not_make_it_theirs(shop: Shop) -> None:
    shop.export(
        "tickets.csv",
        f"taobao,T1,{AT},7,0,phone,complaint",
        f"taobao,T2,{AT},somebody,0,phone,complaint",
        header=TICKETS,
    )
    bar(shop, account_key="taobao/7")
    assert {name: count for name, (_, count) in fates(shop).items()} == {"taobao/first.csv": 0, "tickets.csv": 1}


def test_a_ticket_that_names_only_their_order_is_theirs(shop: Shop) -> None:
    shop.export("tickets.csv", f"taobao,T1,{AT},,0,phone,complaint", header=TICKETS)
    bar(shop, account_key="taobao/somebody")
    shop.export("taobao/second.csv", f"1,{AT},8,P,1,1")
    assert {name: count for name, (_, count) in fates(shop).items()} == {
        "taobao/first.csv": 1,
        "taobao/second.csv": 0,
        "tickets.csv": 1,
    }


def test_the_phone_on_an_order_is_who_receives_it_and_bars_nobody_else(shop: Shop) -> None:
    header = f"{TAOBAO_ORDERS},联系手机"
    lines = [f'="{order}",{buyer},0.00,10.00,10.00,交易成功,{AT},{AT},,0.00,13000000001' for order, buyer in
             (("11", "茶客"), ("12", "别**"))]  # fmt: skip
    shop.export("taobao/ExportOrderList1.csv", *lines, header=header, encoding="gbk")
    bar(shop, account_key="taobao/茶客")
    assert fates(shop)["taobao/ExportOrderList1.csv"] == (2, 1)
    barred = Erasures(shop.night().lake).barred()
    assert barred.height == 3  # The account, its buyer, and its order.


def test_a_buyer_of_two_stores_of_a_platform_leaves_both_and_what_names_only_the_other_account(shop: Shop) -> None:
    accounts = "store_id,account_id,opened_at,buyer_key"
    shop.export(
        "accounts.csv",
        f"taobao,7,{AT},jd/person",
        f"youzan,8,{AT},jd/person",
        f"youzan,9,{AT},jd/other",
        header=accounts,
    )
    shop.export("youzan/orders.csv", f"1,{AT},8,P,1,1", f"2,{AT},9,P,1,1")
    reviews = "store_id,review_id,reviewed_at,account_id,product_id,rating"
    shop.export("reviews.csv", f"youzan,R1,{AT},8,TEA,5", f"youzan,R2,{AT},9,TEA,5", header=reviews)
    shop.stage()
    bar(shop, account_key="taobao/7")
    erased = {name: erased for name, (_, erased) in fates(shop).items() if erased}
    assert erased == {"accounts.csv": 2, "youzan/orders.csv": 1, "reviews.csv": 1}
    assert keys(shop, staged.CUSTOMER_ACCOUNT, "account_key") == {"taobao/somebody", "youzan/9"}
