"""Export files cut into pieces of whole records, so that the largest file takes no more memory than a few pieces."""

import os
from collections.abc import Iterator
from pathlib import Path

PIECE_BYTES = 1 << 25
LONGEST_RECORD_BYTES = 8 * PIECE_BYTES
"""Beyond this no record ends in sight: a quote was never closed."""


class EndlessRecord(ValueError):
    """No record ends within `LONGEST_RECORD_BYTES`. The message is the line on which it begins."""


def pieces_of_records(path: Path, *, has_newlines_in_cells: bool) -> Iterator[tuple[bytes, int]]:
    """The bytes of `path` in order, each piece ending where a record does, with the physical line it begins on.

    A record ends at a newline outside quotes, in UTF-8 and in GB18030. Raises EndlessRecord.
    """
    size, line = PIECE_BYTES, 1
    with path.open("rb") as handle:
        while data := handle.read(size):
            is_last = len(data) < size
            end = len(data) if is_last else _end_of_last_record(data, has_newlines_in_cells=has_newlines_in_cells)
            # Read again rather than kept, for joining what is left with what follows copies all of it.
            handle.seek(end - len(data), os.SEEK_CUR)
            if not end and size >= LONGEST_RECORD_BYTES:
                raise EndlessRecord(str(line))
            size = PIECE_BYTES if end else 2 * size
            if end:
                yield data[:end], line
                line += data.count(b"\n", 0, end)


def _end_of_last_record(data: bytes, *, has_newlines_in_cells: bool) -> int:
    """Where the last whole record of `data`, which begins with a record, ends; 0 if none does."""
    if not has_newlines_in_cells:
        return data.rfind(b"\n") + 1
    quotes, end = data.count(b'"'), len(data)
    while (newline := data.rfind(b"\n", 0, end)) >= 0:
        quotes -= data.count(b'"', newline, end)
        if quotes % 2 == 0:
            return newline + 1
        end = newline
    return 0
