"""The night beside its floor: `python -m tests.bench.night [--config FILE --exports FOLDER --as-of DATE] [--runs N]`.

Without files a demo shop is written. The night is collect to publish into a new DuckDB file, without fits, report,
imports and Prefect. The floor is what no pipeline can go below: bare Polars scans the same files into typed columns and
groups them by customer, and the result is loaded into DuckDB. It is given twice, by what counts as the result: the rows
that the night publishes, or the grouped customers alone.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl

from flows.demo_shop import write_demo_shop
from flows.io.lake import Stage
from flows.io.warehouse import Warehouse, open_warehouse
from flows.night import Night, open_night
from flows.settings import Settings, load_settings
from flows.steps.collect import collect, layouts_of
from flows.steps.customers import customers
from flows.steps.decide import decide
from flows.steps.fit import fit
from flows.steps.gate import gate, load_gate
from flows.steps.health import health
from flows.steps.identify import identify, links_before
from flows.steps.publish import publish
from flows.steps.read import read
from flows.steps.score import score
from flows.steps.stage import stage
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Type

FLOOR_TYPES = {Type.INTEGER: pl.Int64, Type.MONEY: pl.Float64}
Seconds = dict[str, float]


def main() -> None:
    """Run night and floor in turn and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path)
    parser.add_argument("--exports", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    load_gate()
    with tempfile.TemporaryDirectory() as folder:
        exports, as_of = asked.exports, asked.as_of
        if exports is None:
            exports, as_of = Path(folder) / "exports", as_of or date(2026, 3, 14)
            write_demo_shop(exports, asked.customers, as_of, seed=1)
        rounds = [_round(Path(folder) / str(run), asked.config, exports, as_of) for run in range(asked.runs)]
    _print(rounds)


def _round(folder: Path, config: Path | None, exports: Path, as_of: date) -> Seconds:
    paths = {"exports": exports, "lake": folder / "lake", "warehouse": str(folder / "night.duckdb")}
    settings = load_settings(config, {"paths": paths})
    night = open_night(settings, as_of, datetime.now(UTC))
    warehouse = open_warehouse(settings.paths.warehouse)
    warehouse.migrate()
    return _night(night, warehouse) | _floor(settings, exports, night.work, folder)


def _timed(function: Callable[..., object], *arguments: object) -> tuple[float, object]:
    began = time.perf_counter()
    answer = function(*arguments)
    return time.perf_counter() - began, answer


def _night(night: Night, warehouse: Warehouse) -> Seconds:
    seconds: Seconds = {}
    seconds["collect"], collected = _timed(collect, night)
    seconds["read"], (files, batches) = _timed(read, night, collected)  # type: ignore[misc]
    seconds["stage"], _ = _timed(stage, night, files, batches)
    seconds["gate"], _ = _timed(gate, night)
    seconds["identify"], _ = _timed(lambda night: identify(night, links_before(warehouse)), night)
    seconds["customers"], _ = _timed(customers, night)
    seconds["health"], _ = _timed(health, night)
    models = fit(night)
    seconds["score"], _ = _timed(score, night, models)
    seconds["decide"], _ = _timed(decide, night, warehouse)
    seconds["publish"], _ = _timed(publish, night, files, warehouse)
    return {**seconds, "night": sum(seconds.values())}


def _floor(settings: Settings, exports: Path, work: Stage, folder: Path) -> Seconds:
    published = [pl.read_parquet(path) for table in WAREHOUSE.values() for path in work.parts(table)]
    scan, grouped = _timed(_scan_and_group, settings, exports)
    load_grouped, _ = _timed(_load, [grouped], folder / "grouped.duckdb")
    load_published, _ = _timed(_load, published, folder / "published.duckdb")
    return {"scan": scan, "floor": scan + load_published, "bare floor": scan + load_grouped}


def _scan_and_group(settings: Settings, exports: Path) -> pl.DataFrame:
    layout = next(layout for layout in layouts_of(settings) if layout.kind == "order_line")
    header = {name: layout.columns[name] for name in ("happened_at", "account_id", "quantity", "unit_price")}
    types = {layout.columns[column.name]: FLOOR_TYPES.get(column.type, pl.String) for column in _mapped(layout)}
    files = [path for path in sorted(exports.rglob("*.csv")) if header["unit_price"] in path.open().readline()]
    lines = pl.scan_csv(files, schema_overrides=types, infer_schema=False).with_columns(
        pl.col(header["happened_at"]).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    )
    day = pl.col(header["happened_at"]).dt.date()
    spent = (pl.col(header["quantity"]) * pl.col(header["unit_price"])).sum()
    return (
        lines.group_by(header["account_id"])
        .agg(x=day.n_unique(), first=day.min(), last=day.max(), spent=spent)
        .collect(engine="streaming")
    )


def _mapped(layout: object) -> list[object]:
    return [column for column in layout.table.columns if column.name in layout.columns]  # type: ignore[attr-defined]


def _load(frames: list[pl.DataFrame], file: Path) -> None:
    with duckdb.connect(str(file)) as base:
        for number, frame in enumerate(frames):
            base.register("frame", frame.to_arrow())
            base.execute(f"CREATE TABLE t{number} AS SELECT * FROM frame")


def _print(rounds: list[Seconds]) -> None:
    for name in rounds[0]:
        taken = [seconds[name] for seconds in rounds]
        print(f"{name:12} {statistics.median(taken):8.2f} s   {min(taken):.2f} to {max(taken):.2f}")
    for floor in ("floor", "bare floor"):
        ratios = [seconds["night"] / seconds[floor] for seconds in rounds]
        print(f"night / {floor:12} {statistics.median(ratios):6.1f}   {min(ratios):.1f} to {max(ratios):.1f}")


if __name__ == "__main__":
    main()
