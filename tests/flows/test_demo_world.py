import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from flows.demo_folder import DemoShop
from flows.demo_shop import write_demo_shop
from flows.demo_world import Wanted, write_demo_world
from tests.flows.conftest import SHARED
from transforms.simulator.exports import generic, shopify, taobao, youzan

UNTIL = date(2026, 11, 20)
HEADERS = SHARED / "data" / "exports" / "headers.json"
Row = dict[str, str]


def write(directory: Path, customers: int = 2_000, seed: int = 7, world: str = "standard") -> DemoShop:
    return write_demo_world(directory, Wanted(customers, UNTIL, seed, world))


def contents(directory: Path) -> dict[str, bytes]:
    files = [*directory.rglob("*"), *directory.with_name(directory.name + ".truth").rglob("*")]
    return {str(path.relative_to(directory.parent)): path.read_bytes() for path in files if path.is_file()}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoShop:
    return write(tmp_path_factory.mktemp("demo") / "exports")


def truth(demo: DemoShop, name: str) -> pl.DataFrame:
    return pl.read_parquet(demo.truth_directory / f"{name}.parquet")


def cells(demo: DemoShop, pattern: str, encoding: str = "utf-8-sig") -> Iterator[tuple[Path, list[str]]]:
    """Rows as Python reads them, the header of each file first."""
    paths = sorted(demo.directory.glob(pattern))
    assert paths
    for path in paths:
        with path.open(encoding=encoding, newline="", errors="strict") as file:
            yield from ((path, row) for row in csv.reader(file, strict=True))


def rows(demo: DemoShop, pattern: str, encoding: str = "utf-8-sig") -> Iterator[Row]:
    header: list[str] = []
    seen = None
    for path, row in cells(demo, pattern, encoding):
        if path != seen:
            seen, header = path, row
        else:
            # Of two columns of a name the first one counts; Taobao's items have one cell more than names.
            assert len(row) in {len(header), len(header) + 1}
            yield dict(zip(reversed(header), reversed(row[: len(header)]), strict=True))


def money(text: str) -> int:
    """Ten-thousandths, as in the truth."""
    return int(Decimal(text or "0").scaleb(4))


def of_orders(demo: DemoShop, store: str, spoilt: bool = False) -> dict[str, dict[str, int]]:
    """Amounts by order number; without those whose rows the damage touched."""
    damaged = set() if spoilt else set(truth(demo, "damaged_row")["order_id"])
    orders = truth(demo, "order").filter(pl.col("store_id") == store)
    return {row["order_id"]: row for row in orders.iter_rows(named=True) if row["order_id"] not in damaged}


def test_the_same_arguments_give_the_same_bytes_whatever_the_threads(demo: DemoShop, tmp_path: Path) -> None:
    again = tmp_path / "exports"
    program = (
        "import sys; from pathlib import Path; from tests.flows.test_demo_world import write; write(Path(sys.argv[1]))"
    )
    environment = os.environ | {"POLARS_MAX_THREADS": "1"}
    subprocess.run([sys.executable, "-c", program, again], check=True, env=environment, timeout=120)
    assert contents(again) == contents(demo.directory)
    other = contents(write(tmp_path / "other" / "exports", seed=8).directory)
    same = {name for name, data in contents(demo.directory).items() if other[name] == data}
    assert same == {"exports.truth/parameter.parquet", "exports.truth/season.parquet"}


def test_headers_are_the_platforms_own(demo: DemoShop) -> None:
    def header(pattern: str, encoding: str = "utf-8-sig") -> list[str]:
        return next(cells(demo, pattern, encoding))[1]

    assert header("shopify/orders*.csv", "utf-8") == shopify.ORDERS_HEADER
    assert header("shopify/customers*.csv", "utf-8") == shopify.CUSTOMERS_HEADER
    assert header("taobao/ExportOrderList*.csv", "gbk") == taobao.ORDERS_HEADER
    assert header("taobao/ExportOrderDetail*.csv", "gbk") == taobao.ITEMS_HEADER
    assert header("youzan/orders*.csv") == youzan.ORDERS_HEADER
    assert header("youzan/order_items*.csv") == youzan.ITEMS_HEADER
    assert header("youzan/customers.csv") == youzan.CUSTOMERS_HEADER
    for name, columns in generic.HEADERS.items():
        assert header(name, "utf-8") == list(columns)
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in demo.directory.glob("youzan/*.csv"))


@pytest.mark.skipif(not HEADERS.is_file(), reason="the header lines of real exports lie beside the repository")
def test_headers_are_those_of_real_exports() -> None:
    real = {
        name: next(csv.reader([layout["header"]])) for name, layout in json.loads(HEADERS.read_text("utf-8")).items()
    }
    assert real["shopify_orders"] == shopify.ORDERS_HEADER
    assert real["shopify_customers"] == shopify.CUSTOMERS_HEADER
    assert real["taobao_ExportOrderDetailList"] == taobao.ITEMS_HEADER
    assert real["youzan_orders"] == youzan.ORDERS_HEADER
    assert real["youzan_order_items"] == youzan.ITEMS_HEADER
    assert real["youzan_customers"] == youzan.CUSTOMERS_HEADER
    # The later vintage C has further columns among the same ones in the same order.
    assert [name for name in taobao.ORDERS_HEADER if name in real["taobao_ExportOrderList"]] == real[
        "taobao_ExportOrderList"
    ]


def test_shopify_orders_add_up_to_the_truth(demo: DemoShop) -> None:
    left = of_orders(demo, "shopify")
    lines: dict[str, list[Row]] = {}
    for row in rows(demo, "shopify/orders*.csv", "utf-8"):
        lines.setdefault(row["Name"], []).append(row)
    states = set()
    for order_id, told in left.items():
        first, *further = lines[order_id]
        goods = sum(int(row["Lineitem quantity"]) * money(row["Lineitem price"]) for row in (first, *further))
        assert goods - money(first["Discount Amount"]) == money(first["Subtotal"]) == told["goods"]
        assert money(first["Subtotal"]) + money(first["Shipping"]) == money(first["Total"])
        assert money(first["Refunded Amount"]) == told["refunded"]
        assert money(first["Total"]) - money(first["Outstanding Balance"]) == told["paid"]
        assert bool(first["Paid at"]) == told["is_paid"]
        assert len(lines[order_id]) == told["lines"]
        assert all(not row[name] for row in further for name in ("Total", "Email", "Created at", "Id"))
        states.add(first["Financial Status"])
    assert states >= {"paid", "partially_refunded", "refunded", "voided"}
    assert all(first["Created at"][-5:] in {"+0800", "00:00"} for first, *_ in lines.values())


def test_taobao_orders_add_up_to_the_truth(demo: DemoShop) -> None:
    left = of_orders(demo, "taobao")
    goods: dict[str, int] = {}
    for row in rows(demo, "taobao/ExportOrderDetailList*.csv", "gbk"):
        amount = int(row["购买数量"]) * money(row["价格"])
        goods[row["订单编号"].strip('="')] = goods.get(row["订单编号"].strip('="'), 0) + amount
    states = set()
    orders = {row["订单编号"].strip('="'): row for row in rows(demo, "taobao/ExportOrderList*.csv", "gbk")}
    for order_id, told in left.items():
        row = orders[order_id]
        assert goods[order_id] == told["gross"]
        assert money(row["买家应付货款"]) == told["gross"] - told["discount"]
        assert money(row["买家应付货款"]) + money(row["买家应付邮费"]) == money(row["总金额"])
        assert money(row["买家实际支付金额"]) == told["paid"]
        assert money(row["退款金额"]) == told["refunded"]
        assert bool(row["订单付款时间 "]) == told["is_paid"]
        assert row["联系手机"].startswith("'13")
        states.add((row["订单状态"], row["订单关闭原因"]))
    assert states >= {("交易成功", "订单未关闭"), ("交易关闭", "买家未付款"), ("交易关闭", "退款")}


def test_taobao_files_look_as_the_platform_writes_them(demo: DemoShop) -> None:
    for path in demo.directory.glob("taobao/*.csv"):
        lines = path.read_bytes().decode("gbk").split("\r\n")
        assert lines.pop() == ""
        assert all(line.startswith('="15') for line in lines[1:])
        assert all(line.endswith('",' if "Detail" in path.name else '"') for line in lines[1:])


def test_youzan_orders_add_up_to_the_truth(demo: DemoShop) -> None:
    left = of_orders(demo, "youzan")
    goods: dict[str, int] = {}
    discount: dict[str, int] = {}
    for row in rows(demo, "youzan/order_items*.csv"):
        order_id = row["订单号"]
        goods[order_id] = goods.get(order_id, 0) + int(row["商品数量"]) * money(row["商品单价"])
        discount[order_id] = discount.get(order_id, 0) + money(row["店铺优惠（分摊）"])
    orders = {row["订单号"]: row for row in rows(demo, "youzan/orders*.csv")}
    for order_id, told in left.items():
        row = orders[order_id]
        assert goods[order_id] == money(row["商品金额合计"]) == told["gross"]
        assert discount[order_id] == money(row["店铺优惠合计"]) == told["discount"]
        assert money(row["应收订单金额"]) == told["goods"] + told["shipping"]
        assert money(row["订单实付金额"]) == told["paid"]
        assert money(row["订单已退款金额"]) == told["refunded"]
        assert bool(row["买家付款时间"]) == told["is_paid"]
        assert bool(row["订单退款状态"]) == (told["refunded"] > 0)


def test_a_masked_account_shows_its_phone_nowhere(demo: DemoShop) -> None:
    masked = truth(demo, "account").filter("is_masked")
    assert len(masked) > 100
    text = b"".join(path.read_bytes() for path in demo.directory.rglob("*.csv"))
    elsewhere = truth(demo, "account").filter(~pl.col("is_masked"))["phone"]
    only_masked = masked.filter(~pl.col("phone").is_in(elsewhere.implode()))["phone"]
    assert len(only_masked) > 100
    assert not [phone for phone in only_masked if phone.encode() in text]
    assert b"******" in text


def test_platform_files_and_generic_files_name_accounts_alike(demo: DemoShop) -> None:
    known = {
        ("shopify", (row["Email"] or row["Phone"].lstrip("'")).lower())
        for row in rows(demo, "shopify/customers*.csv", "utf-8")
    }
    known |= {("taobao", row["买家会员名"]) for row in rows(demo, "taobao/ExportOrderList*.csv", "gbk")}
    known |= {
        ("youzan", row["客户手机号"]) for row in rows(demo, "youzan/customers.csv") if "*" not in row["客户手机号"]
    }
    ordered = {
        ("shopify", (row["Email"] or row["Phone"]).lower())
        for row in rows(demo, "shopify/orders*.csv", "utf-8")
        if row["Total"]
    } | {("youzan", row["买家手机号"]) for row in rows(demo, "youzan/orders*.csv") if "*" not in row["买家手机号"]}
    assert ordered <= known
    accounts = truth(demo, "account").filter(pl.col("account_id").is_not_null())
    assert set(accounts.select("store_id", "account_id").iter_rows()) == known
    for name in ("consents.csv", "referrals.csv", "customer_attributes.csv", "contact_events.csv"):
        assert {(row["store_id"], row["account_id"]) for row in rows(demo, name, "utf-8")} <= known
    for name in ("reviews.csv", "tickets.csv"):
        told = {(row["store_id"], row["account_id"]) for row in rows(demo, name, "utf-8") if row["account_id"]}
        assert told <= known


def test_damaged_rows_lie_on_the_lines_the_truth_names(demo: DemoShop) -> None:
    found = set()
    date_of: dict[str, str] = {}
    for encoding, pattern in (("utf-8-sig", "shopify/orders*"), ("gbk", "taobao/*"), ("utf-8-sig", "youzan/order*")):
        for path in demo.directory.glob(pattern):
            with path.open(encoding=encoding, newline="") as file:
                reader = csv.reader(file)
                header = next(reader)
                for row in reader:
                    cell = dict(zip(reversed(header), reversed(row[: len(header)]), strict=True))
                    order_id = next(iter(row)).strip('="')
                    date_of.setdefault(order_id, cell.get("Created at", ""))
                    is_broken = "0000-00-00 00:00:00" in row or date_of[order_id].startswith("0000")
                    quantity = cell.get("Lineitem quantity", cell.get("购买数量", cell.get("商品数量", "1")))
                    product = cell.get("Lineitem sku", cell.get("商家编码", cell.get("商品编码", "P")))
                    reasons = {
                        "unreadable_date": is_broken,
                        "negative_quantity": quantity.startswith("-"),
                        "missing_product": not product,
                    }
                    place = (path.relative_to(demo.directory).as_posix(), reader.line_num, order_id)
                    found |= {(*place, reason) for reason, is_so in reasons.items() if is_so}
    damaged = truth(demo, "damaged_row")
    assert set(damaged.iter_rows()) == found
    assert {name.split("/")[0] for name in damaged["file"]} == {"shopify", "taobao", "youzan"}
    assert demo.damaged_rows == len(damaged)
    assert abs(damaged["order_id"].n_unique() - 0.002 * demo.order_lines) < 3


def test_the_summary_agrees_with_the_truth(demo: DemoShop) -> None:
    paid = truth(demo, "order").filter("is_paid")
    assert (demo.orders, demo.buyers) == (len(paid), paid["person"].n_unique())
    assert demo.order_lines == paid["lines"].sum()
    files = {path.relative_to(demo.directory).as_posix() for path in demo.directory.rglob("*") if path.is_file()}
    assert set(demo.files) == files
    marker = json.loads((demo.truth_directory / "demo-shop.json").read_text("utf-8"))
    assert (marker["seed"], marker["world"], marker["timezone"]) == (7, "standard", "Asia/Shanghai")
    assert marker["parameters"]["noise"]["masked_share"] == 0.25


def test_reviews_hold_what_people_write(demo: DemoShop) -> None:
    texts = {row["review_text"] for row in rows(demo, "reviews.csv", "utf-8")}
    for odd in ("\n", ",", '"', "👍", "质量"):
        assert any(odd in text for text in texts)


def test_worlds_replace_each_other_as_a_whole(tmp_path: Path) -> None:
    directory = tmp_path / "exports"
    write(directory, customers=30, world="hard")
    (directory / "taobao" / "ExportOrderList202401012359.csv.part").write_text("left by a run that broke")
    write_demo_shop(directory, 20, UNTIL, seed=2)
    assert not [path for path in directory.iterdir() if path.is_dir()]
    write_demo_shop(tmp_path / "fresh" / "exports", 20, UNTIL, seed=2)
    assert contents(directory) == contents(tmp_path / "fresh" / "exports")
    write(directory, customers=30)
    write(tmp_path / "full" / "exports", customers=30)
    assert contents(directory) == contents(tmp_path / "full" / "exports")


@pytest.mark.parametrize("foreign", ["shopify/mine.csv", "shopify/2024/orders_export_2024.csv", "archive/old.csv"])
def test_a_folder_of_somebody_else_is_refused_and_left_alone(tmp_path: Path, foreign: str) -> None:
    path = tmp_path / "exports" / foreign
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(ValueError, match="name a"):
        write(tmp_path / "exports", customers=5)
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


@pytest.mark.parametrize("customers", [1, 2, 9, 500])
def test_small_shops_are_written(tmp_path: Path, customers: int) -> None:
    assert write(tmp_path / "exports", customers=customers).buyers <= customers
    assert (tmp_path / "exports" / "reviews.csv").is_file()
