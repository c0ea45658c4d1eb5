"""The small native files of the shared data: as they are, columns in another order, headers in full-width letters."""

import csv
from collections.abc import Callable
from io import StringIO

import pytest

from tests.flows.conftest import SHARED
from tests.flows.steps.conftest import Shop
from tests.flows.steps.golden import SETTINGS, read_rows

FIXTURES = SHARED / "data" / "exports"
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

# What a person reads in the files: kind, columns, and what stands in them row by row; amounts in ten-thousandths.
TOLD: dict[str, dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]]] = {
    "taobao_ExportOrderList_invented_gbk.csv": {
        "purchase_order": (
            ("order_id", "account_id", "order_state", "customer_paid", "phone"),
            [
                ("10000000000000001", "tb_test_001", "paid", 2_011_200, "13800138000"),
                ("10000000000000002", "测试会员二", "unpaid", 0, "13900139000"),
            ],
        )
    },
    "taobao_ExportOrderDetailList_invented_gbk.csv": {
        "order_line": (
            ("order_id", "product_id", "quantity", "unit_price"),
            [
                ("10000000000000001", "SKU-A-20", 1, 2_390_000),
                ("10000000000000002", "SKU-A-20", 1, 2_190_000),
                ("10000000000000002", "SKU-B", 1, 490_000),
            ],
        )
    },
    "youzan_orders_fixture.csv": {
        "purchase_order": (
            ("order_id", "account_id", "order_state", "customer_paid"),
            [("O-1", "13800138000", "paid", 1_000_000), ("O-2", "13200000000", "paid", 2_000_000)],
        )
    },
    "youzan_customers_fixture.csv": {
        "customer_account": (
            ("account_id", "customer_name"),
            [
                ("13800138000", "Alice"),
                (None, "沙拉"),
                ("13900139000", "张三"),
                ("13900139000", "李四"),
                (None, "Foo"),
            ],
        )
    },
    "shopify_orders_gocommerce_fixture.csv": {
        "purchase_order": (
            ("order_id", "account_id", "order_state", "customer_paid", "shipping"),
            [("#1001", "ann@example.com", "paid", 349_800, 50_000)],
        ),
        "order_line": (
            ("order_id", "product_id", "quantity", "unit_price"),
            [("#1001", "TEE-BLK-S", 2, 99_900), ("#1001", "MUG", 1, 100_000)],
        ),
    },
    "shopify_customers_fixture.csv": {
        "customer_account": (
            ("account_id", "customer_name", "phone", "region"),
            [("ana@correo.com", "Ana Pérez", "+573001112233", "CO")],
        ),
        "consent": (
            ("account_id", "channel", "consent_state", "happened_at"),
            [("ana@correo.com", "email", "granted", None), ("ana@correo.com", "sms", "refused", None)],
        ),
    },
    "etsy_sold_orders_fixture.csv": {
        "purchase_order": (
            ("order_id", "account_id", "order_state", "customer_paid", "refunded_amount", "shipping", "tax"),
            [
                ("3001", "coolbuyer42", "paid", 181_200, None, 45_000, 6_200),
                ("3002", "otherbuyer", "paid", 90_000, None, 45_000, 0),
            ],
        )
    },
    "etsy_sold_order_items_fixture.csv": {
        "order_line": (
            ("order_id", "account_id", "product_id", "quantity", "unit_price"),
            [
                ("3001", "coolbuyer42", "FOX-01", 2, 50_000),
                ("3001", "coolbuyer42", "FOX-ST", 1, 30_000),
                ("3002", "otherbuyer", "BEAR-01", 1, 50_000),
            ],
        )
    },
    "judgeme_reviews_fixture.csv": {
        "review": (
            ("account_id", "product_id", "rating", "review_state"),
            [
                ("c@x.fr", "7012345678", 5, "published"),
                ("m@x.fr", "7012345678", 2, "published"),
                ("b@x.fr", "1", 5, "spam"),
            ],
        )
    },
}


def as_it_is(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    return [header, *rows]


def reversed_(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    # Rows may be shorter or longer than the header: what lies beyond it has no name.
    return [row[: len(header)][::-1] for row in (header, *([*row, *[""] * (len(header) - len(row))] for row in rows))]


def full_width(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    return [[cell.translate(FULL_WIDTH) for cell in header], *rows]


@pytest.mark.parametrize("variant", [as_it_is, reversed_, full_width])
@pytest.mark.parametrize("name", TOLD)
def test_a_fixture_gives_what_a_person_reads_in_it(
    shop: Shop, name: str, variant: Callable[[list[str], list[list[str]]], list[list[str]]]
) -> None:
    if not (FIXTURES / name).is_file():
        pytest.skip(f"shared fixture absent: {name}")
    encoding = "gb18030" if "gbk" in name else "utf-8-sig"
    text = (FIXTURES / name).read_bytes().decode(encoding)
    header, *rows = csv.reader(StringIO(text))
    out = StringIO()
    csv.writer(out).writerows(variant(header, rows))
    shop.config.write_text(SETTINGS)
    path = shop.exports / "store" / name
    path.parent.mkdir()
    path.write_bytes((text if variant is as_it_is else out.getvalue()).encode(encoding))
    found, rejected = read_rows(shop)
    assert rejected == []
    for kind, (columns, told) in TOLD[name].items():
        assert [tuple(row.get(column) for column in columns) for row in found[kind]] == told
