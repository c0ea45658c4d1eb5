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


def write_anew(file: Path) -> None:
    """Replace `file` by a copy of its rows: DuckDB keeps the bytes of deleted rows in blocks it has free."""
    beside = file.with_name(f"{file.name}.anew")
    with closing(duckdb.connect(config=OFFLINE)) as base:
        base.execute(f"ATTACH {quoted(file)} AS old (READ_ONLY)")
        base.execute(f"ATTACH {quoted(beside)} AS new")
        base.execute("COPY FROM DATABASE old TO new")
        base.execute("CHECKPOINT new")
    beside.replace(file)


def quoted(path: Path) -> str:
    """The path as a literal of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
