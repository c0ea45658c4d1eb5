"""Files as platforms write them: what is read of each, what is refused, and that every row is accounted for."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.flows.conftest import SHARED
from tests.flows.steps.conftest import Shop
from transforms.contracts import staged
from transforms.contracts.quality import QUARANTINE, ROW_ACCOUNT
from transforms.contracts.table import Table

SETTINGS = '[shop]\ncurrency = "{currency}"\ntimezone = "{zone}"\n' + "".join(
    f'[[stores]]\nid = "{store}"\n' for store in ("shopify", "taobao", "youzan")
)
ORDER = ("order_key", "account_key", "happened_at", "customer_paid", "discount", "line_count", "units")
LINE = ("order_key", "product_key", "quantity", "unit_price", "discount", "amount", "is_goods")
ACCOUNT = ("account_key", "happened_at", "first_order_at", "customer_name", "email", "phone", "region", "acquired_by")

SHOPIFY = (
    "Name,Email,Financial Status,Fulfillment Status,Currency,Shipping,Total,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Cancelled at,Refunded Amount,Phone"
)
TAOBAO_ORDERS = (
    "订单编号,买家会员名,买家应付邮费,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间 ,订单关闭原因,退款金额"
)
TAOBAO_ITEMS = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码"
YOUZAN_ORDERS = (
    "订单号,订单状态,订单创建时间,买家付款时间,运费,订单实付金额,买家昵称,买家手机号,分销员,"
    "订单退款状态,订单已退款金额,分销员"
)
YOUZAN_ITEMS = "订单号,商品名称,商品类目,商品编码,商品单价,商品数量,店铺优惠（分摊）"


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc, arg-type]


def rows(shop: Shop, table: Table, columns: Iterable[str], shards: int = 1) -> list[tuple[object, ...]]:
    return shop.stage(shards).scan(table).sort(table.key).select(columns).collect().rows()


def account(shop: Shop) -> dict[str, tuple[int, ...]]:
    """Lines read, loaded, merged and quarantined by file; they add up."""
    found = shop.stage().scan(ROW_ACCOUNT).collect()
    columns = ("file_name", "lines_read", "loaded", "merged", "quarantined")
    fates = {name: (read, *fates) for name, read, *fates in found.select(columns).iter_rows()}
    assert all(read == sum(fates) for read, *fates in fates.values())
    return fates


def rejects(shop: Shop) -> list[tuple[object, ...]]:
    found = shop.stage().scan(QUARANTINE).sort("file_name", "line_number")
    return found.select("file_name", "line_number", "rule", "rules_broken").collect().rows()


@pytest.fixture
def native(shop: Shop) -> Shop:
    """A shop of three stores in Shanghai."""
    shop.config.write_text(SETTINGS.format(currency="CNY", zone="Asia/Shanghai"))
    return shop


@pytest.fixture
def fixture(native: Shop) -> Callable[[str, str], None]:
    """Copies a shared fixture into a store's folder."""

    def copy(store: str, name: str) -> None:
        source = SHARED / "data" / "exports" / name
        if not source.is_file():
            pytest.skip(f"shared fixture absent: {name}")
        target = native.exports / store / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(source.read_bytes())

    return copy


def dummy_order(shop: Shop) -> None:
    """A night wants an order; this one is years before those under test."""
    shop.export("shopify/first.csv", "0,2012-01-01 00:00:00,,P,1,1")


# Shopify


def test_shopify_fixture(native: Shop, fixture: Callable[[str, str], None]) -> None:
    native.config.write_text(SETTINGS.format(currency="USD", zone="UTC"))
    fixture("shopify", "shopify_orders_gocommerce_fixture.csv")
    when = utc(2024, 5, 1, 9, 58, 12)
    assert rows(native, staged.PURCHASE_ORDER, ORDER) == [
        ("shopify/#1001", "shopify/ann@example.com", when, 349_800, 0, 3, 3)
    ]
    assert rows(native, staged.ORDER_LINE, LINE) == [
        ("shopify/#1001", "shopify/TEE-BLK-S", 2, 99_900, 0, 199_800, True),
        ("shopify/#1001", "shopify/MUG", 1, 100_000, 0, 100_000, True),
        ("shopify/#1001", "shopify/(shipping)", 1, 50_000, 0, 50_000, False),
    ]
    assert rows(native, staged.REFUND, ["refund_key"]) == []
    assert rows(native, staged.CUSTOMER_ACCOUNT, ACCOUNT) == [
        (
            "shopify/ann@example.com",
            when,
            when,
            "Ann Example",
            "ann@example.com",
            "555-0100",
            "United States",
            "web",
        )
    ]
    assert account(native) == {"shopify/shopify_orders_gocommerce_fixture.csv": (2, 2, 0, 0)}


def test_shopify_customers_fixture(native: Shop, fixture: Callable[[str, str], None]) -> None:
    fixture("shopify", "shopify_customers_fixture.csv")
    dummy_order(native)
    assert rows(native, staged.CUSTOMER_ACCOUNT, ACCOUNT) == [
        ("shopify/ana@correo.com", None, None, "Ana Pérez", "ANA@Correo.com", "+573001112233", "CO", None)
    ]


def test_shopify_orders_keep_to_their_own_facts_and_to_what_their_status_says(native: Shop) -> None:
    at = "2026-03-01 10:00:00 +0800"
    native.export(
        "shopify/orders_export_2026.csv",
        f"#1,A@x.example,partially_refunded,fulfilled,CNY,5.00,25.00,0.00,{at},1,Tea,15.00,TEA,0.00,,4.00,",
        "#1,,,,,,,,,1,Pot,10.00,POT,2.00,,,",
        f"#2,,paid,,CNY,0.00,8.00,2.00,{at},1,Tea,10.00,TEA,0.00,,0.00,'+8613000000001",
        f"#3,c@x.example,refunded,unfulfilled,CNY,0.00,15.00,0.00,{at},1,Tea,15.00,TEA,0.00,{at},15.00,",
        f"#4,c@x.example,refunded,fulfilled,CNY,0.00,15.00,0.00,{at},1,Tea,15.00,TEA,0.00,{at},15.00,",
        f"#5,d@x.example,voided,,CNY,0.00,15.00,0.00,{at},1,Tea,15.00,TEA,0.00,{at},0.00,",
        f"#6,e@x.example,pending,,CNY,0.00,15.00,0.00,{at},1,Tea,15.00,TEA,0.00,,0.00,",
        header=SHOPIFY,
    )
    when = utc(2026, 3, 1, 2)
    assert rows(native, staged.PURCHASE_ORDER, ORDER) == [
        ("shopify/#1", "shopify/a@x.example", when, 250_000, 50_000, 3, 2),
        ("shopify/#2", "shopify/+8613000000001", when, 80_000, 20_000, 1, 1),
        ("shopify/#4", "shopify/c@x.example", when, 150_000, 0, 1, 1),
    ]
    assert rows(native, staged.REFUND, ["order_key", "account_key", "amount"]) == [
        ("shopify/#1", "shopify/a@x.example", 40_000),
        ("shopify/#4", "shopify/c@x.example", 150_000),
    ]
    # Who did not buy is known all the same.
    told = ("account_key", "first_order_at", "phone")
    assert rows(native, staged.CUSTOMER_ACCOUNT, told) == [
        ("shopify/+8613000000001", when, "+8613000000001"),
        ("shopify/a@x.example", when, None),
        ("shopify/c@x.example", when, None),
        ("shopify/d@x.example", None, None),
        ("shopify/e@x.example", None, None),
    ]
    assert account(native) == {"shopify/orders_export_2026.csv": (7, 7, 0, 0)}


def test_a_broken_fact_of_an_order_spoils_its_rows_and_a_broken_line_only_itself(native: Shop) -> None:
    at = "2026-03-01 10:00:00 +0800"
    native.export(
        "shopify/orders.csv",
        "#1,a@x.example,paid,,CNY,0.00,25.00,0.00,0000-00-00 00:00:00,1,Tea,15.00,TEA,0.00,,,",
        "#1,,,,,,,,,1,Pot,10.00,POT,0.00,,,",
        f"#2,b@x.example,paid,,CNY,0.00,25.00,0.00,{at},-1,Tea,15.00,TEA,0.00,,,",
        "#2,,,,,,,,,1,Pot,10.00,POT,0.00,,,",
        f"#3,c@x.example,paid,,CNY,0.00,25.00,0.00,{at},1,Tea,15.00,TEA,0.00,,,",
        "#3,c@x.example,paid,,CNY,0.00,99.00,0.00,,1,Pot,10.00,POT,0.00,,,",
        f"#4,d@x.example,bartered,,CNY,0.00,15.00,0.00,{at},1,Tea,15.00,TEA,0.00,,,",
        f"#5,d@x.example,paid,,CNY,0.00,,0.00,{at},1,Tea,15.00,TEA,0.00,,,",
        f"#6,d@x.example,paid,,USD,0.00,15.00,0.00,{at},1,Tea,15.00,TEA,0.00,,,",
        header=SHOPIFY,
    )
    file = "shopify/orders.csv"
    assert rejects(native) == [
        (file, 2, "happened_at_unreadable", 1),
        (file, 3, "happened_at_unreadable", 1),
        (file, 4, "quantity_negative", 2),
        (file, 6, "order_facts_contradictory", 1),
        (file, 7, "order_facts_contradictory", 1),
        (file, 8, "order_state_unknown", 1),
        (file, 9, "customer_paid_missing", 1),
        (file, 10, "currency_without_rate", 1),
    ]
    # The order was paid in full, whatever became of its line.
    assert rows(native, staged.ORDER_LINE, ["product_key", "amount"]) == [
        ("shopify/POT", 100_000),
        ("shopify/(not itemised)", 150_000),
    ]
    assert account(native) == {file: (9, 1, 0, 8)}


def test_the_hint_for_an_unknown_status_names_where_it_stands_and_not_what(native: Shop) -> None:
    native.export(
        "shopify/orders.csv",
        "#1,a@x.example,bartered,,CNY,0.00,15.00,0.00,2026-03-01 10:00:00 +0800,1,Tea,15.00,TEA,0.00,,,",
        header=SHOPIFY,
    )
    dummy_order(native)
    [hint] = native.stage().scan(QUARANTINE).select("hint").collect().to_series()
    assert "Financial Status" in hint
    assert "bartered" not in hint


# Taobao


def test_taobao_fixture(native: Shop, fixture: Callable[[str, str], None]) -> None:
    fixture("taobao", "taobao_ExportOrderList_invented_gbk.csv")
    fixture("taobao", "taobao_ExportOrderDetailList_invented_gbk.csv")
    when = utc(2017, 7, 7, 16, 42, 32)
    assert rows(native, staged.PURCHASE_ORDER, ORDER) == [
        ("taobao/10000000000000001", "taobao/tb_test_001", when, 2_011_200, 378_800, 1, 1)
    ]
    assert rows(native, staged.ORDER_LINE, LINE) == [
        ("taobao/10000000000000001", "taobao/SKU-A-20", 1, 2_390_000, 378_800, 2_011_200, True)
    ]
    assert rows(native, staged.PRODUCT, ["product_key", "product_name"]) == [("taobao/SKU-A-20", "测试商品A 20cm")]
    assert rows(native, staged.CUSTOMER_ACCOUNT, ["account_key", "first_order_at", "phone"]) == [
        ("taobao/tb_test_001", when, "13800138000"),
        ("taobao/测试会员二", None, "13900139000"),
    ]
    assert account(native) == {
        "taobao/taobao_ExportOrderDetailList_invented_gbk.csv": (3, 3, 0, 0),
        "taobao/taobao_ExportOrderList_invented_gbk.csv": (2, 2, 0, 0),
    }


def taobao(shop: Shop, name: str, *lines: str) -> None:
    header = TAOBAO_ITEMS if "Detail" in name else TAOBAO_ORDERS
    shop.export(f"taobao/{name}", *lines, header=header, encoding="gb18030")


def test_taobao_statuses_refunds_and_payments_that_are_printed_net(native: Shop) -> None:
    paid = "2026-03-01 10:00:00,2026-03-01 10:01:00"
    taobao(
        native,
        "ExportOrderList202603010900.csv",
        f'="1",茶客,0.00,50.00,50.00,交易成功,{paid},订单未关闭,0.00',
        f'="2",茶客,0.00,50.00,50.00,交易关闭,{paid},退款,50.00',
        # As a real report prints it: what was given back has left the payment.
        f'="3",茶客,0.00,50.00,0.00,交易关闭,{paid},退款,50.00',
        f'="4",茶客,0.00,50.00,30.00,交易成功,{paid},订单未关闭,20.00',
        f'="5",茶客,0.00,50.00,50.00,"卖家已发货，等待买家确认",{paid},订单未关闭,0.00',
        f'="6",茶客,0.00,50.00,50.00,"买家已付款,等待卖家发货",{paid},订单未关闭,0.00',
        '="7",茶客,0.00,50.00,0.00,等待买家付款,2026-03-01 10:00:00,,订单未关闭,0.00',
        '="8",茶客,0.00,50.00,0.00,交易关闭,2026-03-01 10:00:00,,买家未付款,0.00',
        f'="9",t**客,0.00,50.00,50.00,交易成功,{paid},订单未关闭,0.00',
    )
    assert rows(native, staged.PURCHASE_ORDER, ["order_id", "account_key", "customer_paid"]) == [
        (number, None if number == "9" else "taobao/茶客", 500_000) for number in "1234569"
    ]
    back = [("taobao/2", 500_000), ("taobao/3", 500_000), ("taobao/4", 200_000)]
    assert rows(native, staged.REFUND, ["order_key", "amount"]) == back
    assert rejects(native) == []


def test_tmall_report_of_a_real_shop(native: Shop) -> None:
    source = SHARED / "data" / "tmall-2020-02" / "tmall_order_report_original_header.csv"
    if not source.is_file():
        pytest.skip("real data absent: tmall-2020-02")
    (native.exports / "taobao").mkdir()
    (native.exports / "taobao" / source.name).write_bytes(source.read_bytes())
    work = native.stage()
    orders = work.scan(staged.PURCHASE_ORDER).collect()
    assert (orders.height, orders["account_key"].null_count()) == (28_010 - 3_923, 28_010 - 3_923)
    back = work.scan(staged.REFUND).collect()
    of_order = back.join(orders, on="order_key", how="left")
    assert (back.height, of_order.filter(pl.col("amount") > pl.col("customer_paid")).height) == (5_646, 0)


# Youzan


def test_youzan_fixtures(native: Shop, fixture: Callable[[str, str], None]) -> None:
    fixture("youzan", "youzan_orders_fixture.csv")
    fixture("youzan", "youzan_customers_fixture.csv")
    first, second = utc(2026, 6, 19, 2), utc(2026, 6, 19, 3)
    native.started, native.as_of = utc(2026, 7, 2), first.date()
    assert rows(native, staged.PURCHASE_ORDER, ORDER) == [
        ("youzan/O-1", "youzan/13800138000", first, 1_000_000, 0, 1, 0),
        ("youzan/O-2", "youzan/13200000000", second, 2_000_000, 0, 1, 0),
    ]
    assert rows(native, staged.CUSTOMER_ACCOUNT, ACCOUNT) == [
        ("youzan/13200000000", second, second, "沙拉", None, "13200000000", "北京", "商家小程序"),
        ("youzan/13800138000", utc(2024, 1, 1, 2), first, "Alice", None, "13800138000", "朝阳区", "有赞后台"),
        (
            "youzan/13900139000",
            utc(2026, 4, 15, 4, 21, 29),
            None,
            "李四",
            None,
            "13900139000",
            "浦东新区",
            "微信小程序",
        ),
    ]
    # One phone stands twice; of the blank and the masked one nobody can tell whose they are.
    assert account(native)["youzan/youzan_customers_fixture.csv"] == (5, 4, 1, 0)


def youzan(shop: Shop, name: str, *lines: str) -> None:
    header = YOUZAN_ITEMS if "items" in name else YOUZAN_ORDERS
    shop.export(f"youzan/{name}", *lines, header=header, encoding="utf-8-sig")


def test_youzan_orders_take_their_lines_and_masked_buyers_are_nobody(native: Shop) -> None:
    youzan(
        native,
        "orders_2026.csv",
        "E1,交易完成,2026-03-01 10:00:00,2026-03-01 10:01:00,6.00,70.00,茶客,13800138000,x,,0.00,",
        "E2,已发货,2026-03-01 10:00:00,2026-03-01 10:01:00,0.00,20.00,茶客,138******00,,,5.00,",
        "E3,交易关闭,2026-03-01 10:00:00,2026-03-01 10:01:00,0.00,20.00,茶客,13800138000,,全额退款,20.00,y",
        "E4,待付款,2026-03-01 10:00:00,,0.00,,茶客,13800138000,,,",
    )
    youzan(native, "order_items_2026.csv", "E1,茶,饮品,TEA,69.20(分销商等级折扣：47.80),1,5.20", "E9,茶,,TEA,1.00,1,")
    assert rows(native, staged.ORDER_LINE, LINE) == [
        ("youzan/E1", "youzan/TEA", 1, 692_000, 52_000, 640_000, True),
        ("youzan/E1", "youzan/(shipping)", 1, 60_000, 0, 60_000, False),
        ("youzan/E2", "youzan/(not itemised)", 1, 200_000, 0, 200_000, False),
        ("youzan/E3", "youzan/(not itemised)", 1, 200_000, 0, 200_000, False),
    ]
    assert rows(native, staged.REFUND, ["order_key", "account_key", "amount"]) == [
        ("youzan/E2", None, 50_000),
        ("youzan/E3", "youzan/13800138000", 200_000),
    ]
    assert rows(native, staged.WAITING_LINE, ["order_key", "line_number"]) == [("youzan/E9", 3)]
    assert account(native) == {"youzan/orders_2026.csv": (4, 4, 0, 0), "youzan/order_items_2026.csv": (2, 2, 0, 0)}


# What holds of all


STAGED = (staged.PURCHASE_ORDER, staged.ORDER_LINE, staged.REFUND, staged.PRODUCT, staged.CUSTOMER_ACCOUNT)


def everything() -> dict[str, list[list[str]]]:
    """Rows of every order by file family; the rows of an order lie together."""
    at = "2026-03-0{}"
    return {
        "shopify/orders": [
            [
                f"#{n},{'' if n == 3 else f'{n % 3}@x.example'},paid,,CNY,1.00,30.00,0.00,"
                f"{at.format(n % 4 + 1)} 10:00:00 +0800,1,Tea,15.00,TEA,0.00,,{n}.00,",
                f"#{n},,,,,,,,,2,Pot,10.00,POT{n % 2},0.00,,,",
            ]
            for n in range(1, 7)
        ],
        "taobao/ExportOrderList": [
            [f'="{n}",客{n % 3},0.00,50.00,{n}.00,交易成功,{at.format(n % 4 + 1)} 10:00:00,2026-03-04 10:01:00,,0.00']
            for n in range(1, 7)
        ],
        "taobao/ExportOrderDetailList": [
            [f'="{n}",茶,{k}.50,{k},,,,,交易成功,T{k},' for k in (1, 2)] for n in range(1, 7)
        ],
    }


def write(shop: Shop, name: str, orders: list[list[str]]) -> None:
    header = SHOPIFY if name.startswith("shopify") else TAOBAO_ITEMS if "Detail" in name else TAOBAO_ORDERS
    encoding = "utf-8" if name.startswith("shopify") else "gb18030"
    shop.export(f"{name}.csv", *(row for order in orders for row in order), header=header, encoding=encoding)


@pytest.mark.parametrize("seed", range(4))
def test_any_split_over_files_that_come_in_any_order_ends_in_the_same_tables(
    make_shop: Callable[[], Shop], seed: int
) -> None:
    at_once, split = make_shop(), make_shop()
    for shop in (at_once, split):
        shop.config.write_text(SETTINGS.format(currency="CNY", zone="Asia/Shanghai"))
    files = everything()
    for name, orders in files.items():
        write(at_once, name, orders)
    chance = random.Random(seed)
    parts = []
    for name, orders in files.items():
        shuffled = chance.sample(orders, len(orders))
        cut = chance.randint(1, len(orders) - 1)
        parts += [(f"{name}1", shuffled[:cut]), (f"{name}2", shuffled[cut:])]
    chance.shuffle(parts)
    # A night without any order refuses to run.
    first = next(number for number, (name, _) in enumerate(parts) if "Detail" not in name)
    parts.insert(0, parts.pop(first))
    for number, (name, orders) in enumerate(parts):
        write(split, name, orders)
        if number in (2, 4):
            split.stage(shards=1 + seed % 2)
    for one, other in zip(at_once.tables(*STAGED), split.tables(*STAGED, shards=1 + seed % 2), strict=True):
        assert not one.is_empty()
        assert_frame_equal(one, other)


@pytest.mark.parametrize("is_later_first", [False, True])
def test_a_later_export_wins_in_both_files_of_a_platform_each_in_its_own_kind(
    native: Shop, is_later_first: bool
) -> None:
    when = "2026-03-01 10:00:00,2026-03-01 10:01:00"
    files = {
        "ExportOrderList1.csv": f'="1",茶客,0.00,50.00,50.00,交易成功,{when},,0.00',
        "ExportOrderDetailList1.csv": '="1",茶,60.00,1,,,,,交易成功,TEA,',
        "ExportOrderList2.csv": f'="1",茶客,0.00,50.00,50.00,交易成功,{when},,20.00',
    }
    names = list(files)
    if is_later_first:
        names.reverse()
    for number, name in enumerate(names):
        taobao(native, name, files[name])
        if number == 1:
            native.stage()
    back = [] if is_later_first else [("taobao/1", 200_000)]
    assert rows(native, staged.REFUND, ["order_key", "amount"]) == back
    assert rows(native, staged.ORDER_LINE, LINE) == [("taobao/1", "taobao/TEA", 1, 600_000, 100_000, 500_000, True)]
    late, early = (names[2], names[0]) if not is_later_first else ("ExportOrderList1.csv", "ExportOrderList2.csv")
    told = account(native)
    assert (told[f"taobao/{late}"], told[f"taobao/{early}"]) == ((1, 1, 0, 0), (1, 0, 1, 0))


GENERIC = {
    "reviews.csv": (
        "store_id,review_id,reviewed_at,account_id,product_id,rating,review_text",
        'shopify,r1,2026-03-01 10:00:00,,TEA,5,"Lovely, ""warm""\nand 茶 ☕"',
        "shopify,r2,2026-03-01 10:00:00,a@x.example,TEA,6,",
    ),
    "tickets.csv": (
        "store_id,ticket_id,opened_at,account_id,order_id,channel,ticket_type,first_reply_at,resolved_at,"
        "reopened_count,agent_id,tags",
        "shopify,t1,2026-03-01 10:00:00,A@x.example,#1,chat,complaint,2026-03-01 11:00:00,2026-03-05 11:00:00,0,A7,"
        "quality;late",
        "taobao,t2,2026-03-01 10:00:00,,,fax,complaint,,,,,",
    ),
    "contact_events.csv": (
        "store_id,event_id,occurred_at,account_id,channel,campaign,event_type,arm",
        "shopify,e1,2026-03-01 10:00:00,a@x.example,sms,mid-autumn 2026,held_out,control",
        "shopify,e2,2026-03-05 10:00:00,,wechat,,joined_group,",
    ),
    "referrals.csv": (
        "store_id,referral_id,referred_at,referrer_account_id,account_id",
        "youzan,f1,2026-03-01 10:00:00,13800138000,13900139000",
        "youzan,f2,2026-03-01 10:00:00,138******00,13900139000",
    ),
    "product_costs.csv": (
        "store_id,product_id,valid_from,unit_cost,currency",
        "shopify,TEA,2026-01-01,7.50,CNY",
        "shopify,TEA,2026-02-01,8.00,CNY",
        "shopify,TEA,2026-02-01,8.00,USD",
    ),
    "customer_attributes.csv": (
        "store_id,account_id,attribute,attribute_value,source,recorded_at",
        "shopify,a@x.example,lunar_birthday,08-15,form,2026-03-01 10:00:00",
        "shopify,a@x.example,lunar_birthday,08-16,form,2026-03-01 10:00:00",
    ),
}


@pytest.mark.parametrize("shards", [1, 3])
def test_the_further_generic_tables(native: Shop, shards: int) -> None:
    dummy_order(native)
    for name, (header, *lines) in GENERIC.items():
        native.export(name, *lines, header=header)
    when = utc(2026, 3, 1, 2)
    assert rows(
        native, staged.REVIEW, ("review_key", "account_key", "product_key", "rating", "review_text"), shards
    ) == [("shopify/r1", None, "shopify/TEA", 5, 'Lovely, "warm"\nand 茶 ☕')]
    # Settled on 5 March, so open as of the night of the 4th.
    ticket = ("ticket_key", "account_key", "order_key", "first_reply_at", "resolved_at", "reopened_count", "tags")
    assert rows(native, staged.TICKET, ticket, shards) == [
        ("shopify/t1", "shopify/a@x.example", "shopify/#1", utc(2026, 3, 1, 3), None, 0, "quality;late")
    ]
    event = ("event_key", "account_key", "happened_at", "channel", "campaign", "event_type", "arm")
    assert rows(native, staged.CONTACT_EVENT, event, shards) == [
        ("shopify/e1", "shopify/a@x.example", when, "sms", "mid-autumn 2026", "held_out", "control")
    ]
    referral = ("referral_key", "referrer_account_key", "account_key")
    assert rows(native, staged.REFERRAL, referral, shards) == [
        ("youzan/f1", "youzan/13800138000", "youzan/13900139000")
    ]
    assert rows(native, staged.PRODUCT_COST, ("product_key", "happened_at", "unit_cost", "currency"), shards) == [
        ("shopify/TEA", utc(2025, 12, 31, 16), 75_000, "CNY"),
        ("shopify/TEA", utc(2026, 1, 31, 16), 80_000, "CNY"),
    ]
    attribute = ("account_key", "attribute", "attribute_value", "source")
    assert rows(native, staged.CUSTOMER_ATTRIBUTE, attribute, shards) == [
        ("shopify/a@x.example", "lunar_birthday", "08-16", "form")
    ]
    assert rejects(native) == [
        ("product_costs.csv", 4, "currency_without_rate", 1),
        ("referrals.csv", 3, "referrer_account_id_missing", 1),
        # The row before it holds a newline in a cell.
        ("reviews.csv", 4, "rating_impossible", 1),
        ("tickets.csv", 3, "channel_unknown", 1),
    ]
    assert account(native)["customer_attributes.csv"] == (2, 1, 1, 0)


def test_headers_of_every_platform_are_told_apart(tmp_path: Path) -> None:
    from transforms.platforms import shopify, taobao, youzan  # noqa: PLC0415
    from transforms.platforms.detect import detect  # noqa: PLC0415
    from transforms.platforms.shipped import LAYOUTS  # noqa: PLC0415

    source = SHARED / "data" / "exports" / "headers.json"
    if not source.is_file():
        pytest.skip("shared headers absent")
    import csv  # noqa: PLC0415
    import json  # noqa: PLC0415

    known = {
        "shopify_orders": shopify.ORDERS,
        "shopify_customers": shopify.CUSTOMERS,
        "shopify_customers_import_template": shopify.CUSTOMERS,
        "taobao_ExportOrderList": taobao.ORDERS,
        "taobao_ExportOrderDetailList": taobao.ITEMS,
        "tmall_order_report": taobao.ORDER_REPORT,
        "youzan_orders": youzan.ORDERS,
        "youzan_order_items": youzan.ITEMS,
        "youzan_customers": youzan.CUSTOMERS,
    }
    for name, told in json.loads(source.read_text(encoding="utf-8")).items():
        [header] = csv.reader([told["header"]], delimiter=told["delimiter"])
        assert detect(header, LAYOUTS) is known.get(name), name
