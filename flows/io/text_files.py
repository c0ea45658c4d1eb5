"""Export files as frames of text cells: decoded, split, with the physical line each row begins on."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.faults import CheckFailed
from flows.io.inspection import BLANK_CHARACTERS, CHUNK_BYTES, GB18030, UTF8, Inspection


@dataclass(frozen=True, slots=True)
class TextFile:
    """One file in the lake, ready to be split into cells."""

    file_id: str
    file_name: str
    known_at: datetime
    path: Path
    facts: Inspection


def scan_text(files: list[TextFile], scratch: Path) -> pl.LazyFrame:
    """Cells of files with one header and delimiter: `file_id`, `known_at`, `line_number`, `cell_0`, `cell_1`, ...

    One scan for all files, since a scan a file costs five times as much. Blank lines are left out. A file that is not
    UTF-8 is decoded into the folder `scratch` first. Collecting raises a PolarsError where a file cannot be split into
    cells; `broken` finds out where.
    """
    header = files[0].facts.header
    by_path = {str(_as_utf8(file, scratch)): file for file in files}
    cells = [f"cell_{position}" for position in range(len(header))]
    lines = pl.scan_csv(
        list(by_path),
        separator=files[0].facts.delimiter,
        has_header=False,
        skip_rows=1,
        schema=dict.fromkeys(cells, pl.String()),
        row_index_name="row",
        include_file_paths="path",
        glob=False,
        missing_columns="insert",  # else a file is refused whose first row is blank or short
    )
    try:
        firsts = lines.group_by("path").agg(row=pl.col("row").min().cast(pl.Int64)).collect(engine="streaming")
    except pl.exceptions.PolarsError:
        raise broken(files, scratch) from None
    first_line = 2 + sum(cell.count("\n") for cell in header)
    line_number = pl.col("row").cast(pl.Int64) - _told(dict(firsts.iter_rows()), pl.Int64()) + first_line
    if any(file.facts.has_newlines_in_cells for file in files):
        inside = pl.sum_horizontal(pl.col(cell).str.count_matches("\n", literal=True).fill_null(0) for cell in cells)
        line_number += (inside.cum_sum() - inside).over("path", order_by="row").cast(pl.Int64)
    nothing = BLANK_CHARACTERS + files[0].facts.delimiter
    is_blank = pl.all_horizontal(pl.col(cell).str.strip_chars(nothing).fill_null("") == "" for cell in cells)
    return (
        lines.with_columns(
            line_number=line_number,
            file_id=_told({path: file.file_id for path, file in by_path.items()}, pl.String()),
            known_at=_told({path: file.known_at for path, file in by_path.items()}, pl.Datetime("us", "UTC")),
        )
        .filter(~is_blank)
        .drop("row", "path")
    )


def _told(by_path: dict[str, object], dtype: pl.DataType) -> pl.Expr:
    return pl.col("path").replace_strict(list(by_path), list(by_path.values()), return_dtype=dtype)


def _as_utf8(file: TextFile, scratch: Path) -> Path:
    if file.facts.encoding == UTF8:
        return file.path
    scratch.mkdir(parents=True, exist_ok=True)
    target = scratch / file.path.name
    decoder = codecs.getincrementaldecoder(GB18030)()
    try:
        with file.path.open("rb") as source, target.open("w", encoding=UTF8, newline="") as sink:
            while chunk := source.read(CHUNK_BYTES):
                sink.write(decoder.decode(chunk))
            sink.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        raise CheckFailed(f"{file.file_name}: neither UTF-8 nor GB18030 throughout; export it again as UTF-8") from None
    return target


def broken(files: list[TextFile], scratch: Path) -> CheckFailed:
    """Which of `files` cannot be split into cells, on which line, and what to do."""
    for file in files:
        if fault := _fault(file, _as_utf8(file, scratch)):
            return CheckFailed(f"{file.file_name}: {fault}; repair the line or its quotes, or export again")
    names = ", ".join(file.file_name for file in files)
    return CheckFailed(f"{names}: cannot be split into cells; repair its quotes or export again")


def _fault(file: TextFile, path: Path) -> str | None:
    width, raw = len(file.facts.header), list[str]()
    begins, well_quoted = 1, _well_quoted(file.facts.delimiter)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        try:
            for cells in csv.reader(_noting(handle, raw), delimiter=file.facts.delimiter, strict=True):
                if len(cells) > width:
                    return f"line {begins} has {len(cells)} cells, the header {width}"
                if not well_quoted.fullmatch("".join(raw)):
                    return f"line {begins} has a quote inside a cell that is not in quotes"
                begins += len(raw)
                raw.clear()
        except csv.Error as error:
            return f"line {begins} cannot be split into cells ({error})"
    return None


def _noting(lines: Iterable[str], noted: list[str]) -> Iterator[str]:
    for line in lines:
        noted.append(line)
        yield line


def _well_quoted(delimiter: str) -> re.Pattern[str]:
    between = re.escape(delimiter)
    cell = rf'(?:"(?:[^"]|"")*"|[^"{between}\r\n]*)'
    return re.compile(rf"{cell}(?:{between}{cell})*[\r\n]*")
