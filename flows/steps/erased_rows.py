"""Rows of erased people in the files being read: found by marks, and taken out of the lake's copies."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.io.redacted_files import Redacted, redacted_at, write_redacted
from flows.io.text_files import TextFile
from transforms.identity.marks import LINE, marks_told, rows_of_barred, subjects


@dataclass(frozen=True, slots=True)
class ErasedRows:
    """What files hold of erased people."""

    lines: pl.DataFrame
    """`file_id`, `line_number`."""
    new_marks: pl.DataFrame
    """`customer_id`, `mark` of orders and addresses that these rows tell and that were not barred yet."""


def erased_rows(typed: Iterable[tuple[str, pl.DataFrame]], barred: pl.DataFrame, key: str, scratch: Path) -> ErasedRows:
    """Rows of barred people, their orders, and rows of these orders, wherever they stand.

    `typed`: kind and typed rows of files read together, piece by piece. `barred`: `customer_id`, `mark`. Whom the rows
    name is written into the folder `scratch`, for typing them takes longer than the questions asked of it.
    """
    folder = scratch / "subjects"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part, (kind, rows) in enumerate(typed):
        subjects(rows.lazy(), kind).sink_parquet(folder / f"{part:05d}.parquet", compression="lz4")
    named, known = pl.scan_parquet(sorted(folder.glob("*.parquet")), glob=False), barred
    while True:
        theirs = rows_of_barred(named, known, key).collect(engine="streaming")
        new = marks_told(theirs, key).join(known, on=["customer_id", "mark"], how="anti")
        if new.is_empty():
            return ErasedRows(theirs.select(LINE).unique().sort(LINE), known.slice(len(barred)))
        known = pl.concat([known, new])


def redact(files: list[TextFile], text: pl.LazyFrame, lines: pl.DataFrame) -> None:
    """Write the files that hold any of `lines` anew without them. `text`: `scan_text` of the files.

    The bytes that came stay beside until the caller removes them, so that no moment is without the file.
    """
    counts = dict(lines.group_by("file_id").len().iter_rows())
    kept = text.join(lines.lazy(), on=LINE, how="anti")
    for file in files:
        if file.file_id in counts:
            before = redacted_at(file.path) if file.is_redacted else None
            erased = counts[file.file_id] + (before.erased if before else 0)
            rest = kept.filter(pl.col("file_id") == file.file_id)
            write_redacted(rest, file.path.with_suffix(".parquet"), Redacted(file.facts, erased))
