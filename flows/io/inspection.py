"""What an export file is, told from its bytes alone: hash, encoding, delimiter, header, and how many records it has.

The count knows nothing of the reader: it finds record ends in the bytes, so that the account can be trusted.
"""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flows.faults import InputError

CHUNK_BYTES = 1 << 24
DELIMITERS = ",\t;|"
QUOTE, NEWLINE = ord('"'), ord("\n")
BLANK_CHARACTERS = ' \t\r"'
"""A record of nothing but these and delimiters is blank, for this count and for the reader."""
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
    # Hashing leaves Python free and takes as long as the rest.
    with ThreadPoolExecutor(max_workers=1) as hasher:
        for chunk in _chunks(path, name):
            hashed = hasher.submit(digest.update, chunk)
            counter.feed(chunk)
            size += len(chunk)
            if is_utf8:
                try:
                    utf8.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
            hashed.result()
    records, blank = counter.finish()
    encoding = UTF8 if is_utf8 and not utf8.getstate()[0] else GB18030
    header = _header(counter, encoding, name)
    return Inspection(
        digest.hexdigest(), size, encoding, counter.delimiter, header, records, blank, counter.newlines_in_cells > 0
    )


def _header(counter: "_RecordCounter", encoding: str, name: str) -> tuple[str, ...]:
    try:
        first = counter.first_record.decode(encoding).removeprefix("\ufeff").strip("\r\n")
        if not first.strip():
            raise InputError(f"{name}: the file is empty, or its first line is; export it again or remove it")
        header, *others = csv.reader(io.StringIO(first, newline=""), delimiter=counter.delimiter, strict=True)
    except UnicodeDecodeError:
        raise InputError(f"{name}: neither UTF-8 nor GB18030 text; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise InputError(f"{name}: its header cannot be split into cells ({error}); save it as CSV in UTF-8") from None
    if others:
        raise InputError(f"{name}: its lines end in a carriage return alone; save it as CSV in UTF-8")
    return tuple(header)


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
        self.delimiter = DELIMITERS[0]
        self.newlines_in_cells = 0
        self._records = 0
        self._blank = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        data = self._rest + chunk
        codes = np.frombuffer(data, dtype=np.uint8)
        newlines = np.flatnonzero(codes == NEWLINE)
        quotes = np.flatnonzero(codes == QUOTE) if b'"' in data else np.empty(0, dtype=np.int64)
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
            self.newlines_in_cells += rest.count(b"\n")
            self._take(rest, np.array([len(rest)]))
        return self._records, self._blank

    def _take(self, data: bytes, ends: np.ndarray) -> None:
        starts = np.concatenate(([0], ends[:-1] + 1))
        first = 0
        if not self.first_record:
            self.first_record = data[: int(ends[0])]
            self.delimiter = _delimiter(self.first_record)
            first = 1
        blank = self._count_blank(data, starts[first:], ends[first:])
        self._records += len(ends) - first - blank
        self._blank += blank

    def _count_blank(self, data: bytes, starts: np.ndarray, ends: np.ndarray) -> int:
        """Records with nothing in any cell. Three bytes of each tell nearly all others; what is left is read."""
        nothing = (BLANK_CHARACTERS + self.delimiter).encode()
        codes = np.frombuffer(data, dtype=np.uint8)
        is_nothing = np.isin(np.arange(256), list(nothing))
        for half in range(3):
            place = np.minimum(starts + np.maximum(ends - starts - 1, 0) * half // 2, len(codes) - 1)
            maybe = (starts == ends) | is_nothing[codes[place]]
            starts, ends = starts[maybe], ends[maybe]
        rest = zip(starts.tolist(), ends.tolist(), strict=True)
        return sum(not data[start:end].strip(nothing) for start, end in rest)


def _delimiter(first_record: bytes) -> str:
    try:
        first = first_record.decode(UTF8)
    except UnicodeDecodeError:
        first = first_record.decode(GB18030, errors="replace")
    return max(DELIMITERS, key=first.count)
