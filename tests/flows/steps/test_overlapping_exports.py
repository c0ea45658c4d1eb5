"""Two exports of one store that tell of the same orders: the one made later counts, whichever comes first."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from polars.testing import assert_frame_equal

from tests.flows.steps.conftest import Shop
from tests.flows.steps.native import SHOPIFY, YOUZAN_ORDERS, account
from transforms.contracts import staged
from transforms.contracts.table import Table

STAGED = (staged.PURCHASE_ORDER, staged.ORDER_LINE, staged.REFUND, staged.PRODUCT, staged.CUSTOMER_ACCOUNT)
WHEN = "2026-03-01 10:00:00"
AT = f"{WHEN} +0800"
TAOBAO = "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间 ,订单关闭原因,退款金额"
TAOBAO_REFUNDS = "订单编号,退款编号,商品编码,退款完结时间,买家退款金额,退款状态,买家退款原因"
DOUYIN = (
    "主订单编号,子订单编号,选购商品,商品数量,商品ID,商品单价,订单应付金额,订单提交时间,支付完成时间,订单状态,售后状态"
)

Files = list[tuple[str, str, tuple[str, ...]]]
"""Name, header and lines of each file of one export."""

EXPORTS: dict[str, tuple[Files, Files]] = {
    "taobao": (
        [
            (
                "ExportOrderList202603020900.csv",
                TAOBAO,
                (
                    f"1,甲,50.00,50.00,买家已付款，等待卖家发货,{WHEN},{WHEN},,0.00",
                    f"2,乙,80.00,0.00,等待买家付款,{WHEN},,,0.00",
                    f"3,丙,20.00,20.00,交易成功,{WHEN},{WHEN},,0.00",
                ),
            ),
            ("refunds_1.csv", TAOBAO_REFUNDS, ("3,R1,TEA,2026-03-02 08:00:00,5.00,退款成功,破损",)),
        ],
        [
            (
                "ExportOrderList202603040900.csv",
                TAOBAO,
                (
                    f"1,甲,50.00,50.00,交易关闭,{WHEN},{WHEN},退款,50.00",
                    f"2,乙,80.00,80.00,交易成功,{WHEN},2026-03-02 12:00:00,,0.00",
                    "4,甲,30.00,30.00,交易成功,2026-03-03 10:00:00,2026-03-03 10:00:00,,0.00",
                ),
            ),
            (
                "refunds_2.csv",
                TAOBAO_REFUNDS,
                (
                    "3,R1,TEA,2026-03-02 08:00:00,7.50,退款成功,破损",
                    "3,R2,TEA,2026-03-03 08:00:00,1.00,退款成功,少件",
                ),
            ),
        ],
    ),
    "shopify": (
        [
            (
                "orders_export_1.csv",
                SHOPIFY,
                (
                    f"#1,a@x.example,paid,,CNY,1.00,30.00,0.00,{AT},1,Tea,29.00,TEA,0.00,,0.00,",
                    f"#2,b@x.example,pending,,CNY,1.00,30.00,0.00,{AT},1,Tea,29.00,TEA,0.00,,0.00,",
                ),
            )
        ],
        [
            (
                "orders_export_1 (2).csv",
                SHOPIFY,
                (
                    f"#1,a@x.example,partially_refunded,fulfilled,CNY,1.00,30.00,0.00,{AT},1,Tea,29.00,TEA,0.00,,4.00,",
                    f"#2,b@x.example,voided,,CNY,1.00,30.00,0.00,{AT},1,Tea,29.00,TEA,0.00,{AT},0.00,",
                    f"#3,b@x.example,paid,,CNY,1.00,30.00,0.00,{AT},1,Pot,29.00,POT,0.00,,0.00,",
                ),
            )
        ],
    ),
    "youzan": (
        [("a.csv", YOUZAN_ORDERS, (f"E1,已发货,{WHEN},{WHEN},0,20.00,甲,13800138000,,,0.00,",))],
        [("b.csv", YOUZAN_ORDERS, (f"E1,交易关闭,{WHEN},{WHEN},0,20.00,甲,13800138000,,,20.00,",))],
    ),
    "douyin": (
        [
            (
                "1772413200_old.csv",
                DOUYIN,
                (
                    f"1,1,茶,1,T,20.00,20.00,{WHEN},{WHEN},已发货,-",
                    f"1,2,壶,1,P,80.00,80.00,{WHEN},{WHEN},已发货,-",
                    f"2,3,茶,1,T,20.00,20.00,{WHEN},-,待支付,-",
                ),
            )
        ],
        [
            (
                "1772586000_new.csv",
                DOUYIN,
                (
                    f"1,1,茶,1,T,20.00,20.00,{WHEN},{WHEN},已完成,-",
                    f"1,2,壶,1,P,80.00,80.00,{WHEN},{WHEN},已完成,退款成功",
                    f"2,3,茶,1,T,20.00,20.00,{WHEN},2026-03-02 11:00:00,已发货,-",
                ),
            )
        ],
    ),
}
PAID = {
    # Worked out from the rows of the later export: order -> what was paid, what was given back, in ten-thousandths.
    "taobao": {"1": (500_000, 500_000), "2": (800_000, 0), "3": (200_000, 85_000), "4": (300_000, 0)},
    "shopify": {"#1": (300_000, 40_000), "#3": (300_000, 0)},
    "youzan": {"E1": (200_000, 200_000)},
    "douyin": {"1": (1_000_000, 800_000), "2": (200_000, 0)},
}
MADE = (datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 4, 1, tzinfo=UTC))
"""When the two exports were made, in Shanghai at nine; what files without a time in their names are known by."""


def bring(shop: Shop, platform: str, which: int, *, in_time: bool) -> None:
    """Put the earlier (0) or the later (1) export into the folder; its time of modification is kept if `in_time`."""
    for name, header, lines in EXPORTS[platform][which]:
        shop.export(f"{platform}/{name}", *lines, header=header)
        if in_time:
            made = MADE[which].timestamp()
            os.utime(shop.exports / platform / name, (made, made))


def shop_of(make_shop: Callable[[], Shop]) -> Shop:
    shop = make_shop()
    shop.config.write_text('[shop]\ncurrency = "CNY"\ntimezone = "Asia/Shanghai"\n')
    return shop


@pytest.mark.parametrize("is_one_night", [True, False])
@pytest.mark.parametrize("platform", EXPORTS)
def test_both_orders_of_arrival_end_in_the_same_tables(
    make_shop: Callable[[], Shop], platform: str, is_one_night: bool
) -> None:
    in_order, reversed_ = shop_of(make_shop), shop_of(make_shop)
    for shop, arrivals in ((in_order, (0, 1)), (reversed_, (1, 0))):
        for number, which in enumerate(arrivals):
            bring(shop, platform, which, in_time=True)
            if number == 0 and not is_one_night:
                shop.stage()
    tables: list[Table] = list(STAGED)
    for one, other in zip(in_order.tables(*tables), reversed_.tables(*tables), strict=True):
        assert_frame_equal(one, other)
    orders, _, refunds, *_ = in_order.tables(*tables)
    back: dict[str, int] = {}
    for key, amount in refunds.select("order_key", "amount").iter_rows():
        back[key] = back.get(key, 0) + amount
    told = orders.select("order_key", "customer_paid").iter_rows()
    paid = {key.removeprefix(f"{platform}/"): (amount, back.get(key, 0)) for key, amount in told}
    assert paid == PAID[platform]
    assert account(in_order).keys() == account(reversed_).keys()


def test_a_time_in_the_name_counts_more_than_when_the_file_was_written(make_shop: Callable[[], Shop]) -> None:
    shop = shop_of(make_shop)
    for which in (1, 0):
        bring(shop, "taobao", which, in_time=False)
        # Copied afterwards, so that the older export is the newer file.
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    assert set(orders["order_key"]) >= {"taobao/2", "taobao/4"}


def test_what_was_noted_up_to_the_night_stands_though_it_was_noted_anew_since(shop: Shop) -> None:
    """And the account that a later row of the same number describes."""
    shop.export("orders.csv", "O1,2026-03-01 10:00:00,7,P1,1,1")
    noted = "account_id,recorded_at,attribute,attribute_value,source"
    shop.export("notes.csv", "7,2026-03-02 10:00:00,colour,red,survey", header=noted)
    shop.export("notes_later.csv", "7,2026-03-09 10:00:00,colour,blue,survey", header=noted)
    accounts = "account_id,opened_at,customer_name"
    shop.export("accounts.csv", "7,2026-03-01,Anna", "7,2026-03-09,Bert", header=accounts)
    [notes, known] = shop.tables(staged.CUSTOMER_ATTRIBUTE, staged.CUSTOMER_ACCOUNT)
    assert notes["attribute_value"].to_list() == ["red"]
    assert known["customer_name"].to_list() == ["Anna"]
    assert account(shop) == {
        "orders.csv": (1, 1, 0, 0),
        "notes.csv": (1, 1, 0, 0),
        "notes_later.csv": (1, 0, 1, 0),
        "accounts.csv": (2, 1, 1, 0),
    }
