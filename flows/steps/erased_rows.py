"""Rows of erased people in the files being read: found by marks, and taken out of the lake's copies."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.io.redacted_files import Redacted, redacted_at, write_redacted
from flows.io.text_files import TextFile
from transforms.contracts.rows import TICKET
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
    named, known = named_in(typed, scratch), barred
    while True:
        theirs = rows_of_barred(named, known, key).collect(engine="streaming")
        new = marks_told(theirs, key).join(known, on=["customer_id", "mark"], how="anti")
        if new.is_empty():
            return ErasedRows(theirs.select(LINE).unique().sort(LINE), known.slice(len(barred)))
        known = pl.concat([known, new])


def named_in(typed: Iterable[tuple[str, pl.DataFrame]], scratch: Path) -> pl.LazyFrame:
    """`subjects` of all rows, written into the folder `scratch`."""
    folder = scratch / "subjects"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part, (kind, rows) in enumerate(typed):
        subjects(rows.lazy(), kind).sink_parquet(folder / f"{part:05d}.parquet", compression="lz4")
    return pl.scan_parquet(sorted(folder.glob("*.parquet")), glob=False)


def whoever_is_named(broken: pl.DataFrame, stores: list[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Kind and rows that take each cell of broken rows for whatever a person can be known by, in each of the stores.

    `broken`: `flows.io.salvaged_text.SoundText.broken`. Which cell is which nobody can tell there.
    """
    if broken.is_empty():
        return
    text = pl.col("raw").str.json_path_match("$.text")
    cells = text.str.extract_all(_CELL).list.eval(pl.element().str.strip_chars(" \t='")).alias("cell")
    named = broken.lazy().select(*LINE, cells).explode("cell", empty_as_null=False, keep_nulls=False)
    of_stores = named.join(pl.LazyFrame({"store_id": sorted(set(stores))}), how="cross")
    cell, nobody = pl.col("cell"), pl.lit(None, pl.String)
    account = pl.when(cell.str.contains("@", literal=True)).then(cell.str.to_lowercase()).otherwise(cell)
    for told in (
        {"account_id": account, "order_id": cell, "email": nobody, "phone": nobody},
        {"account_id": nobody, "order_id": nobody, "email": cell, "phone": cell},
    ):
        # A ticket: its order and address say nothing more of the person, who is to be found and not to be learnt of.
        yield TICKET.name, of_stores.select(*LINE, "store_id", **told).collect()


_CELL = r"[^,;|\t\r\n\"]+"


def redact(files: list[TextFile], text: pl.LazyFrame, lines: pl.DataFrame, broken: pl.DataFrame) -> None:
    """Write the files that hold any of `lines` anew without them, and without their broken rows.

    Whom a broken row names can be missed, so those of a file leave with the first person who does. `text`: `scan_text`
    of the files. The bytes that came stay beside until the caller removes them, so that no moment is without the file.
    """
    theirs = lines.join(broken.select(LINE), on=LINE, how="anti")
    gone = pl.concat([theirs, broken.select(LINE)])
    counts, touched = dict(gone.group_by("file_id").len().iter_rows()), set(lines["file_id"])
    kept = text.join(lines.lazy(), on=LINE, how="anti")
    for file in files:
        if file.file_id in touched:
            before = redacted_at(file.path) if file.is_redacted else None
            erased = counts[file.file_id] + (before.erased if before else 0)
            rest = kept.filter(pl.col("file_id") == file.file_id)
            write_redacted(rest, file.path.with_suffix(".parquet"), Redacted(file.facts, erased))
