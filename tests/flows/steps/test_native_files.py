"""Files as platforms write them: what is read of each, what is refused, and that every row is accounted for."""

from collections.abc import Callable

import polars as pl
import pytest

from tests.flows.conftest import SHARED
from tests.flows.steps.conftest import Shop
from tests.flows.steps.native import (
    ACCOUNT,
    LINE,
    ORDER,
    SETTINGS,
    SHOPIFY,
    account,
    dummy_order,
    export_taobao,
    export_youzan,
    rejects,
    rows,
    utc,
)
from transforms.contracts import staged
from transforms.contracts.quality import QUARANTINE


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
            None,
            "United States",
            "web",
        )
    ]
    assert account(native) == {"shopify/shopify_orders_gocommerce_fixture.csv": (2, 2, 0, 0)}


def test_shopify_customers_fixture(native: Shop, fixture: Callable[[str, str], None]) -> None:
    fixture("shopify", "shopify_customers_fixture.csv")
    dummy_order(native)
    assert rows(native, staged.CUSTOMER_ACCOUNT, ACCOUNT) == [
        ("shopify/ana@correo.com", None, None, "Ana Pérez", "ana@correo.com", "+573001112233", "CO", None)
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
        f"#6,d@x.example,paid,,US$,0.00,15.00,0.00,{at},1,Tea,15.00,TEA,0.00,,,",
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
        (file, 10, "original_currency_unreadable", 1),
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
        ("taobao/tb_test_001", when, "+8613800138000"),
        ("taobao/测试会员二", None, "+8613900139000"),
    ]
    assert account(native) == {
        "taobao/taobao_ExportOrderDetailList_invented_gbk.csv": (3, 3, 0, 0),
        "taobao/taobao_ExportOrderList_invented_gbk.csv": (2, 2, 0, 0),
    }


def test_taobao_statuses_refunds_and_payments_that_are_printed_net(native: Shop) -> None:
    paid = "2026-03-01 10:00:00,2026-03-01 10:01:00"
    export_taobao(
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
        ("youzan/13200000000", second, second, "沙拉", None, "+8613200000000", "北京", "商家小程序"),
        ("youzan/13800138000", utc(2024, 1, 1, 2), first, "Alice", None, "+8613800138000", "朝阳区", "有赞后台"),
        (
            "youzan/13900139000",
            utc(2026, 4, 15, 4, 21, 29),
            None,
            "李四",
            None,
            "+8613900139000",
            "浦东新区",
            "微信小程序",
        ),
    ]
    # One phone stands twice; of the blank and the masked one nobody can tell whose they are.
    assert account(native)["youzan/youzan_customers_fixture.csv"] == (5, 4, 1, 0)


def test_youzan_orders_take_their_lines_and_masked_buyers_are_nobody(native: Shop) -> None:
    export_youzan(
        native,
        "orders_2026.csv",
        "E1,交易完成,2026-03-01 10:00:00,2026-03-01 10:01:00,6.00,70.00,茶客,13800138000,x,,0.00,",
        "E2,已发货,2026-03-01 10:00:00,2026-03-01 10:01:00,0.00,20.00,茶客,138******00,,,5.00,",
        "E3,交易关闭,2026-03-01 10:00:00,2026-03-01 10:01:00,0.00,20.00,茶客,13800138000,,全额退款,20.00,y",
        "E4,待付款,2026-03-01 10:00:00,,0.00,,茶客,13800138000,,,",
    )
    export_youzan(
        native, "order_items_2026.csv", "E1,茶,饮品,TEA,69.20(分销商等级折扣：47.80),1,5.20", "E9,茶,,TEA,1.00,1,"
    )
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
