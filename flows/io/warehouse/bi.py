"""The file for BI tools: `mart` alone, with its comments and its view."""

from pathlib import Path

from sqlalchemy.schema import CreateSchema

from flows.io.warehouse.opening import engine_of, opened, quoted
from flows.io.warehouse.tables import metadata_of, view_statements
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Schema

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
        for table in MART.values():
            columns = ", ".join(table.column_names)
            copy = f"INSERT INTO {table.full_name} SELECT {columns} FROM {SOURCE}.{table.full_name}"  # noqa: S608 - our names
            base.execute(copy)
        base.execute(f"DETACH {SOURCE}")
        base.execute("CHECKPOINT")
