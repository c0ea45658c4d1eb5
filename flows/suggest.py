"""A column map for files of an unknown layout, printed as settings. Never what stands in a cell."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from checks.row_rules import FORMS
from flows.faults import InputError
from flows.io.containers.unpack import is_container, unpack
from flows.io.inspection import inspect
from flows.io.salvaged_text import sound_text
from flows.io.text_files import TextFile, text_pieces
from flows.settings import Settings
from flows.steps.collect import layouts_of, passwords
from transforms.reading.content import has_data
from transforms.reading.detect import detect
from transforms.reading.layout import KINDS
from transforms.reading.suggest import Suggestion, suggest

ROWS_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is suggested for one file."""

    path: Path
    header: tuple[str, ...]
    rows: int
    """How many rows were looked at."""
    known_as: str | None
    """The layout that reads the file already."""
    suggestion: Suggestion


def suggest_maps(settings: Settings, path: Path) -> list[Suggested]:
    """Look at the first rows of a file, of each table of a container, or of one: `book.xlsx/Sheet1`.

    Raises InputError and CheckFailed for one that cannot be read at all.
    """
    source = next((above for above in (path, *path.parents) if above.is_file()), None)
    with TemporaryDirectory(prefix="regulars-suggest-") as folder:
        if source and is_container(source, source.name):
            members = unpack(source, source.name, passwords(source.name, settings), Path(folder) / "unpacked")
            tables = {source.parent / member.name: member.path for member in members}
            told = tables if source == path else {path: tables[path]} if path in tables else {}
        else:
            told = {path: path} if source == path else {}
        if not told:
            raise InputError(f"{path}: no such file; give one file of the layout")
        return [_suggested(settings, name, table, Path(folder)) for name, table in told.items()]


def _suggested(settings: Settings, path: Path, table: Path, scratch: Path) -> Suggested:
    facts, layouts = inspect(table, path.name), layouts_of(settings)
    if has_data(facts.header):
        raise InputError(f"{path.name}: its first line seems to hold data; put a line of headers before it")
    cells = [f"cell_{place}" for place in range(len(facts.header))]
    file = TextFile(facts.sha256[:16], path.name, datetime.now(UTC), table, facts)
    copy = sound_text(file, scratch, is_looked_through=True).copy
    first = next(text_pieces([copy]), pl.DataFrame(schema=dict.fromkeys(cells, pl.String)))
    rows = first.select(cells).head(ROWS_LOOKED_AT)
    known = detect(facts.header, layouts)
    found = suggest(facts.header, rows, settings.shop.timezone, layouts)
    return Suggested(path, facts.header, rows.height, known.name if known else None, found)


def print_suggested(suggested: Suggested) -> None:
    """Print the map, how sure each column of it is, what is missing, and the block for the settings."""
    console, found = Console(highlight=False, markup=False), suggested.suggestion
    if suggested.known_as:
        console.print(f"{suggested.path}: is read as {suggested.known_as}; it needs no column map", soft_wrap=True)
        return
    kind = found.kind.replace("_", " ")
    looked = f"{len(suggested.header)} headers and the first {suggested.rows:,} rows"
    console.print(f"{suggested.path}: by {looked} a row seems to be one {kind}", "", sep="\n", soft_wrap=True)
    console.print(_table(suggested))
    for line in _remarks(suggested):
        console.print(line, soft_wrap=True)
    console.print("", "For the settings, once you have looked it over:", "", block(suggested), sep="\n", soft_wrap=True)


def block(suggested: Suggested) -> str:
    """The map as a table of the settings; what is missing stands in it as a comment."""
    found = suggested.suggestion
    lines = [
        "[[layouts]]",
        f"name = {_quoted(_name(suggested.path))}",
        f"kind = {_quoted(found.kind)}",
        "",
        "[layouts.columns]",
        *(f"{guess.column} = {_quoted(guess.header.strip())}" for guess in found.guesses),
        *(f'# {name} = "..."  # needed: name the header that holds it' for name in found.missing),
    ]
    return "\n".join(lines) + "\n"


def _table(suggested: Suggested) -> Table:
    table = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    for name in ("our column", "header"):
        table.add_column(name, overflow="fold")
    for name in ("sure of it", "readable"):
        table.add_column(name, justify="right", no_wrap=True)
    for guess in suggested.suggestion.guesses:
        readable = "" if guess.readable is None else f"{guess.readable:.0%}"
        table.add_row(guess.column, guess.header, f"{guess.sureness:.0%} {guess.word}", readable)
    return table


def _remarks(suggested: Suggested) -> list[str]:
    found = suggested.suggestion
    alike = {guess.column: guess.header.strip() for guess in reversed(found.unreadable)}
    columns = KINDS[found.kind]
    lines = []
    for name in found.missing:
        if name not in alike:
            lines.append(f"Missing: {name}. {columns.column(name).description}")
            continue
        words = columns.column(name).values
        what = f"one of {', '.join(words)}" if words else FORMS[columns.column(name).type]
        lines.append(f"Missing: {name}. The header {alike[name]} is named like it, but nothing in it is {what}.")
    used = {guess.header for guess in found.guesses}
    unused = [cell.strip() for cell in suggested.header if cell not in used and cell.strip()]
    if unused:
        lines.append(f"Not used: {', '.join(unused)}")
    return lines


def _name(path: Path) -> str:
    return re.sub(r"\W+", "_", path.stem).strip("_").lower() or "own"


def _quoted(text: str) -> str:
    """A basic string of TOML, which are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
