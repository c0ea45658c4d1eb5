"""Golden files: a tiny native file of each layout and the rows it stands for, worked out by hand."""

import tomllib
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from flows.io.lake import Stage
from flows.steps.collect import collect
from flows.steps.read import read, rejected_parts
from tests.flows.steps.conftest import Shop
from transforms.contracts import rows
from transforms.contracts.table import MONEY_SCALE, Table, Type
from transforms.platforms.shipped import OF_PLATFORMS
from transforms.reading.layout import KINDS, Layout

FOLDER = Path(__file__).parents[3] / "examples" / "platforms"
SETTINGS = '[shop]\ntimezone = "UTC"\ncurrency = "EUR"\n'
BY_NAME = {layout.name: layout for layout in OF_PLATFORMS}
READABLE = [layout for layout in OF_PLATFORMS if not layout.refused]
_OF_EVERY_ROW = {*(column.name for column in rows.PROVENANCE), "store_id"} - {"line_number"}

Row = dict[str, object]


def golden(layout: Layout) -> dict[str, Any]:
    """What the golden file of the layout says."""
    told: dict[str, Any] = tomllib.loads((FOLDER / f"{layout.name}.toml").read_text(encoding="utf-8"))
    return told


def export(shop: Shop, told: dict[str, Any], text: str | None = None) -> str:
    """Write the native file of a golden file, or `text` in its place; gives its name."""
    name = f"store/{told['file_name']}"
    path = shop.exports / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((told["text"] if text is None else text).encode(told.get("encoding", "utf-8")))
    return name


def expected(told: dict[str, Any]) -> dict[str, list[Row]]:
    """Rows of each kind as contracts have them, in the order of the file."""
    return {kind: [_typed(KINDS[kind], row) for row in told[kind]] for kind in KINDS if kind in told}


def _typed(table: Table, row: Row) -> Row:
    return {name: _value(table, name, value) for name, value in row.items()}


def _value(table: Table, name: str, value: object) -> object:
    kind = table.column(name).type
    if kind is Type.MONEY:
        return int(Decimal(str(value)) * MONEY_SCALE)
    return datetime.fromisoformat(str(value)) if kind is Type.INSTANT else value


def read_rows(shop: Shop) -> tuple[dict[str, list[Row]], list[Row]]:
    """Rows of each kind without what every row has and without nulls; and line and rule of those rejected."""
    night = shop.night()
    _, batches = read(night, collect(night))
    found = {kind: _told(batches, table) for kind, table in KINDS.items()}
    rejected = pl.concat(pl.read_parquet(part) for batch in batches for part in rejected_parts(batch))
    broken = rejected.sort("line_number", "rule").select("line_number", "rule").to_dicts()
    return {kind: told for kind, told in found.items() if told}, broken


def _told(batches: list[Path], table: Table) -> list[Row]:
    parts = [part for batch in batches for part in Stage(batch).parts(table)]
    if not parts:
        return []
    frame = pl.scan_parquet(parts).sort("line_number", "cells_hash").collect()
    return [
        {name: value for name, value in row.items() if value is not None and name not in _OF_EVERY_ROW}
        for row in frame.to_dicts()
    ]
