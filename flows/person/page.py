"""Everything held on a person as one page that opens offline. It goes into a file for its owner and nowhere else."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows.faults import Fault, InputError
from flows.io.warehouse.tables import column_comment, table_comment
from flows.person.held import Held
from flows.report import numerals
from flows.report.texts import Both, spans, texts_in
from transforms.contracts.table import MONEY_SCALE, Column, Table, Type

OWNER_ONLY = 0o600
NOTHING = "–"


@cache
def person_texts() -> Mapping[str, Mapping[str, str]]:
    """Key to `en` and `zh`."""
    return texts_in(files("flows.person").joinpath("sentences"))


def refuse_existing(path: Path) -> None:
    """Raise InputError if the file is there already, or its folder is not."""
    if path.exists():
        raise InputError(f"{path}: it is there already; give the name of a new file with --out")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: there is no such folder; make it, or give another file with --out")


def write_page(held: Held, shop_name: str, path: Path) -> None:
    """Write the page to a new file that its owner alone may read.

    Raises InputError if the file is there already, and Fault if it cannot be written.
    """
    page = render(held, shop_name, datetime.now(UTC).date())
    refuse_existing(path)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8") as file:
            file.write(page)
    except OSError as error:
        raise Fault(f"{path}: cannot be written ({error.strerror}); check disk space and permissions") from None


def render(held: Held, shop_name: str, made_on: date) -> str:
    """The page as HTML; the same rows give the same text."""
    return _environment().get_template("page.html").render(held=held, shop_name=shop_name, made_on=made_on)


@cache
def _environment() -> Environment:
    # Styles and the switch of languages are the report's.
    made = Environment(
        loader=ChoiceLoader([PackageLoader("flows.person", ""), PackageLoader("flows.report", "")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        say=_say,
        day=numerals.day,
        comment=table_comment,
        shown=_shown,
        described=_described,
        meanings=_meanings,
        as_cells=_as_cells,
        correction_cells=lambda rows: _as_cells(row.values() for row in rows),
    )
    return made


def _say(key: str, **values: str | Both) -> Markup:
    text = person_texts()[key]
    told = {name: value if isinstance(value, Both) else Both(value, value) for name, value in values.items()}
    english = Markup.escape(text["en"]).format(**{name: both.en for name, both in told.items()})
    chinese = Markup.escape(text["zh"]).format(**{name: both.zh for name, both in told.items()})
    return spans(Both(english, chinese))


def _shown(table: Table, frame: pl.DataFrame) -> list[list[str]]:
    return [[_cell(column, value) for column, value in zip(table.columns, row, strict=True)] for row in frame.rows()]


def _described(table: Table, frame: pl.DataFrame) -> list[tuple[str, str, str]]:
    """A row a column, for a table of which one row is held."""
    (row,) = _shown(table, frame)
    meanings = (column_comment(column) for column in table.columns)
    return list(zip(table.column_names, row, meanings, strict=True))


def _meanings(table: Table) -> list[tuple[str, str]]:
    return [(column.name, column_comment(column)) for column in table.columns]


def _as_cells(rows: Iterable[Iterable[str | None]]) -> list[Sequence[str]]:
    return [[NOTHING if cell is None else cell for cell in row] for row in rows]


def _cell(column: Column, value: Any) -> str:
    if value is None:
        return NOTHING
    if column.type is Type.MONEY:
        return f"{Decimal(value) / MONEY_SCALE:,f}"
    if column.type is Type.INSTANT:
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return str(value)
