"""A whole night over the files of three platforms, as they export them."""

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.io.warehouse import open_warehouse
from tests.flows.conftest import Run
from transforms.contracts.table import MONEY_SCALE

pytestmark = [pytest.mark.night, pytest.mark.xdist_group("platform_night")]

AS_OF = date(2026, 3, 14)
PEOPLE, ORDERS_EACH = 40, 3
SETTINGS = '[shop]\ntimezone = "Asia/Shanghai"\ncurrency = "CNY"\n'


def write(path: Path, header: str, rows: list[list[object]], encoding: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header.split(","))
        writer.writerows(rows)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty buyers a platform with three orders each of 100.00, of which 20.00 came back once."""
    folder = tmp_path_factory.mktemp("platforms") / "exports"
    who = [(person, order, f"2026-0{order + 1}-{person % 14 + 1:02} 10:00:00") for person in range(PEOPLE) for order in
           range(ORDERS_EACH)]  # fmt: skip
    back = {order: "20.00" if order == 1 else "0.00" for order in range(ORDERS_EACH)}
    shopify = []
    for person, order, at in who:
        status = "partially_refunded" if order == 1 else "paid"
        name = f"#{person}-{order}"
        shopify += [
            [
                name,
                f"P{person}@x.example",
                status,
                "fulfilled",
                f"{at} +0800",
                "CNY",
                "100.00",
                back[order],
                "1",
                "60.00",
                "TEA",
            ],
            [name, "", "", "", "", "", "", "", "1", "40.00", "POT"],
        ]
    write(
        folder / "shopify" / "orders_export_2026.csv",
        "Name,Email,Financial Status,Fulfillment Status,Created at,Currency,Total,Refunded Amount,Lineitem quantity,"
        "Lineitem price,Lineitem sku",
        shopify,
        "utf-8",
    )
    write(
        folder / "taobao" / "ExportOrderList202603140900.csv",
        "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间 ,订单关闭原因,退款金额",
        [[f'="{p}{o}"', f"客{p}", "100.00", "100.00", "交易成功", at, at, "", back[o]] for p, o, at in who],
        "gbk",
    )
    write(
        folder / "taobao" / "ExportOrderDetailList202603140900.csv",
        "订单编号,标题,价格,购买数量,商家编码",
        [[f'="{p}{o}"', "茶", "120.00", "1", "TEA"] for p, o, _ in who],
        "gbk",
    )
    write(
        folder / "youzan" / "orders_2026.csv",
        "订单号,订单状态,订单创建时间,买家付款时间,运费,订单实付金额,买家手机号,订单已退款金额",
        [[f"E{p}-{o}", "交易完成", at, at, "10.00", "100.00", 13_800_000_000 + p, back[o]] for p, o, at in who],
        "utf-8-sig",
    )
    reviews = [["shopify", n, "2026-03-01 10:00:00", f"p{n}@x.example", "TEA", 5, "Good, said\nall"] for n in range(9)]
    header = "store_id,review_id,reviewed_at,account_id,product_id,rating,review_text"
    write(folder / "reviews.csv", header, reviews, "utf-8")
    (folder.parent / "regulars.toml").write_text(SETTINGS)
    return folder


@pytest.fixture(scope="module")
def warehouse(exports: Path, regulars: Run) -> str:
    """The published night."""
    flags = ("--as-of", AS_OF, "--warehouse", "w.duckdb", "--lake", "lake")
    done = regulars("run", "--exports", exports, *flags, cwd=exports.parent)
    assert done.returncode == 0, done.stderr
    return str(exports.parent / "w.duckdb")


def test_every_row_of_every_file_is_accounted_for(warehouse: str) -> None:
    account = open_warehouse(warehouse).read("quality.row_account", AS_OF)
    orders = PEOPLE * ORDERS_EACH
    assert sorted(account["lines_read"].to_list()) == [9, orders, orders, orders, 2 * orders]
    assert (account["loaded"] == account["lines_read"]).all()


def test_each_folder_is_a_store_and_each_buyer_a_customer_with_what_they_paid(warehouse: str) -> None:
    opened = open_warehouse(warehouse)
    assert sorted(opened.read("mart.freshness", AS_OF)["store_id"]) == ["shopify", "taobao", "youzan"]
    customers = opened.read("mart.customer")
    assert customers.height == 3 * PEOPLE
    # 20.00 came back of 300.00; Youzan also tells what was paid for shipping, 10.00 of each order.
    assert sorted(customers.group_by("customer_paid", "net_revenue").len().rows()) == [
        (300 * MONEY_SCALE, 250 * MONEY_SCALE, PEOPLE),
        (300 * MONEY_SCALE, 280 * MONEY_SCALE, 2 * PEOPLE),
    ]


def test_articles_and_what_is_none_stand_in_the_lines(warehouse: str) -> None:
    lines = open_warehouse(warehouse).read("mart.purchase_line")
    found = lines.group_by("product_key", "is_goods").agg(pl.col("amount").sum() // MONEY_SCALE).sort("product_key")
    orders = PEOPLE * ORDERS_EACH
    assert found.rows() == [
        ("shopify/POT", True, 40 * orders),
        ("shopify/TEA", True, 60 * orders),
        ("taobao/TEA", True, 100 * orders),
        ("youzan/(not itemised)", False, 90 * orders),
        ("youzan/(shipping)", False, 10 * orders),
    ]
