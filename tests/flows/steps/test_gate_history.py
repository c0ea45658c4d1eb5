"""The gate beside nights published before: what they found comes from the warehouse, and a collapse stops the night."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.faults import CheckFailed
from flows.io.warehouse import Publication, Warehouse, open_warehouse
from flows.night import Night, open_night
from flows.settings import load_settings
from flows.steps.collect import collect
from flows.steps.gate import NO_HISTORY, gate, history
from flows.steps.read import read
from flows.steps.stage import stage
from transforms.contracts import mart, ops, quality, staged
from transforms.facts.purchases import freshness

pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")

FIRST = date(2026, 3, 1)
HEADER = "order_id,ordered_at,account_id,product_id,quantity,unit_price"
NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    found = open_warehouse(str(tmp_path / "night.duckdb"))
    found.migrate()
    return found


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, day in (("old", 1), ("new", 2)):
        orders = [f"{name}{number},2026-03-0{day} 12:00:00,{number},P,1,9.00" for number in range(20)]
        (folder / f"{name}.csv").write_text("\n".join([HEADER, *orders]))
    return folder


def night_of(exports: Path, as_of: date, **flags: object) -> Night:
    paths = {"exports": exports, "lake": exports.parent / "lake", **flags.pop("paths", {})}  # type: ignore[dict-item]
    return open_night(load_settings(None, {"paths": paths, **flags}), as_of, NOW)


def gated(night: Night, warehouse: Warehouse) -> pl.DataFrame:
    stage(night, *read(night, collect(night)))
    gate(night, history(night, warehouse))
    return night.work.scan(quality.CHECK_RESULT).collect()


def publish(night: Night, warehouse: Warehouse) -> None:
    """What later nights read of it."""
    run = {"as_of_date": night.as_of, "run_id": night.run_id, "status": "published", "critical_failures": 0}
    when = dict.fromkeys(("started_at", "finished_at", "published_at"), NOW)
    night.work.write(
        ops.RUN,
        pl.DataFrame([{**run, **when, "code_version": "1", "settings_hash": "1"}], schema=ops.RUN.polars_schema),
    )
    night.work.write(mart.FRESHNESS, freshness(night.work.scan(staged.PURCHASE_ORDER), night.as_of))
    tables = (ops.RUN, mart.DATA_QUALITY, mart.FRESHNESS)
    warehouse.publish(Publication(night.as_of, {table.full_name: night.work.parts(table) for table in tables}))


def verdict(results: pl.DataFrame, table: str, check: str) -> tuple[bool, int | None]:
    return results.filter(table_name=table, check_name=check).select("is_passed", "rows_failed").row(0)


def test_losing_what_last_night_knew_stops_the_night_unless_it_is_meant(exports: Path, warehouse: Warehouse) -> None:
    first = night_of(exports, FIRST + timedelta(days=1))
    assert gated(first, warehouse)["is_passed"].all()
    publish(first, warehouse)
    tonight = FIRST + timedelta(days=2)
    whole = gated(night_of(exports, tonight), warehouse)
    assert verdict(whole, "purchase_order", "nothing_lost(rows)") == (True, 0)
    ignored = {"ignore": ["new.csv"]}
    broken = night_of(exports, tonight, paths=ignored)
    with pytest.raises(CheckFailed, match=r"purchase_order: nothing_lost\(rows\)"):
        gated(broken, warehouse)
    lost = broken.work.scan(quality.CHECK_RESULT).collect()
    assert verdict(lost, "purchase_order", "nothing_lost(rows)") == (False, 20)
    assert verdict(lost, "product", "nothing_lost(rows)") == (True, 0)
    meant = gated(night_of(exports, tonight, paths=ignored, checks={"largest_fall": 0.5}), warehouse)
    assert verdict(meant, "purchase_order", "nothing_lost(rows)") == (True, 20)


def test_only_published_nights_before_this_one_count(exports: Path, warehouse: Warehouse) -> None:
    night = night_of(exports, FIRST + timedelta(days=1))
    gated(night, warehouse)
    publish(night, warehouse)
    assert history(night, warehouse) is NO_HISTORY
    assert history(night_of(exports, FIRST), warehouse) is NO_HISTORY
    found = history(night_of(exports, FIRST + timedelta(days=9)), warehouse)
    assert sorted(found.rows.filter(pl.col("rows") > 0).rows()) == [
        (night.as_of, name, rows)
        for name, rows in (("customer_account", 20), ("order_line", 40), ("product", 1), ("purchase_order", 40))
    ]
    assert found.silences.rows() == [("main", date(2026, 3, 2), 0)]


def test_what_is_said_of_a_store_is_in_the_check_results_and_stops_nothing(exports: Path, warehouse: Warehouse) -> None:
    orders = [f"d{number},{FIRST - timedelta(days=number)} 12:00:00,{number},P,1,9.00" for number in range(30)]
    (exports / "daily.csv").write_text("\n".join([HEADER, *orders]))
    results = gated(night_of(exports, date(2026, 3, 9)), warehouse)
    [row] = results.filter(check_name="stores_as_fresh_as_usual").to_dicts()
    assert (row["is_passed"], row["severity"], row["rows_failed"]) == (False, "warning", 1)
    assert "main (7 days, at most 1 before)" in row["meaning"]
