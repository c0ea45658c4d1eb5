"""Records of a CSV whose quotes may be broken, in its bytes.

A record is a physical line. A quote that opens at the beginning of a cell takes further lines into it, up to the quote
that ends the cell: one followed by a delimiter or the end of a line. Where no such quote follows within `QUOTED_BYTES`,
or another comes first, the line on which it opened is a broken record by itself, and the next line begins the next.
In a file without broken quotes these are the records that `flows.io.inspection` counts.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

QUOTED_BYTES = 1 << 24
"""So much is looked through for the end of a quote that the line did not close."""
LINE_BYTES = 1 << 24
"""Of a longer line the rest is passed over; it is broken."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record with its newline."""

    text: bytes
    lines: int
    is_well_quoted: bool


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Physical lines with their newlines; of one longer than `LINE_BYTES` only a beginning, which is longer too."""
    rest, is_passing_over = b"", False
    for chunk in chunks:
        *whole, last = chunk.split(b"\n")
        for part in whole:
            if not is_passing_over:
                yield rest + part + b"\n"
            rest, is_passing_over = b"", False
        if not is_passing_over:
            rest += last
        if len(rest) > LINE_BYTES:
            yield rest[: LINE_BYTES + 1] + b"\n"
            rest, is_passing_over = b"", True
    if rest:
        yield rest


class RecordReader:
    """Records of lines with one delimiter."""

    def __init__(self, delimiter: str) -> None:
        # Groups give back what they took, though they need not: before 3.11.5 Python errs where they may not.
        between = re.escape(delimiter.encode())
        quoted = rb'"[^"]*+(?:""[^"]*+)*"'
        bare = rb'(?!")[^"%b\n]*+(?:"[^"%b\n]*+"[^"%b\n]*+)*' % (between, between, between)
        cell, inside = rb"(?:%b|%b)" % (quoted, bare), rb'[^"]*+(?:""[^"]*+)*'
        ended, opened = rb"(?:%b%b)*\r?\n?" % (between, cell), rb'(?:%b%b)*"%b' % (cell, between, inside)
        self._is_whole = re.compile(cell + ended).fullmatch
        self._opens = re.compile(opened).fullmatch
        self._stays_open = re.compile(inside).fullmatch
        self._closes = re.compile(inside + b'"' + ended).fullmatch
        self._closes_and_opens = re.compile(inside + b'"' + between + opened).fullmatch
        self._cell = re.compile(cell)
        self._delimiter = delimiter.encode()

    def records(self, lines: Iterable[bytes]) -> Iterator[Record]:
        """Every line is in one record, and their order stays."""
        source, again = iter(lines), deque[bytes]()
        while line := again.popleft() if again else next(source, b""):
            if b'"' not in line or self._is_whole(line):
                yield Record(line, 1, is_well_quoted=True)
            elif not self._opens(line):
                yield Record(line, 1, is_well_quoted=False)
            else:
                taken, is_closed = self._up_to_quote(line, source, again)
                if is_closed:
                    yield Record(b"".join(taken), len(taken), is_well_quoted=True)
                else:
                    yield Record(line, 1, is_well_quoted=False)
                    again.extendleft(reversed(taken[1:]))

    def _up_to_quote(self, line: bytes, source: Iterator[bytes], again: deque[bytes]) -> tuple[list[bytes], bool]:
        taken, size = [line], 0
        while size < QUOTED_BYTES and (line := again.popleft() if again else next(source, b"")):
            taken.append(line)
            size += len(line)
            if b'"' in line and not self._stays_open(line):
                if self._closes(line):
                    return taken, True
                if not self._closes_and_opens(line):
                    break
        return taken, False

    def cut_to(self, record: bytes, width: int) -> bytes | None:
        """A well-quoted record with `width` cells at most, blank ones beyond left out. None if one is not blank."""
        if record.count(self._delimiter) < width:
            return record
        place = 0
        for _ in range(width):
            place = self._cell_ends(record, place) + 1
            if place > len(record):
                return record
        beyond = record[place:].strip(b' \t\r\n"' + self._delimiter)
        return None if beyond else record[: place - 1].rstrip(b"\r\n") + b"\n"

    def _cell_ends(self, record: bytes, place: int) -> int:
        found = self._cell.match(record, place)
        return found.end() if found else len(record)
