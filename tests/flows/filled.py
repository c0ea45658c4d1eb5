"""A warehouse with a few rows of a published night: only what a test is about has to be told."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from flows.io.warehouse import Publication, Warehouse, open_warehouse
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Column, Type

NIGHT = date(2026, 3, 1)
AT = datetime(2026, 3, 2, 1, 14, tzinfo=UTC)
Rows = Sequence[Mapping[str, object]]
NOTHING = {
    Type.TEXT: "",
    Type.INTEGER: 0,
    Type.MONEY: 0,
    Type.NUMBER: 0.0,
    Type.BOOLEAN: False,
    Type.DATE: NIGHT,
    Type.INSTANT: AT,
}


def filled_warehouse(file: Path, rows: Mapping[str, Rows], *, is_published: bool = True) -> Warehouse:
    """A migrated DuckDB file with `rows` by full table name; what they leave out is null, or nothing of its type."""
    run = {"status": "published", "published_run_id": "r", "published_at": AT} if is_published else {}
    parts = {}
    for name, told in {**rows, "ops.run": [{"run_id": "r", **run}]}.items():
        table = WAREHOUSE[name]
        values = [{column.name: _value(column, row) for column in table.columns} for row in told]
        path = file.with_name(f"{name}.parquet")
        pl.DataFrame(values, schema=table.polars_schema).write_parquet(path)
        parts[name] = [path]
    warehouse = open_warehouse(str(file))
    warehouse.migrate()
    warehouse.publish(Publication(NIGHT, parts))
    return warehouse


def _value(column: Column, row: Mapping[str, object]) -> object:
    if column.name == "as_of_date":
        return NIGHT
    default = {"currency": "CNY"}.get(column.name, NOTHING[column.type])
    return row.get(column.name, None if column.nullable else default)
