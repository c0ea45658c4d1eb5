"""Rows of barred people go no further than reading, whatever file and night they come in."""

import json
import shutil
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from flows.io.erasures import Erasures
from tests.flows.steps.conftest import HEADER, Shop
from transforms.contracts import staged
from transforms.contracts.quality import QUARANTINE, ROW_ACCOUNT
from transforms.identity.marks import mark

ACCOUNTS = "account_id,opened_at,email,phone"
PERSON = {"account_key": "main/7"}


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")


def bar(shop: Shop, **texts: str) -> None:
    """Bar an account, order or address under its column's name."""
    night = shop.night()
    marks = [
        pl.DataFrame({name: [text]}).select(mark(name, night.lake.key()).alias("mark")) for name, text in texts.items()
    ]
    Erasures(night.lake).bar(pl.concat(marks).with_columns(customer_id=pl.lit("c" + "0" * 20)))


def fates(shop: Shop, shards: int = 1) -> dict[str, tuple[int, int]]:
    """Lines read and erased by file; what became of all lines adds up."""
    found = shop.stage(shards).scan(ROW_ACCOUNT).collect()
    told = pl.sum_horizontal("loaded", "merged", "quarantined", "erased")
    assert found.filter(pl.col("lines_read") != told).is_empty()
    return {
        name: (lines, erased) for name, lines, erased in found.select("file_name", "lines_read", "erased").iter_rows()
    }


def raw_files(shop: Shop) -> dict[str, list[str]]:
    """Suffixes of the lake's copies, by the name the file came under."""
    lake = shop.night().lake
    found = {file.file_name: lake.raw_path(file.sha256) for file in lake.known_files()}
    return {name: sorted(copy.suffix for copy in path.parent.glob(f"{path.name}*")) for name, path in found.items()}


def test_rows_that_name_the_account_and_rows_of_its_orders(shop: Shop) -> None:
    shop.export(
        "a.csv",
        "O1,2026-03-01 10:00:00,7,P1,1,1",
        "O1,2026-03-01 10:00:00,,P2,1,1",
        "O2,2026-03-01 10:00:00,8,P1,1,1",
        "O3,2026-03-01 10:00:00,,P1,1,1",
    )
    shop.export(
        "lines.csv", "O1,2026-03-01 10:00:00,P3,1,1", header="order_id,ordered_at,product_id,quantity,unit_price"
    )
    bar(shop, **PERSON)
    assert fates(shop) == {"a.csv": (4, 2), "lines.csv": (1, 1)}
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    assert orders["order_key"].to_list() == ["main/O2", "main/O3"]
    assert raw_files(shop) == {"a.csv": [".parquet"], "lines.csv": [".parquet"]}


def test_rejected_rows_too_whether_they_tell_the_account_or_only_the_address(shop: Shop) -> None:
    shop.export(
        "orders.csv", "O1,2026-03-01 10:00:00,7,P1,1,cheap", "O2,2026-03-01,8,P1,1,1", "O3,2026-03-01,8,P1,1,cheap"
    )
    shop.export(
        "accounts.csv",
        "7,2026-01-01,A@x.example,+1 202 555 0100",
        ",2026-01-01,a@x.example,",
        "7.0E+5,2026-01-01,,12025550100",
        ",2026-01-01,b@x.example,",
        "8,2026-01-01,a@x.example,",
        header=ACCOUNTS,
    )
    bar(shop, **PERSON)
    # Account 8 has the address too, and is somebody else until somebody says otherwise.
    assert fates(shop) == {"orders.csv": (3, 1), "accounts.csv": (5, 3)}
    rejected = shop.stage().scan(QUARANTINE).collect()
    assert sorted(rejected.select("file_name", "line_number").rows()) == [("accounts.csv", 5), ("orders.csv", 4)]


def test_an_order_that_comes_in_two_runs_whichever_half_comes_first(make_shop: Callable[[], Shop]) -> None:
    halves = {
        "buyer.csv": ("O1,2026-03-01 10:00:00,7,P1,1,1",),
        "lines.csv": ("O1,2026-03-01 10:00:00,,P2,1,1", "O2,2026-03-01 10:00:00,8,P2,1,1"),
    }
    for names in (list(halves), list(reversed(halves))):
        shop = make_shop()
        bar(shop, **PERSON)
        shop.export("other.csv", "O9,2026-03-01 10:00:00,8,P1,1,1")
        for name in names:
            shop.export(name, *halves[name])
            shop.stage()
        assert fates(shop) == {"buyer.csv": (1, 1), "lines.csv": (2, 1), "other.csv": (1, 0)}
        assert raw_files(shop)["lines.csv"] == [".parquet"]


def test_line_numbers_cells_and_counts_stay_those_of_the_source(shop: Shop) -> None:
    lines = (
        '1,2026-03-01 10:00,8,"P\nQ",2,2.50',
        "2,2026-03-01 10:00,7,P,2,2.50",
        "",
        "3,2026-03-01 10:00,8,P,x,2.50",
        "4,2026-03-01 10:00,8,,2,2.50",
        "4,2026-03-01 10:00,8,P,2,2.50",
        "4,2026-03-01 10:00,8,P,2,2.50",
    )
    shop.export("a.csv", *lines, encoding="gb18030")
    before = shop.stage().scan(QUARANTINE).drop("as_of_date").collect()
    bar(shop, **PERSON)
    after = shop.stage().scan(QUARANTINE).drop("as_of_date").collect()
    assert_frame_equal(before, after)
    assert before["line_number"].to_list() == [6, 7]
    assert json.loads(after["raw"][1])["cells"] == ["4", "2026-03-01 10:00", "8", None, "2", "2.50"]
    assert fates(shop) == {"a.csv": (6, 1)}
    [lines_] = shop.tables(staged.ORDER_LINE)
    assert lines_["product_key"].to_list() == ["main/P\nQ", "main/P"]


def test_a_second_person_leaves_a_file_that_is_redacted_already(shop: Shop) -> None:
    shop.export("a.csv", *(f"O{n},2026-03-01 10:00:00,{n},P1,1,1" for n in (6, 7, 8)))
    bar(shop, account_key="main/7")
    assert fates(shop) == {"a.csv": (3, 1)}
    bar(shop, account_key="main/6")
    assert fates(shop) == {"a.csv": (3, 2)}
    assert shop.tables(staged.PURCHASE_ORDER)[0]["order_key"].to_list() == ["main/O8"]


def test_the_same_bytes_are_known_and_a_changed_export_loses_its_rows(shop: Shop) -> None:
    shop.export("a.csv", "O1,2026-03-01 10:00:00,7,P1,1,1", "O2,2026-03-01 10:00:00,8,P1,1,1")
    bar(shop, **PERSON)
    assert fates(shop) == {"a.csv": (2, 1)}
    shop.export("copy.csv", "O1,2026-03-01 10:00:00,7,P1,1,1", "O2,2026-03-01 10:00:00,8,P1,1,1")
    assert fates(shop) == {"a.csv": (2, 1)}
    shop.export("changed.csv", "O1,2026-03-01 10:00:00,7,P1,1,2", "O2,2026-03-01 10:00:00,8,P1,1,2")
    assert fates(shop) == {"a.csv": (2, 1), "changed.csv": (2, 1)}
    assert shop.tables(staged.PURCHASE_ORDER)[0]["customer_paid"].to_list() == [20_000]


def test_a_file_whose_run_died_before_it_was_known_keeps_its_count(shop: Shop) -> None:
    shop.export("a.csv", "O1,2026-03-01 10:00:00,7,P1,1,1", "O2,2026-03-01 10:00:00,8,P1,1,1")
    bar(shop, **PERSON)
    shop.stage()
    for is_batch_lost in (False, True):
        (shop.folder / "lake" / "files.json").unlink()
        if is_batch_lost:
            shutil.rmtree(shop.folder / "lake" / "batches")
        assert fates(shop) == {"a.csv": (2, 1)}
        # Though collect copied the bytes again.
        assert raw_files(shop) == {"a.csv": [".parquet"]}


ROW = st.tuples(st.sampled_from("ABCD"), st.sampled_from(["7", "8", "9", ""]), st.sampled_from(["1", "x"]))


@given(files=st.lists(st.lists(ROW, max_size=6), min_size=1, max_size=3), shards=st.sampled_from([1, 3]))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_erased_then_read_is_read_without_them(
    files: list[list[tuple[str, str, str]]], shards: int, make_shop: Callable[[], Shop]
) -> None:
    """The staged tables of all files less the person's rows, worked out here without marks, are what is left."""
    theirs = {order for rows in files for order, account, _ in rows if account == "7"}
    erased, without = make_shop(), make_shop()
    for number, rows in enumerate(files):
        lines = [f"{order},2026-03-01 10:00:00,{account},P{price},1,{price}" for order, account, price in rows]
        kept = [line for line, (order, _, _) in zip(lines, rows, strict=True) if order not in theirs]
        erased.export(f"{number}.csv", "Z,2026-03-01 10:00:00,8,P1,1,1", *lines)
        without.export(f"{number}.csv", "Z,2026-03-01 10:00:00,8,P1,1,1", *kept)
    erased.stage(shards)
    bar(erased, **PERSON)
    expected = {f"{number}.csv": sum(row[0] in theirs for row in rows) for number, rows in enumerate(files)}
    # Files of the same bytes are one file.
    assert {name: count for name, (_, count) in fates(erased, shards).items()}.items() <= expected.items()
    if len({tuple(rows) for rows in files}) == len(files):
        for table in (staged.PURCHASE_ORDER, staged.CUSTOMER_ACCOUNT, staged.PRODUCT):
            [left], [right] = erased.tables(table, shards=shards), without.tables(table, shards=shards)
            assert_frame_equal(left, right)


def test_without_anybody_barred_no_file_is_touched(shop: Shop) -> None:
    shop.export("a.csv", "O1,2026-03-01 10:00:00,7,P1,1,1", header=HEADER)
    assert fates(shop) == {"a.csv": (1, 0)}
    assert raw_files(shop) == {"a.csv": [""]}
    assert not (shop.folder / "lake" / "erased").exists()
