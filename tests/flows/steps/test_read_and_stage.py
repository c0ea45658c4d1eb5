"""Read and stage in a real lake: every row is loaded, merged or quarantined, whatever the batches and shards."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.steps.collect import collect
from flows.steps.read import read
from tests.flows.steps.conftest import HEADER, Shop
from transforms.contracts import staged
from transforms.contracts.quality import QUARANTINE, ROW_ACCOUNT

ACCOUNTS = "account_id,opened_at,email"
CONSENTS = "account_id,said_at,channel,purpose,consent_state"


def account(shop: Shop, shards: int = 1) -> dict[str, tuple[int, int, int, int]]:
    """Lines read, loaded, merged and quarantined by file; they add up."""
    found = shop.stage(shards).scan(ROW_ACCOUNT).collect()
    fates = pl.col("loaded") + pl.col("merged") + pl.col("quarantined") + pl.col("erased")
    assert found.filter(pl.col("lines_read") != fates).is_empty()
    columns = ("file_name", "lines_read", "loaded", "merged", "quarantined")
    return {name: (one, two, three, four) for name, one, two, three, four in found.select(columns).iter_rows()}


def fill(shop: Shop) -> None:
    shop.export(
        "1.csv",
        "1,2026-03-01 10:00,7,P,2,2.50",
        "1,2026-03-01 10:00,7,P,2,2.50",
        "1,2026-03-01 10:00,7,Q,1,1",
        "",
        "2,2026-03-02 10:00,8,P,x,2.50",
        '2,2026-03-02 10:00,8,"Q\nr",1,2.50',
        "3,2026-03-02 10:00,-,P,1,2.50",
    )
    shop.export("2.csv", "1,2026-03-01 10:00,7,P,5,2.50", ",,,,", "4,2026-03-03,9,P,-1,2.50")
    shop.export(
        "accounts.csv",
        "7,2026-01-01,a@x.example",
        "7,2026-01-01,b@x.example",
        ",2026-01-01,c@x.example",
        header=ACCOUNTS,
    )
    words = (
        "7,2026-02-01,email,marketing,granted",
        "7,2026-02-01,email,marketing,refused",
        "7,soon,email,marketing,granted",
    )
    shop.export("consents.csv", *words, header=CONSENTS)


@pytest.mark.parametrize("shards", [1, 3])
def test_every_row_is_loaded_merged_or_quarantined(shop: Shop, shards: int) -> None:
    fill(shop)
    assert account(shop, shards) == {
        # Order 1 gave way to the later file with its three rows.
        "1.csv": (6, 2, 3, 1),
        "2.csv": (2, 1, 0, 1),
        "accounts.csv": (3, 1, 1, 1),
        "consents.csv": (3, 1, 1, 1),
    }


def test_quarantine_tells_file_line_rule_hint_and_the_row_as_it_stands(shop: Shop) -> None:
    fill(shop)
    found = shop.stage().scan(QUARANTINE).sort("file_name", "line_number").collect()
    assert found.select("file_name", "line_number", "table_name", "rule", "rules_broken").rows() == [
        ("1.csv", 6, "order_line", "quantity_unreadable", 1),
        ("2.csv", 4, "order_line", "quantity_negative", 1),
        ("accounts.csv", 4, "customer_account", "account_id_missing", 1),
        ("consents.csv", 4, "consent", "happened_at_unreadable", 1),
    ]
    assert json.loads(found["raw"][0])["cells"] == ["2", "2026-03-02 10:00", "8", "P", "x", "2.50"]
    assert found["hint"].str.len_chars().min() > 20


TABLES = (
    staged.CUSTOMER_ACCOUNT,
    staged.PURCHASE_ORDER,
    staged.ORDER_LINE,
    staged.REFUND,
    staged.PRODUCT,
    staged.CONSENT,
)


def test_files_that_come_one_night_after_another_end_in_the_tables_of_all_at_once(
    make_shop: Callable[[], Shop],
) -> None:
    at_once, one_by_one = make_shop(), make_shop()
    fill(at_once)
    for name in sorted(path.name for path in at_once.exports.iterdir()):
        (one_by_one.exports / name).write_bytes((at_once.exports / name).read_bytes())
        later = one_by_one.tables(*TABLES)
    for table, one, other in zip(TABLES, at_once.tables(*TABLES), later, strict=True):
        assert not one.is_empty() or table is staged.REFUND
        assert_frame_equal(one, other)


def test_shards_change_no_table(shop: Shop) -> None:
    fill(shop)
    for one, other in zip(shop.tables(*TABLES), shop.tables(*TABLES, shards=5), strict=True):
        assert_frame_equal(one, other)


def test_files_that_were_read_are_not_read_again(shop: Shop) -> None:
    fill(shop)
    night = shop.night()
    _, [batch] = read(night, collect(night))
    before = {path: path.stat().st_mtime_ns for path in batch.rglob("*.parquet")}
    night = shop.night()
    assert read(night, collect(night))[1] == [batch]
    assert {path: path.stat().st_mtime_ns for path in batch.rglob("*.parquet")} == before


def test_files_are_read_again_when_the_settings_that_read_them_change(shop: Shop) -> None:
    shop.export("1.csv", "1,2026-03-01 10:00:00,7,P,2,2.50")
    assert shop.tables(staged.PURCHASE_ORDER)[0]["happened_at"].to_list() == [datetime(2026, 3, 1, 10, tzinfo=UTC)]
    shop.config.write_text('[shop]\ncurrency = "EUR"\ntimezone = "Asia/Shanghai"\n')
    assert shop.tables(staged.PURCHASE_ORDER)[0]["happened_at"].to_list() == [datetime(2026, 3, 1, 2, tzinfo=UTC)]


def test_known_at_is_when_the_file_first_came(shop: Shop) -> None:
    shop.export("1.csv", "1,2026-03-01,7,P,2,2.50")
    first = shop.stage().scan(staged.PURCHASE_ORDER).collect()["known_at"].to_list()
    shop.export("2.csv", "2,2026-03-01,7,P,2,2.50")
    later = shop.stage().scan(staged.PURCHASE_ORDER).sort("order_id").collect()["known_at"].to_list()
    assert later[:1] == first
    assert later[1] > first[0]


def test_a_gb18030_export_under_a_chinese_column_map_is_read(shop: Shop) -> None:
    shop.config.write_text(
        '[shop]\ncurrency = "CNY"\ntimezone = "Asia/Shanghai"\n'
        '[[layouts]]\nname = "taobao"\nkind = "order_line"\nrefund_prefix = "T"\nnot_goods = ["邮费"]\n'
        '[layouts.columns]\norder_id = "订单编号"\nhappened_at = "订单付款时间"\nproduct_id = "商品编码"\n'
        'quantity = "数量"\nunit_price = "价格(元)"\naccount_id = "买家会员名"\n'
    )
    shop.export(
        "ExportOrderList.csv",
        "\t1,2026-03-01 07:00:00,P1,2,19.90,茶客",
        "\t1,2026-03-01 07:00:00,邮费,1,6.00,茶客",
        "T2,2026-03-02 07:00:00,P1,-1,19.90,茶客",
        header="订单编号,订单付款时间 ,商品编码,数量,价格（元）,买家会员名",
        encoding="gb18030",
    )
    orders, refunds, lines = shop.tables(staged.PURCHASE_ORDER, staged.REFUND, staged.ORDER_LINE)
    told = ("order_key", "account_key", "happened_at", "customer_paid", "units")
    assert orders.select(told).rows() == [("main/1", "main/茶客", datetime(2026, 2, 28, 23, tzinfo=UTC), 458_000, 2)]
    assert refunds.select("amount", "quantity").rows() == [(199_000, 1)]
    assert lines["is_goods"].to_list() == [True, False]


def test_files_of_different_headers_and_files_without_rows_are_read_together(shop: Shop) -> None:
    shop.export("1.csv", "1,2026-03-01,7,P,2,2.50")
    shop.export("2.csv", "2.50;2;P;2026-03-01;2", header="unit_price;quantity;product_id;ordered_at;order_id")
    shop.export("3.csv")
    shop.export("4.csv", "", "3,2026-03-01,7,P,2,2.50")
    assert account(shop) == {"1.csv": (1, 1, 0, 0), "2.csv": (1, 1, 0, 0), "3.csv": (0, 0, 0, 0), "4.csv": (1, 1, 0, 0)}


def test_a_short_row_is_quarantined_for_what_it_lacks(shop: Shop) -> None:
    shop.export("1.csv", "1,2026-03-01,7,P", "2,2026-03-01,7,P,2,2.50")
    found = shop.stage().scan(QUARANTINE).collect()
    assert found.select("line_number", "rule", "rules_broken").rows() == [(2, "quantity_missing", 2)]


def test_the_store_is_that_of_the_row_else_of_the_folder(shop: Shop) -> None:
    shop.config.write_text('[shop]\ncurrency = "EUR"\n[[stores]]\nid = "web"\n[[stores]]\nid = "app"\n')
    shop.export("app/1.csv", "1,2026-03-01,7,P,2,2.50,web", "1,2026-03-01,7,P,2,2.50,", header=HEADER + ",store_id")
    assert shop.tables(staged.PURCHASE_ORDER)[0]["order_key"].to_list() == ["app/1", "web/1"]


def test_a_file_is_known_though_the_run_died_after_its_batch_was_whole(shop: Shop) -> None:
    shop.export("a.csv", "O1,2026-03-01 10:00:00,7,P1,1,10.00")
    shop.stage()
    (shop.folder / "lake" / "files.json").unlink()
    shop.stage()
    (shop.exports / "a.csv").unlink()
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    assert orders["order_key"].to_list() == ["main/O1"]


def test_a_run_cut_off_before_the_lake_knew_a_broken_file_counts_it_rightly_later(shop: Shop) -> None:
    rows = (f"O{n},2026-03-0{n} 10:00:00,7,P{n},1,2.50" for n in (1, 2, 3))
    shop.export("orders.csv", '9,2026-03-01 10:00:00,7,5" plate,1,2.50', *rows)
    night = shop.night()
    whole, _ = read(night, collect(night))
    (night.lake.root / "files.json").unlink()
    assert whole[0].lines_read == 4
    assert account(shop) == {"orders.csv": (4, 3, 0, 1)}
