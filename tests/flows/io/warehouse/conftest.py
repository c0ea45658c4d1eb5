import random
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.io.warehouse import Publication, Warehouse, open_warehouse
from flows.io.warehouse.embedded import EmbeddedWarehouse
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Column, Table, Type

NASTY = {
    Type.TEXT: [
        "",
        " ",
        "\\N",
        "\\.",
        "a\n\\.\nb",
        "say \"it\", 's'; --",
        "tab\tline\nreturn\rback\\slash\\n",
        "\b\f\v\x7f",
        "小明 の 😀 e\u0301",
        "NULL",
        "{a,b}",
        "%s %(x)s :x $1",
        "x" * 3_000,
    ],
    Type.INTEGER: [0, 1, -1, 2**63 - 1, -(2**63)],
    Type.MONEY: [0, 1, -1, 10_000, -123_456_789, 10**18 - 1, 1 - 10**18, 10**17 + 1],
    Type.NUMBER: [0.0, -0.0, 0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -1e-300, 123456789.123456789],
    Type.BOOLEAN: [True, False],
    Type.DATE: [date.min, date.max, date(1969, 12, 31), date(2024, 2, 29)],
    Type.INSTANT: [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, 0, 1, tzinfo=UTC),
    ],
}

SOME = (
    "ops.run",
    "ops.export_file",
    "quality.quarantine",
    "mart.customer",
    "mart.customer_score",
    "mart.product",
    "mart.calendar",
)
"""Tables of every way of replacing, the view's among them; a whole night takes every warehouse seconds."""

Frames = Mapping[str, pl.DataFrame]


def key_value(column: Column, row: int) -> object:
    """Distinct by row and in no order, so that a sort is seen to happen."""
    mixed = (row * 7919) % 10_007
    return {
        Type.TEXT: ["Å", "a", "B", "_", "客"][row % 5] + f"{mixed}",
        Type.INTEGER: mixed,
        Type.DATE: date(2020, 1, 1) + timedelta(days=mixed),
    }[column.type]


def nasty_frame(table: Table, as_of: date, rows: int = 40, seed: int = 0) -> pl.DataFrame:
    dice = random.Random(f"{table.full_name} {seed}")

    def value(column: Column, row: int) -> object:
        if column.name == "as_of_date":
            return as_of
        if column.name in table.key:
            return key_value(column, row)
        return dice.choice([*NASTY[column.type], None] if column.nullable else NASTY[column.type])

    values = {column.name: [value(column, row) for row in range(rows)] for column in table.columns}
    return pl.DataFrame(values, schema=table.polars_schema)


@pytest.fixture
def nasty_night() -> Callable[..., Frames]:
    """Tables of one night, full of values that loaders trip over; its run published unless told otherwise."""

    def night(as_of: date, *, seed: int = 0, published: bool = True, tables: Iterable[str] = SOME) -> Frames:
        frames = {name: nasty_frame(WAREHOUSE[name], as_of, seed=seed) for name in tables}
        at = datetime(2026, 1, 1, tzinfo=UTC) if published else None
        run = frames["ops.run"].head(1)
        frames["ops.run"] = run.with_columns(pl.lit(at, pl.Datetime("us", "UTC")).alias("published_at"))
        # One customer in two tables, or the view would be empty.
        score = frames["mart.customer_score"]
        frames["mart.customer_score"] = score.with_columns(frames["mart.customer"]["customer_id"])
        return frames

    return night


@pytest.fixture
def publication(tmp_path: Path) -> Callable[[date, Frames], Publication]:
    """Frames as a night's Parquet files, two shards a table, in folders that look like partitions."""

    def made(as_of: date, frames: Frames) -> Publication:
        parts = {}
        for name, frame in frames.items():
            shards = [frame[::2], frame[1::2]]
            files = [
                tmp_path / "lake" / f"{as_of}" / name / f"shard={i:02}" / "part.parquet" for i in range(len(shards))
            ]
            for file, shard in zip(files, shards, strict=True):
                file.parent.mkdir(parents=True, exist_ok=True)
                shard.write_parquet(file)
            parts[name] = files
        return Publication(as_of, parts)

    return made


@pytest.fixture
def warehouse_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "shop.duckdb"


@pytest.fixture(params=["duckdb", pytest.param("postgresql", marks=pytest.mark.night)])
def empty_warehouse(request: pytest.FixtureRequest, warehouse_file: Path) -> Warehouse:
    if request.param == "duckdb":
        return open_warehouse(str(warehouse_file))
    return open_warehouse(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    open_warehouse(str(folder / "shop.duckdb")).migrate()
    return folder


@pytest.fixture
def warehouse(empty_warehouse: Warehouse, warehouse_file: Path, migrated_folder: Path) -> Warehouse:
    if isinstance(empty_warehouse, EmbeddedWarehouse):
        shutil.copytree(migrated_folder, warehouse_file.parent)
    empty_warehouse.migrate()
    return empty_warehouse
