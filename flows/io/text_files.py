"""Export files as frames of text cells: decoded, split, with the physical line each row begins on."""

import codecs
import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.io.encodings import UTF8
from flows.io.inspection import BLANK_CHARACTERS, Inspection
from flows.io.record_ends import PIECE_BYTES, EndlessRecord, pieces_of_records

ROWS_OF_REDACTED = 1 << 18


class CannotSplitError(Exception):
    """Some row of the file it names is broken."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """One file in the lake, ready to be split into cells."""

    file_id: str
    file_name: str
    known_at: datetime
    path: Path
    """The bytes that came, or what `flows.io.redacted_files` left of them."""
    facts: Inspection

    @property
    def is_redacted(self) -> bool:
        """Whether rows of erased people were taken out of it."""
        return self.path.suffix == ".parquet"


def text_pieces(files: list[TextFile]) -> Iterator[pl.DataFrame]:
    """Rows of files with one header and delimiter: the columns of `rows.PROVENANCE`, `cell_0`, `cell_1`, ...

    Files and lines come in order, blank lines left out, in frames of some megabytes: a part of a large file, or many
    small ones, which costs a third of taking them one by one. Raises CannotSplitError where a file is broken, or has
    not the rows that were counted; `flows.io.salvaged_text` then looks what is wrong with which row.
    """
    waiting, size = list[pl.DataFrame](), 0
    for file in files:
        for frame, taken in _redacted(file) if file.is_redacted else _split(file):
            waiting.append(_with_source(frame, file))
            size += taken
            if size >= PIECE_BYTES // 2:
                yield pl.concat(waiting)
                waiting, size = [], 0
    if waiting:
        yield pl.concat(waiting)


def scan_text(files: list[TextFile], scratch: Path) -> pl.LazyFrame:
    """`text_pieces` as one frame, written into the folder `scratch`."""
    folder = scratch / files[0].file_id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, piece in enumerate(text_pieces(files)):
        piece.write_parquet(folder / f"{number:05d}.parquet", compression="lz4", statistics=False)
    return pl.scan_parquet(sorted(folder.glob("*.parquet")), glob=False)


def _with_source(text: pl.DataFrame, file: TextFile) -> pl.DataFrame:
    cells = [f"cell_{position}" for position in range(len(file.facts.header))]
    return text.select(
        *cells,
        "line_number",
        file_id=pl.lit(file.file_id),
        known_at=pl.lit(file.known_at, pl.Datetime("us", "UTC")),
        # Within a file only: another release of Polars may give other numbers.
        cells_hash=text.select(cells).hash_rows(seed=0).reinterpret(signed=True),
    )


def _redacted(file: TextFile) -> Iterator[tuple[pl.DataFrame, int]]:
    text = pl.scan_parquet(file.path, glob=False)
    rows = text.select(pl.len()).collect().item()
    for begin in range(0, max(rows, 1), ROWS_OF_REDACTED):
        frame = text.slice(begin, ROWS_OF_REDACTED).collect()
        yield frame, int(frame.estimated_size())


def _split(file: TextFile) -> Iterator[tuple[pl.DataFrame, int]]:
    """Cells and line numbers, and how many bytes they were."""
    rows = 0
    try:
        for found, size in _split_ahead(file):
            yield found, size
            rows += found.height
    except EndlessRecord:
        raise CannotSplitError(file.file_name) from None
    if rows != file.facts.records:
        raise CannotSplitError(file.file_name)


def _split_ahead(file: TextFile) -> Iterator[tuple[pl.DataFrame, int]]:
    """A piece is decoded and split while those before it are at work elsewhere: codecs of Python use one core."""
    pieces = pieces_of_records(file.path, has_newlines_in_cells=file.facts.has_newlines_in_cells)
    waiting = deque[tuple[Future[pl.DataFrame], int]]()
    with ThreadPoolExecutor(max_workers=1) as pool:
        for number, (piece, first_line) in enumerate(pieces):
            header_lines = 1 if number == 0 else 0
            waiting.append((pool.submit(_cells, file, piece, first_line, header_lines), len(piece)))
            if len(waiting) > 1:
                future, size = waiting.popleft()
                yield future.result(), size
        for future, size in waiting:
            yield future.result(), size


def _cells(file: TextFile, piece: bytes, first_line: int, skipped: int) -> pl.DataFrame:
    text = _as_utf8(file, piece)
    try:
        found = _read(file, text, len(file.facts.header), skipped)
    except pl.exceptions.PolarsError:
        found = _without_blank_cell_beyond(file, text, skipped)
    begins = file.facts.first_line if skipped else first_line
    return _without_blank_lines(_numbered(found, file.facts, begins), file.facts)


def _as_utf8(file: TextFile, piece: bytes) -> bytes:
    if file.facts.encoding == UTF8:
        return piece
    # In small parts, for a codec lets no other thread into Python while it is at work.
    parts = (piece[begin : begin + DECODED_AT_ONCE] for begin in range(0, len(piece), DECODED_AT_ONCE))
    try:
        return b"".join(text.encode(UTF8) for text in codecs.iterdecode(parts, file.facts.encoding))
    except UnicodeDecodeError:
        raise CannotSplitError(file.file_name) from None


DECODED_AT_ONCE = 1 << 18
"""Bytes."""


def _read(file: TextFile, text: bytes, width: int, skipped: int) -> pl.DataFrame:
    lines = pl.scan_csv(
        text,
        separator=file.facts.delimiter,
        has_header=False,
        skip_rows=skipped,
        schema=dict.fromkeys((f"cell_{position}" for position in range(width)), pl.String()),
        missing_columns="insert",  # else a piece is refused whose first row is blank or short
    )
    return lines.collect()


def _without_blank_cell_beyond(file: TextFile, text: bytes, skipped: int) -> pl.DataFrame:
    """Cells of rows with one cell more than the header, blank on every row: Taobao ends rows so."""
    width = len(file.facts.header)
    try:
        found = _read(file, text, width + 1, skipped)
        if not (found[f"cell_{width}"].str.strip_chars() != "").any():
            return found.drop(f"cell_{width}")
    except pl.exceptions.PolarsError:
        pass
    raise CannotSplitError(file.file_name) from None


def _numbered(found: pl.DataFrame, facts: Inspection, first_line: int) -> pl.DataFrame:
    line_number = pl.int_range(first_line, first_line + pl.len(), dtype=pl.Int64)
    if facts.has_newlines_in_cells:
        inside = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0)).cast(pl.Int64)
        line_number += inside.cum_sum() - inside
    return found.with_columns(line_number=line_number)


def _without_blank_lines(found: pl.DataFrame, facts: Inspection) -> pl.DataFrame:
    if not facts.blank_lines:
        # Looking at every cell takes as long as splitting the lines.
        return found
    cells = pl.all().exclude("line_number").str.strip_chars(BLANK_CHARACTERS + facts.delimiter).fill_null("")
    return found.filter(~pl.all_horizontal(cells == ""))
