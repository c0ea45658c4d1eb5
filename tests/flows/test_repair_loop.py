"""The repair loop as a person goes it: broken files, check, repair, check again, a night. Nothing is missing."""

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.demo_folder import DemoShop
from flows.demo_world import SHOP, Wanted, write_demo_world
from flows.io.warehouse import open_warehouse
from tests.flows.conftest import Run
from transforms.simulator.damage import ZERO_DATE

pytestmark = pytest.mark.night

UNTIL = date(2026, 3, 14)
SPARE = "REPAIRED"
"""The article a person writes where the export lost it."""
ORDER = {"shopify": "Name", "taobao": "订单编号", "youzan": "订单号"}
DATES = {
    "shopify": ("Created at", "Paid at"),
    "taobao": ("订单创建时间", "订单付款时间 "),
    "youzan": ("订单创建时间", "买家付款时间"),
}
PIECES = ("Lineitem quantity", "购买数量", "商品数量")
ARTICLES = ("Lineitem sku", "商家编码", "商品编码")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoShop:
    """A small full shop whose truth is known, many rows of which are damaged."""
    folder = tmp_path_factory.mktemp("loop") / "exports"
    made = write_demo_world(folder, Wanted(1_200, UNTIL, 11, "hard"))
    (folder.parent / "regulars.toml").write_text('[shop]\ncurrency = "CNY"\ntimezone = "Asia/Shanghai"\n')
    _export_again_torn(made)
    return made


def _export_again_torn(demo: DemoShop) -> None:
    """A later export of one order of two lines, of which a row is broken: what is left must not replace the order."""
    source = demo.directory / "shopify" / "orders_export_2025.csv"
    header, *lines = source.read_text(encoding="utf-8").splitlines()
    damaged = {row["order_id"] for row in _damaged(demo)}
    rows = list(csv.reader(lines))
    ids = [row[0] for row in rows]
    order = next(name for name in ids if ids.count(name) == 2 and name not in damaged)
    torn = [list(row) for row in rows if row[0] == order]
    torn[1][header.split(",").index("Lineitem price")] = "dear"
    with (demo.directory / "shopify" / "again.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([header.split(","), *torn])


def _damaged(demo: DemoShop) -> list[dict[str, object]]:
    return pl.read_parquet(demo.truth_directory / "damaged_row.parquet").to_dicts()


def _orders(demo: DemoShop) -> pl.DataFrame:
    found = pl.read_parquet(demo.truth_directory / "order.parquet")
    return found.with_columns(order_key=pl.concat_str("store_id", pl.lit("/"), "order_id"))


def _rejects(demo: DemoShop) -> list[Path]:
    return sorted(demo.directory.rglob("rejected/*"))


def _repaired(path: Path, when: dict[str, datetime]) -> Iterator[dict[str, str]]:
    """The rows of a rejects file with what is wrong put right, by somebody who knows when the orders were placed."""
    store = path.parents[1].name
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            order = row[ORDER[store]].strip('="')
            for name in DATES[store]:
                if row.get(name) == ZERO_DATE:
                    row[name] = f"{when[f'{store}/{order}']:%Y-%m-%d %H:%M:%S}"
            for name in PIECES:
                if name in row:
                    row[name] = row[name].lstrip("-")
            for name in ARTICLES:
                if name in row:
                    row[name] = row[name] or SPARE
            yield row


def _repair(path: Path, when: dict[str, datetime]) -> None:
    """Repair the file and move it out of its folder, as the terminal says."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        header = next(csv.reader(handle))
    rows = list(_repaired(path, when))
    with (path.parents[1] / path.name).open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(dict.fromkeys(header)))
        writer.writeheader()
        writer.writerows(rows)
    path.unlink()


def _night(regulars: Run, demo: DemoShop, name: str) -> dict[str, pl.DataFrame]:
    cwd = demo.directory.parent
    done = regulars(
        "run", "--exports", demo.directory, "--as-of", UNTIL, "--lake", f"lake-{name}", "--warehouse", f"{name}.duckdb",
        cwd=cwd,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    warehouse = open_warehouse(str(cwd / f"{name}.duckdb"))
    tables = ("mart.purchase_order", "mart.refund", "quality.row_account", "quality.quarantine", "mart.customer")
    return {table: warehouse.read(table) for table in tables}


def _fates(account: pl.DataFrame) -> dict[str, int]:
    parts = ("loaded", "merged", "quarantined", "erased")
    assert account.filter(pl.col("lines_read") != pl.sum_horizontal(parts)).is_empty()
    return account.select("lines_read", *parts).sum().row(0, named=True)


@pytest.mark.slow
def test_broken_files_are_repaired_and_every_order_counts_once(demo: DemoShop, regulars: Run) -> None:
    cwd, truth, damaged = demo.directory.parent, _orders(demo), _damaged(demo)

    # A check names files, lines and rules, says where the rows to repair lie, and shows no cell.
    first = regulars("check", "exports", cwd=cwd)
    assert first.returncode == 0, first.stderr
    for row in damaged[:3]:
        assert re.search(rf"{re.escape(str(row['file']))}: [\d,]+ rows? \w+, lines? ", first.stdout)
    assert "shopify/again.csv: 1 row unit_price_unreadable, line 3" in first.stdout
    assert re.search(r"exports/shopify/rejected/again\.[0-9a-f]{8}\.rejected\.csv, 2 rows", first.stdout)
    assert "Next: put right" in first.stdout
    assert ZERO_DATE not in first.stdout

    # Unrepaired, damaged orders are missing or incomplete; the torn later export has not replaced the good one.
    before = _night(regulars, demo, "before")
    broken = {row["order_id"] for row in damaged}
    whole = truth.filter(pl.col("is_paid") & ~pl.col("order_id").is_in(list(broken))).sort("order_key")
    told = before["mart.purchase_order"].join(whole, on="order_key", how="semi").sort("order_key")
    assert_frame_equal(told.select("order_key", "customer_paid"), whole.select("order_key", customer_paid="paid"))
    assert _fates(before["quality.row_account"])["quarantined"] == len(damaged) + 1
    assert before["mart.purchase_order"].height < truth["is_paid"].sum()

    # Another check writes nothing new; a repaired file of which one was forgotten leaves just that one.
    assert len(_rejects(demo)) > 4
    written = {path: path.read_bytes() for path in _rejects(demo)}
    regulars("check", "exports", cwd=cwd)
    assert {path: path.read_bytes() for path in _rejects(demo)} == written
    when = {row["order_key"]: row["ordered_at"] for row in truth.to_dicts()}
    for path in written:
        if not path.name.startswith("again."):
            _repair(path, when)
    [again] = (demo.directory / "shopify" / "rejected").glob("again.*.rejected.csv")
    (again.parents[1] / again.name).write_text(again.read_text(encoding="utf-8-sig").replace("dear", "1.00"))
    again.unlink()

    # Nothing is left to repair, and the account adds up.
    second = regulars("check", "exports", cwd=cwd)
    assert second.returncode == 0, second.stderr
    assert "to repair" not in second.stdout
    assert _rejects(demo) == []

    # A night in the same lake, and one in a new lake, know every order once, with what was paid and given back.
    for name in ("before", "after"):
        _holds_all(_night(regulars, demo, name), truth, len(damaged) + 1)


def _holds_all(night: dict[str, pl.DataFrame], truth: pl.DataFrame, rejected: int) -> None:
    paid = truth.filter("is_paid").sort("order_key")
    told = night["mart.purchase_order"].sort("order_key").select("order_key", "customer_paid", "ordered_at")
    assert_frame_equal(told.select("order_key", "customer_paid"), paid.select("order_key", customer_paid="paid"))
    assert (
        told["ordered_at"].dt.convert_time_zone(SHOP.timezone).dt.replace_time_zone(None) - paid["ordered_at"]
    ).abs().max() == timedelta(0)
    refunds = night["mart.refund"].group_by("order_key").agg(pl.col("amount").sum()).sort("order_key")
    assert_frame_equal(refunds, paid.filter(pl.col("refunded") > 0).select("order_key", amount="refunded"))
    assert _fates(night["quality.row_account"])["quarantined"] == rejected
    assert night["mart.customer"].select(pl.col("customer_paid").sum()).item() <= paid["paid"].sum()
