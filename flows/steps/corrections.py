"""The shop's corrections file: read, held to what it says it touches, and kept with the night."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from flows.faults import CheckFailed, InputError
from flows.io.lake import RawFile
from flows.night import Night
from flows.settings import Settings
from transforms.reading.corrections import Correction
from transforms.reading.layout import KINDS

FILE = "corrections.csv"
CORRECTED = "corrected"
"""Folder of the batch with `file_id`, `line_number` of rows that were put right, and `correction_line`, by which."""
BY_PLACE = ("file", "line")
BY_SUBJECT = ("store_id", "kind", "subject_id", "product_id")
HEADER = (*BY_PLACE, *BY_SUBJECT, "column", "wrong", "right", "action", "rows", "reason", "author", "date")
ACTIONS = ("set", "drop")


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the file says."""

    name: str
    content: bytes
    entries: list[Correction]

    @property
    def digest(self) -> str:
        """Changes with the file; empty without one."""
        return sha256(self.content).hexdigest() if self.entries else ""


def load_corrections(settings: Settings) -> Corrections:
    """The corrections in force; none without a file. Raises InputError naming the line that cannot be understood."""
    path = corrections_path(settings)
    if path is None:
        return Corrections(FILE, b"", [])
    try:
        content = path.read_bytes()
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        return Corrections(path.name, content, list(_entries(rows, path.name)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path}: cannot be read ({type(error).__name__}); save it as CSV in UTF-8, or correct paths.corrections"
        ) from None


def corrections_path(settings: Settings) -> Path | None:
    """The file of the settings, else the one beside the settings file, if it is there."""
    if settings.paths.corrections:
        return settings.paths.corrections
    beside = settings.config.resolve().parent / FILE if settings.config else None
    return beside if beside and beside.is_file() else None


def refuse_wrong_counts(night: Night, files: list[RawFile], batches: list[Path], *, is_whole: bool = True) -> None:
    """Raise CheckFailed if a correction touches another number of rows in a file than it says, or none in any.

    `is_whole`: whether these are all the shop's files; else a correction may be about one that is not here.
    """
    corrections = load_corrections(night.settings)
    if not corrections.entries:
        return
    names = {file.file_id: file.file_name for file in files}
    touched: dict[int, list[tuple[str, int]]] = {}
    for line, file_id, count in _counts(batches).iter_rows():
        if file_id in names:
            touched.setdefault(line, []).append((names[file_id], count))
    for entry in corrections.entries:
        place = f"{corrections.name} line {entry.line}"
        if is_whole and entry.line not in touched:
            raise CheckFailed(f"{place}: it touches no row; correct what it looks for, or remove the line")
        for name, count in touched.get(entry.line, []):
            if count != entry.rows:
                raise CheckFailed(
                    f"{place}: rows says {entry.rows}, and it touches {count} in {name}; correct the line"
                )


def _counts(batches: list[Path]) -> pl.DataFrame:
    """`correction_line`, `file_id` and how many rows of the file it touched."""
    found = [pl.scan_parquet(part, glob=False) for batch in batches for part in (batch / CORRECTED).glob("*.parquet")]
    schema = {"file_id": pl.String, "line_number": pl.Int64, "correction_line": pl.Int64}
    lines = pl.concat([pl.LazyFrame(schema=schema), *found]).unique()
    return lines.group_by("correction_line", "file_id").agg(pl.len()).sort("correction_line", "file_id").collect()


def keep_corrections(corrections: Corrections, folder: Path) -> None:
    """Put the file into `folder`, as it was read."""
    if corrections.entries:
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / FILE
        kept.touch(mode=0o600)
        kept.write_bytes(corrections.content)


def _entries(rows: "csv._reader", name: str) -> Iterator[Correction]:  # type: ignore[name-defined]
    header = tuple(cell.strip().lower() for cell in next(rows, []))
    unknown = [cell for cell in header if cell not in HEADER]
    missing = [cell for cell in HEADER if cell not in header]
    if unknown or missing or len(set(header)) != len(header):
        raise InputError(f"{name}: its header must be {','.join(HEADER)}")
    before = rows.line_num
    for cells in rows:
        place, before = f"{name} line {before + 1}", rows.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise InputError(f"{place}: it has {len(cells)} cells, the header {len(header)}")
        values = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        _refuse_incomplete(values, place)
        yield _entry(values, int(place.rpartition(" ")[2]))


def _refuse_incomplete(values: dict[str, str], place: str) -> None:
    by_place = [bool(values[name]) for name in BY_PLACE]
    by_subject = [bool(values[name]) for name in BY_SUBJECT[:3]]
    wrong = {
        "say which rows, either by file and line or by store_id, kind and subject_id": (
            all(by_place) == all(by_subject) or any(by_place) == any(by_subject)
        ),
        f"kind is one of {', '.join(KINDS)}": bool(values["kind"]) and values["kind"] not in KINDS,
        "product_id goes with subject_id": bool(values["product_id"]) and any(by_place),
        f"action is one of {', '.join(ACTIONS)}": values["action"] not in ACTIONS,
        "name the column to set": values["action"] == "set" and not values["column"],
        "wrong and right are the same": values["action"] == "set" and values["wrong"] == values["right"],
        "a row is dropped, not changed: leave right empty": values["action"] == "drop" and bool(values["right"]),
        "line is a whole number from 2 on": any(by_place) and not _is_number(values["line"], 2),
        "rows is a whole number from 1 on": not _is_number(values["rows"], 1),
        "give reason and author": not (values["reason"] and values["author"]),
        "date is not one such as 2026-03-01": not _is_date(values["date"]),
    }
    for fault, is_there in wrong.items():
        if is_there:
            raise InputError(f"{place}: {fault}")


def _entry(values: dict[str, str], line: int) -> Correction:
    return Correction(
        line=line,
        rows=int(values["rows"]),
        column=values["column"],
        wrong=values["wrong"],
        right=values["right"] if values["action"] == "set" else None,
        file_name=values["file"] or None,
        line_number=int(values["line"]) if values["line"] else None,
        **{name: values[name] or None for name in BY_SUBJECT},
    )


def _is_number(text: str, least: int) -> bool:
    return text.isascii() and text.isdigit() and int(text) >= least


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
