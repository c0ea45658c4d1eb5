"""Export files as frames of text cells: decoded, split, with the physical line each row begins on."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
import polars_hash as plh

from flows.faults import CheckFailed
from flows.io.inspection import BLANK_CHARACTERS, CHUNK_BYTES, GB18030, UTF8, Inspection

_NO_CELL, _BETWEEN_CELLS = "\x00", "\x1f"


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


def scan_text(files: list[TextFile], scratch: Path) -> pl.LazyFrame:
    """Rows of files with one header and delimiter: the columns of `rows.PROVENANCE`, `cell_0`, `cell_1`, ...

    Blank lines are left out. The cells are split once, into a Parquet file in the folder `scratch`: what follows reads
    them several times, and runs three times faster on it than on the small pieces in which many files are split.
    Raises CheckFailed naming file and line where a file cannot be split into cells.
    """
    paths = {str(_as_utf8(file, scratch)): file for file in files if not file.is_redacted}
    redacted = {str(file.path): file for file in files if file.is_redacted}
    scratch.mkdir(parents=True, exist_ok=True)
    target = scratch / f"{files[0].file_id}.parquet"
    width = len(files[0].facts.header)
    try:
        _write(paths, redacted, width, target)
    except pl.exceptions.PolarsError:
        if not _is_written_beyond_header(paths, redacted, width, target):
            raise _broken(paths) from None
    return pl.scan_parquet(target, glob=False)


def _is_written_beyond_header(
    paths: dict[str, TextFile], redacted: dict[str, TextFile], width: int, target: Path
) -> bool:
    """Whether the files can be split with one cell more than the header, blank on every row: Taobao ends rows so."""
    try:
        beyond = _split(paths, width + 1).select((pl.col(f"cell_{width}").str.strip_chars() != "").any())
        if beyond.collect(engine="streaming").item():
            return False
        _write(paths, redacted, width, target, beyond=1)
    except pl.exceptions.PolarsError:
        return False
    return True


def _write(
    paths: dict[str, TextFile], redacted: dict[str, TextFile], width: int, target: Path, beyond: int = 0
) -> None:
    parts = [_with_source(_split(paths, width + beyond), paths, width)] if paths else []
    if redacted:
        text = pl.scan_parquet(list(redacted), include_file_paths="path", glob=False)
        parts.append(_with_source(text, redacted, width))
    pl.concat(parts).sink_parquet(target, compression="lz4", statistics=False)


def _with_source(lines: pl.LazyFrame, paths: dict[str, TextFile], width: int) -> pl.LazyFrame:
    cells = [f"cell_{position}" for position in range(width)]
    return lines.select(
        *cells,
        "line_number",
        file_id=_told({path: file.file_id for path, file in paths.items()}, pl.String()),
        known_at=_told({path: file.known_at for path, file in paths.items()}, pl.Datetime("us", "UTC")),
        cells_hash=_hash(cells),
    )


def _split(paths: dict[str, TextFile], width: int) -> pl.LazyFrame:
    """One scan for all files, since a scan a file costs five times as much. `width`: cells in a row."""
    facts = [file.facts for file in paths.values()]
    cells = [f"cell_{position}" for position in range(width)]
    lines = pl.scan_csv(
        list(paths),
        separator=facts[0].delimiter,
        has_header=False,
        skip_rows=1,
        schema=dict.fromkeys(cells, pl.String()),
        row_index_name="row",
        include_file_paths="path",
        glob=False,
        missing_columns="insert",  # else a file is refused whose first row is blank or short
    )
    firsts = lines.group_by("path").agg(row=pl.col("row").min().cast(pl.Int64)).collect(engine="streaming")
    first_line = 2 + sum(cell.count("\n") for cell in facts[0].header)
    line_number = pl.col("row").cast(pl.Int64) - _told(dict(firsts.iter_rows()), pl.Int64()) + first_line
    if any(fact.has_newlines_in_cells for fact in facts):
        inside = pl.sum_horizontal(pl.col(cell).str.count_matches("\n", literal=True).fill_null(0) for cell in cells)
        line_number += (inside.cum_sum() - inside).over("path", order_by="row").cast(pl.Int64)
    numbered = lines.with_columns(line_number=line_number)
    if not any(fact.blank_lines for fact in facts):
        # Looking at every cell takes as long as splitting the lines.
        return numbered
    nothing = BLANK_CHARACTERS + facts[0].delimiter
    is_blank = pl.all_horizontal(pl.col(cell).str.strip_chars(nothing).fill_null("") == "" for cell in cells)
    return numbered.filter(~is_blank)


def _hash(cells: list[str]) -> pl.Expr:
    # A null is told from its neighbours' text, or `a,,b` and `a,b,` would be the same row.
    told = [pl.col(cell).fill_null(_NO_CELL) for cell in cells]
    return plh.concat_str(*told, separator=_BETWEEN_CELLS).nchash.xxh3_64().reinterpret(signed=True)


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


def _broken(paths: dict[str, TextFile]) -> CheckFailed:
    for path, file in paths.items():
        if fault := _fault(file, Path(path)):
            return CheckFailed(f"{file.file_name}: {fault}; repair the line or its quotes, or export again")
    names = ", ".join(file.file_name for file in paths.values())
    return CheckFailed(f"{names}: cannot be split into cells; repair its quotes or export again")


def _fault(file: TextFile, path: Path) -> str | None:
    width, raw = len(file.facts.header), list[str]()
    begins, well_quoted = 1, _well_quoted(file.facts.delimiter)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        try:
            for cells in csv.reader(_noting(handle, raw), delimiter=file.facts.delimiter, strict=True):
                if any(cell.strip() for cell in cells[width:]):
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
