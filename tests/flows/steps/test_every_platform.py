"""What holds of every platform: how files may be split, which export wins; and the further generic files."""

import random
from collections.abc import Callable

import pytest
from polars.testing import assert_frame_equal

from tests.flows.steps.conftest import Shop
from tests.flows.steps.native import (
    LINE,
    SETTINGS,
    SHOPIFY,
    TAOBAO_ITEMS,
    TAOBAO_ORDERS,
    account,
    dummy_order,
    export_taobao,
    rejects,
    rows,
    utc,
)
from transforms.contracts import staged

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
        export_taobao(native, name, files[name])
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
        "shopify,TEA,2026-02-01,8.00,dollars",
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
        ("product_costs.csv", 4, "original_currency_unreadable", 1),
        ("referrals.csv", 3, "referrer_account_id_missing", 1),
        # The row before it holds a newline in a cell.
        ("reviews.csv", 4, "rating_impossible", 1),
        ("tickets.csv", 3, "channel_unknown", 1),
    ]
    assert account(native)["customer_attributes.csv"] == (2, 1, 1, 0)
