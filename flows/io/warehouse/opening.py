"""DuckDB files, opened without fetching anything: a file of SQLite would make DuckDB download an extension for it."""

from contextlib import closing
from pathlib import Path

import duckdb
import sqlalchemy as sa

OFFLINE: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": "false"}


def opened(file: Path, *, read_only: bool = False) -> closing[duckdb.DuckDBPyConnection]:
    """A connection to `file` for the context's time; raises duckdb.Error if it is no database or cannot be opened."""
    return closing(duckdb.connect(file, read_only=read_only, config=OFFLINE))


def engine_of(file: Path, *, read_only: bool = False) -> sa.Engine:
    """The same for SQLAlchemy; nothing is opened yet, and a connection that closes gives the file back."""
    address = sa.URL.create("duckdb", database=str(file))
    arguments = {"read_only": read_only, "config": OFFLINE}
    return sa.create_engine(address, poolclass=sa.NullPool, connect_args=arguments)
