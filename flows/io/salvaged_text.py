"""Export files as rows of cells and rows that are none, whatever is wrong with them.

Files are split by `flows.io.text_files`, fast. Only where that fails, or finds another number of rows than was counted,
they are gone through record by record (`flows.io.records`): broken ones are set aside and leave blank lines in a copy,
which is counted anew and split as any file. Rows and broken records then are all there is.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from flows.faults import CheckFailed
from flows.io.encodings import UTF8
from flows.io.inspection import BLANK_CHARACTERS, Inspection, count_records
from flows.io.plain_text import data_chunks, header_of
from flows.io.records import LINE_BYTES, Record, RecordReader, lines_of
from flows.io.text_files import CannotSplitError, TextFile, text_pieces

BROKEN_ROWS = 50_000
"""A file with more is not damaged but of another form."""
RAW_LETTERS = 10_000
"""So much of a broken row is kept."""
HINTS = {
    "line_too_long": f"The line is longer than {LINE_BYTES >> 20} MiB. Export again; perhaps newlines were lost.",
    "quotes_broken": 'A quote is open, or stands inside a cell. Put the cell in quotes and write "" for each in it.',
    "nul_bytes": "The row holds NUL bytes, as after a full disk or a broken transfer. Export or download again.",
    "text_undecodable": "Some letters of the row are in another encoding than the file. Export again as UTF-8.",
    "cells_shifted": "The row has more cells than the header. Put a cell that holds the delimiter in quotes.",
}
"""What can be wrong with a row before any of its cells is looked at, in the order in which it is looked for."""
BROKEN_SCHEMA = {"file_id": pl.String, "line_number": pl.Int64, "rule": pl.String, "raw": pl.String}


@dataclass(frozen=True, slots=True)
class SoundText:
    """One file, fit to be split."""

    file: TextFile
    """As it lies in the lake; where rows are broken, with its records counted anew."""
    copy: TextFile
    """What to split: the file, or a copy in which it is plain CSV without broken rows."""
    broken: pl.DataFrame
    """`file_id`, `line_number`, `rule`, `raw`: JSON with the row's `text`, which is personal data."""


def sound_text(file: TextFile, scratch: Path, *, is_looked_through: bool) -> SoundText:
    """The file and, if it needs one, a copy in the folder `scratch`.

    Whether rows are broken is found out for a file that looks it, or for any that is to be looked through. Raises
    CheckFailed naming the file if nearly all are.
    """
    facts = file.facts
    if file.is_redacted:
        return SoundText(file, file, _NONE_BROKEN)
    if not (facts.has_nul or facts.is_torn):
        copy = file if facts.is_plain else _plain_copy(file, scratch)
        if not is_looked_through or _can_be_split(copy):
            return SoundText(file, copy, _NONE_BROKEN)
    return _salvaged(file, scratch)


_NONE_BROKEN = pl.DataFrame(schema=BROKEN_SCHEMA)


def _plain_copy(file: TextFile, scratch: Path) -> TextFile:
    scratch.mkdir(parents=True, exist_ok=True)
    target = scratch / f"{file.file_id}.plain"
    with target.open("wb") as sink:
        sink.write(header_of(file.facts))
        for chunk in data_chunks(file.path, file.facts):
            sink.write(chunk)
    return replace(file, path=target, facts=_plain(file.facts))


def _plain(facts: Inspection) -> Inspection:
    return replace(facts, encoding=UTF8, ends_in_cr=False, is_cut=False, has_nul=False, is_torn=False)


def _can_be_split(file: TextFile) -> bool:
    try:
        for _ in text_pieces([file]):
            pass
    except CannotSplitError:
        return False
    return True


def _salvaged(file: TextFile, scratch: Path) -> SoundText:
    scratch.mkdir(parents=True, exist_ok=True)
    target = scratch / f"{file.file_id}.salvaged"
    broken = _write_sound_records(file, target)
    sound = count_records(target, _plain(file.facts), len(header_of(file.facts)))
    recounted = replace(file.facts, records=sound.records + len(broken), has_nul=False, is_torn=False)
    copy = replace(file, path=target, facts=sound)
    if not _can_be_split(copy):
        raise CheckFailed(f"{file.file_name}: {_CANNOT}")
    return SoundText(replace(file, facts=recounted), copy, pl.DataFrame(broken, schema=BROKEN_SCHEMA, orient="row"))


_CANNOT = "it cannot be split into cells; open it, save it as CSV in UTF-8, or export it again"


def _write_sound_records(file: TextFile, target: Path) -> list[tuple[str, int, str, str]]:
    """Write a copy in which blank lines stand for broken records, and give these."""
    facts, line, broken = file.facts, file.facts.first_line, list[tuple[str, int, str, str]]()
    reader = RecordReader(facts.delimiter)
    with target.open("wb") as sink:
        sink.write(header_of(facts))
        for record in reader.records(lines_of(data_chunks(file.path, facts))):
            text = reader.cut_to(record.text, len(facts.header)) if record.is_well_quoted else None
            rule = _broken_rule(record, text, facts)
            if rule is None:
                sink.write(text or b"\n" * record.lines)
            else:
                sink.write(b"\n" * record.lines)
                broken.append((file.file_id, line, rule, _raw(record.text)))
                _refuse_ruin(file, broken)
            line += record.lines
    return broken


def _broken_rule(record: Record, text: bytes | None, facts: Inspection) -> str | None:
    if len(record.text) > LINE_BYTES:
        return "line_too_long"
    if not record.text.strip((BLANK_CHARACTERS + facts.delimiter + "\n").encode()):
        return None
    if not record.is_well_quoted:
        return "quotes_broken"
    if b"\0" in record.text:
        return "nul_bytes"
    if not _is_utf8(record.text):
        return "text_undecodable"
    return None if text is not None else "cells_shifted"


def _is_utf8(text: bytes) -> bool:
    try:
        return text.isascii() or bool(text.decode(UTF8))
    except UnicodeDecodeError:
        return False


def _raw(text: bytes) -> str:
    # What stands behind is taken off first, so that whatever was cut is of `RAW_LETTERS`.
    shown = text.rstrip(b"\r\n")[: 4 * RAW_LETTERS].decode(UTF8, errors="replace")[:RAW_LETTERS]
    return json.dumps({"text": shown}, ensure_ascii=False)


def may_be_cut(broken: pl.DataFrame) -> pl.DataFrame:
    """Rows of `SoundText.broken` of which only a beginning may be kept."""
    return broken.filter(pl.col("raw").str.json_path_match("$.text").str.len_chars() >= RAW_LETTERS)


def _refuse_ruin(file: TextFile, broken: list[tuple[str, int, str, str]]) -> None:
    if len(broken) > BROKEN_ROWS:
        _, line, rule, _ = broken[0]
        raise CheckFailed(
            f"{file.file_name}: more than {BROKEN_ROWS:,} of its rows are broken, the first in line {line} ({rule}); "
            f"export it again as CSV in UTF-8"
        )
