"""The file for BI tools: `mart` alone, with its comments and its view."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import duckdb
from sqlalchemy.schema import CreateSchema

from flows.io.warehouse.opening import engine_of, opened, quoted
from flows.io.warehouse.tables import metadata_of, view_statements
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Schema, Table

MART = {name: table for name, table in WAREHOUSE.items() if table.schema is Schema.MART}
SOURCE = '"warehouse to copy"'
"""DuckDB names a database after its file; no file has this name, so the two cannot clash."""


def write_bi_file(warehouse: Path, file: Path) -> None:
    """Write `mart` of the closed database `warehouse`, which stands at this release's schema, to the new `file`."""
    with engine_of(file).begin() as connection:
        connection.execute(CreateSchema(str(Schema.MART)))
        metadata_of(MART).create_all(connection)
        for statement in view_statements():
            connection.exec_driver_sql(statement)
    with opened(file) as base:
        base.execute(f"ATTACH {quoted(warehouse)} AS {SOURCE} (READ_ONLY)")
        # Side by side, for one table after another leaves a part of the machine idle; the longest first.
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(partial(_copy, base), sorted(MART.values(), key=_rows_in(base), reverse=True)))
        base.execute(f"DETACH {SOURCE}")
        base.execute("CHECKPOINT")


def _copy(base: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(table.column_names)
    with base.cursor() as connection:
        connection.execute(f"INSERT INTO {table.full_name} SELECT {columns} FROM {SOURCE}.{table.full_name}")  # noqa: S608 - our names


def _rows_in(base: duckdb.DuckDBPyConnection) -> Callable[[Table], int]:
    counts = "SELECT schema_name || '.' || table_name, estimated_size FROM duckdb_tables() WHERE database_name = ?"
    sizes = dict(base.execute(counts, [SOURCE.strip('"')]).fetchall())
    return lambda table: sizes[table.full_name]
