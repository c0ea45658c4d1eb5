"""Export files cut into pieces of whole records, so that the largest file takes no more memory than a few pieces."""

from collections.abc import Iterator
from pathlib import Path

PIECE_BYTES = 1 << 25
LONGEST_RECORD_BYTES = 8 * PIECE_BYTES
"""Beyond this no record ends in sight: a quote was never closed."""


class EndlessRecord(ValueError):
    """No record ends within `LONGEST_RECORD_BYTES`. The message is the line on which it begins."""


def pieces_of_records(path: Path) -> Iterator[tuple[bytes, int]]:
    """The bytes of `path` in order, each piece ending where a record does, with the physical line it begins on.

    A record ends at a newline outside quotes, in UTF-8 and in GB18030. Raises EndlessRecord.
    """
    rest, line = b"", 1
    with path.open("rb") as handle:
        while chunk := handle.read(PIECE_BYTES):
            data = rest + chunk
            end = _end_of_last_record(data)
            if not end and len(data) > LONGEST_RECORD_BYTES:
                raise EndlessRecord(str(line))
            if end:
                yield data[:end], line
                line += data.count(b"\n", 0, end)
            rest = data[end:]
    if rest:
        yield rest, line


def _end_of_last_record(data: bytes) -> int:
    """Where the last whole record of `data`, which begins with a record, ends; 0 if none does."""
    quotes, end = data.count(b'"'), len(data)
    while (newline := data.rfind(b"\n", 0, end)) >= 0:
        quotes -= data.count(b'"', newline, end)
        if quotes % 2 == 0:
            return newline + 1
        end = newline
    return 0
