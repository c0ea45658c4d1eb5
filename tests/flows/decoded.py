"""What files hold once decoded: tables cell by cell, everything else as bytes."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl


def decoded(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Place and content of every file below `folder`; of a table also every text in it, whatever it is packed in."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        yield name, path.read_bytes()
        if path.suffix == ".parquet":
            yield f"{name}, metadata", str(pl.read_parquet_metadata(path)).encode()
            yield f"{name}, cells", _text(pl.read_parquet(path, hive_partitioning=False))
        elif path.suffix == ".duckdb":
            yield from _tables(path, name)


def _tables(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    with duckdb.connect(path, read_only=True) as base:
        found = base.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        for (table,) in found:
            yield f"{name}, {table}", _text(base.execute(f"SELECT * FROM {table}").pl())


def _text(frame: pl.DataFrame) -> bytes:
    return frame.write_json().encode()
