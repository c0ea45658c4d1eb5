"""What an export file is, told from its bytes alone: hash, encoding, delimiter, header, and how many records it has.

The count knows nothing of the reader: it finds record ends in the bytes, so that the account can be trusted.
"""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flows.faults import InputError

CHUNK_BYTES = 1 << 24
DELIMITERS = ",\t;|"
QUOTE, NEWLINE = ord('"'), ord("\n")
UTF8, GB18030 = "utf-8", "gb18030"


@dataclass(frozen=True, slots=True)
class Inspection:
    """Facts about one file. Counts exclude the header."""

    sha256: str
    size_bytes: int
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    records: int
    blank_lines: int
    has_newlines_in_cells: bool


def inspect(path: Path, name: str) -> Inspection:
    """Read the file once. `name` stands in messages. Raises InputError for an empty file or an unknown encoding."""
    digest, counter, utf8 = hashlib.sha256(), _RecordCounter(), codecs.getincrementaldecoder(UTF8)()
    is_utf8, size = True, 0
    for chunk in _chunks(path, name):
        digest.update(chunk)
        counter.feed(chunk)
        size += len(chunk)
        if is_utf8:
            try:
                utf8.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
    if not counter.first_record.strip():
        raise InputError(f"{name}: the file is empty; export it again or remove it")
    encoding = UTF8 if is_utf8 else GB18030
    try:
        first = counter.first_record.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise InputError(f"{name}: neither UTF-8 nor GB18030 text; save it as CSV in UTF-8") from None
    delimiter = max(DELIMITERS, key=first.count)
    header = next(csv.reader(io.StringIO(first.strip("\r\n")), delimiter=delimiter), [])
    records, blank = counter.finish()
    return Inspection(
        digest.hexdigest(), size, encoding, delimiter, tuple(header), records, blank, counter.newlines_in_cells > 0
    )


def _chunks(path: Path, name: str) -> Iterator[bytes]:
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from None


class _RecordCounter:
    """Counts records in bytes fed in chunks: newlines outside quotes end one. Safe for UTF-8 and GB18030."""

    def __init__(self) -> None:
        self.first_record = b""
        self.newlines_in_cells = 0
        self._records = 0
        self._blank = 0
        self._in_quotes = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        data = self._rest + chunk
        codes = np.frombuffer(data, dtype=np.uint8)
        newlines = np.flatnonzero(codes == NEWLINE)
        quotes = np.flatnonzero(codes == QUOTE)
        is_end = np.searchsorted(quotes, newlines) % 2 == 0
        ends = newlines[is_end]
        if not len(ends):
            self._rest = data
            return
        last = int(ends[-1]) + 1
        self.newlines_in_cells += int((newlines[~is_end] < last).sum())
        self._take(data, ends)
        self._rest = data[last:]

    def finish(self) -> tuple[int, int]:
        """Records and blank lines after the header."""
        if self._rest:
            rest, self._rest = self._rest, b""
            self._take(rest, np.array([len(rest)]))
        return self._records, self._blank

    def _take(self, data: bytes, ends: np.ndarray) -> None:
        starts = np.concatenate(([0], ends[:-1] + 1))
        first = 0
        if not self.first_record:
            self.first_record = data[: int(ends[0])]
            first = 1
        # A blank record has nothing but delimiters, quotes and spaces; only short ones can be that.
        short = np.flatnonzero(ends[first:] - starts[first:] <= self._longest_blank) + first
        blank = sum(not data[int(starts[i]) : int(ends[i])].strip(b'," \t;|\r') for i in short)
        self._records += len(ends) - first - blank
        self._blank += blank

    @property
    def _longest_blank(self) -> int:
        return 16 + 3 * max(self.first_record.count(delimiter.encode()) for delimiter in DELIMITERS)
