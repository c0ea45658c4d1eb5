"""Export files as frames of text cells: decoded, split, with the physical line each row begins on."""

import codecs
import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.faults import CheckFailed
from flows.io.inspection import CHUNK_BYTES, GB18030, UTF8, Inspection


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
    UTF-8 is decoded into the folder `scratch` first. Raises CheckFailed naming file and line of a row with more cells
    than its header.
    """
    width = len(files[0].facts.header)
    by_path = {str(_as_utf8(file, scratch)): file for file in files}
    cells = [f"cell_{position}" for position in range(width)]
    lines = pl.scan_csv(
        list(by_path),
        separator=files[0].facts.delimiter,
        has_header=False,
        skip_rows=1,
        schema=dict.fromkeys(cells, pl.String()),
        row_index_name="row",
        include_file_paths="path",
    )
    try:
        firsts = lines.group_by("path").agg(row=pl.col("row").min().cast(pl.Int64)).collect(engine="streaming")
    except pl.exceptions.ComputeError:
        raise _broken(by_path) from None
    line_number = pl.col("row").cast(pl.Int64) - _told(dict(firsts.iter_rows()), pl.Int64()) + 2
    if any(file.facts.has_newlines_in_cells for file in files):
        inside = pl.sum_horizontal(pl.col(cell).str.count_matches("\n", literal=True).fill_null(0) for cell in cells)
        line_number += (inside.cum_sum() - inside).over("path", order_by="row").cast(pl.Int64)
    is_blank = pl.all_horizontal(pl.col(cell).str.strip_chars(' "').fill_null("") == "" for cell in cells)
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


def _broken(by_path: dict[str, TextFile]) -> CheckFailed:
    for path, file in by_path.items():
        with Path(path).open(encoding=UTF8, newline="") as handle:
            reader = csv.reader(handle, delimiter=file.facts.delimiter)
            for cells in reader:
                if len(cells) > len(file.facts.header):
                    return CheckFailed(
                        f"{file.file_name}: line {reader.line_num} has {len(cells)} cells, the header "
                        f"{len(file.facts.header)}; repair the line or its quotes, or export again"
                    )
    return CheckFailed(f"{', '.join(file.file_name for file in by_path.values())}: cannot be split into cells")
