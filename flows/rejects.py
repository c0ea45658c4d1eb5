"""Rows to repair: files in the layout of their source, to be put right and fed again. They hold personal data."""

import codecs
import csv
import filecmp
import io
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import polars as pl

from checks.row_rules import CORRECTED_AWAY
from flows.faults import InputError
from flows.io.lake import RawFile
from flows.io.plain_text import data_chunks
from flows.io.salvaged_text import HINTS, sound_text
from flows.io.text_files import TextFile, scan_text
from flows.night import Night
from flows.steps.collect import Collected
from flows.steps.read import scratch, text_file
from flows.steps.repaired import loose_name, repaired_name, sources
from flows.steps.stage import file_ranks, good_rows, rejected_rows
from transforms.contracts import rows
from transforms.reading.layout import KINDS
from transforms.staging.incomplete import SUBJECT_COLUMNS, SUBJECT_OF, lines_to_repair


@dataclass(frozen=True, slots=True)
class Rejects:
    """Rows of one file that wait for repair."""

    file_name: str
    path: Path
    rows: int
    is_written: bool
    """False where another file of that name stood there, which may hold repairs."""


def write_rejects(
    night: Night, collected: Collected, read: tuple[list[RawFile], list[Path]], folders: dict[str, Path]
) -> list[Rejects]:
    """Write the rows to repair of each file into the folder of its name, mode 0600.

    Beside a rejected row these are all rows of its order, for a later file replaces an order as a whole; and all rows
    of the file, if a rejected row does not tell its order or cannot be split into cells. What a later file tells too is
    not written. `folders`: where, by name of the file or its container. Raises InputError if one cannot be written.
    """
    files, batches = read
    lines, whole, broken = _to_repair(files, batches)
    found, taken = [], {file.file_name for file in files}
    for file in files:
        mine = lines.filter(file_id=file.file_id)
        if file.file_id not in whole | broken and mine.is_empty():
            continue
        source = text_file(night, file, collected.new[file.file_id])
        name = _free_name(file, taken)
        taken.add(name)
        path = folders[file.source.file_name] / PurePosixPath(name).name
        text = None if file.file_id in broken else _rows(source, scratch(night))
        if text is not None and file.file_id not in whole:
            text = text.join(mine.lazy(), on=["file_id", "line_number"], how="semi", maintain_order="left")
        is_written = _put(path, source, text)
        count = file.lines_read if file.file_id in whole | broken else mine.height
        found.append(Rejects(file.file_name, path, count, is_written))
    return found


def _rows(source: TextFile, folder: Path) -> pl.LazyFrame:
    copy = sound_text(source, folder, is_looked_through=True).copy
    return scan_text([copy], folder).sort("line_number")


def _to_repair(files: list[RawFile], batches: list[Path]) -> tuple[pl.DataFrame, set[str], set[str]]:
    """`file_id`, `line_number` of the rows to write; files of which all are to be; and those that cannot be split."""
    ranks = file_ranks(files)
    rejected = rejected_rows(batches, ranks)
    columns = ("file_id", "line_number", "table_name", "file_rank", *SUBJECT_COLUMNS)
    missed = rejected.filter(pl.col("rule") != CORRECTED_AWAY.name)
    torn = missed.filter(pl.col("rule").is_in(list(HINTS))).select("file_id").unique().collect()["file_id"]
    lost, known = missed.select(columns).collect(), [pl.DataFrame(schema=_LINE)]
    for kind, table in KINDS.items():
        mine = lost.filter(table_name=kind)
        if not mine.is_empty():
            known.append(lines_to_repair(good_rows(table, batches, ranks), mine, kind))
    repaired = set(sources(files).values())
    # Whoever has repaired a file has looked after these rows too, and nothing could tell which they became.
    nameless = lost.filter(_tells_no_subject() & ~pl.col("file_id").is_in(list(repaired)))
    whole = nameless.filter(table_name=rows.ORDER_LINE.name)["file_id"]
    alone = nameless.filter(pl.col("table_name") != rows.ORDER_LINE.name)
    return pl.concat([*known, alone.select(_LINE.keys())]), set(whole), set(torn) - repaired


_LINE = {"file_id": pl.String(), "line_number": pl.Int64()}


def _tells_no_subject() -> pl.Expr:
    """Whether a rejected row leaves blank, or tells unreadably, what its kind of rows is about."""
    return pl.any_horizontal(
        (pl.col("table_name") == kind) & pl.any_horizontal(pl.col(name).is_null() for name in subject)
        for kind, subject in SUBJECT_OF.items()
    )


def _free_name(file: RawFile, taken: set[str]) -> str:
    """Name of the repaired file below the exports folder, where it replaces nothing when it is moved there."""
    base = str(PurePosixPath(loose_name(file)).with_suffix(""))
    while repaired_name(base, file) in taken:
        base += ".again"
    return repaired_name(base, file)


def _put(path: Path, source: TextFile, text: pl.LazyFrame | None) -> bool:
    """Whether `path` holds the rows now. What stands there already may hold a person's repairs, and stays."""
    beside = path.with_name(f".{path.name}")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True, parents=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            _write(file, source, text)
        if path.exists():
            is_same = filecmp.cmp(beside, path, shallow=False)
            beside.unlink()
            return is_same
        beside.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); name a folder for rejects with --rejects"
        ) from None
    return True


def _write(file: BinaryIO, source: TextFile, text: pl.LazyFrame | None) -> None:
    """The header as it came, twins and all, and the rows of `text`, else all that the source holds, broken as it is.

    A byte-order mark before them tells Excel that this is UTF-8.
    """
    facts = source.facts
    header = io.StringIO(newline="")
    csv.writer(header, delimiter=facts.delimiter, lineterminator="\n").writerow(facts.header)
    file.write(codecs.BOM_UTF8 + header.getvalue().encode())
    file.flush()
    if text is None:
        for chunk in data_chunks(source.path, facts):
            file.write(chunk)
    else:
        cells = text.select(f"cell_{position}" for position in range(len(facts.header)))
        cells.sink_csv(file, include_header=False, separator=facts.delimiter)
