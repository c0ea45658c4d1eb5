"""What an export file is, told from its bytes alone: hash, encoding, delimiter, header, and how many records it has.

A record ends at a newline outside quotes. The count knows nothing of the reader: it finds record ends in the bytes, so
that the account can be trusted. Where quotes are broken, `flows.io.salvaged_text` says what a record is.
"""

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from flows.faults import InputError
from flows.io.encodings import GB18030, UTF8, UTF16_BE, UTF16_LE, countable, guessed, told_by_mark
from flows.io.not_data import TOTALS_AT_MOST, is_explanation, is_total
from flows.progress import LOGGER

CHUNK_BYTES = 1 << 24
HEAD_BYTES = 1 << 20
"""What is looked at of a file before its records are counted."""
HEADER_BYTES = 1 << 26
"""No header is longer."""
MOST_COLUMNS = 200_000
HEADER_WITHIN = 20
"""So many records are looked through for the header; those above it are notes."""
TORN_BYTES = 1 << 26
"""A record that goes on for longer has lost the end of a quote."""
PREFIX_BYTES = 400
"""So much of a record is looked at to see whether it is a total."""
DELIMITERS = ",\t;|"
QUOTE, NEWLINE = ord('"'), ord("\n")
BLANK_CHARACTERS = ' \t\r"'
"""A record of nothing but these and delimiters is blank, for this count and for the reader."""
FIRST_LINE = 2
"""Of the data, below a header of one line."""
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """Facts about one file. Offsets are those of its bytes after `flows.io.encodings.countable`."""

    sha256: str
    size_bytes: int
    encoding: str
    delimiter: str
    header: Cells
    records: int
    """Rows of data: without the header, blank lines and what is no data."""
    blank_lines: int
    has_newlines_in_cells: bool
    """Of the header too, and of what stands for all that is above the data."""
    not_data: int = 0
    """Notes above the header, an explanation below it, totals at the end."""
    ends_in_cr: bool = False
    """Whether lines end in a carriage return alone."""
    has_nul: bool = False
    is_torn: bool = False
    """Whether a quote is not closed, so that `records` cannot be told yet."""
    data_begins: int = 0
    data_ends: int | None = None
    """Where totals begin; None where there are none."""
    first_line: int = FIRST_LINE
    """Line of the file at `data_begins`."""
    is_cut: bool = False
    """Whether anything but the header and rows of data is to be left out."""

    @property
    def is_plain(self) -> bool:
        """Whether a CSV reader can take the bytes, once they are decoded, from the second record on."""
        return self.encoding not in (UTF16_LE, UTF16_BE) and not self.ends_in_cr and not self.is_cut


def inspect(path: Path, name: str, is_header: Callable[[Cells], bool] = lambda _: True) -> Inspection:
    """Read the file once. `name` stands in messages; `is_header` knows a header, where notes stand above it.

    Raises InputError for an empty file, one whose header cannot be split, and one of no known encoding.
    """
    with _reading(path, name) as handle:
        start = _start(handle)
        head = _head(start, name, is_header)
        stream = _Stream(head, start, name)
        chunks = stream.watched(chain([start], iter(lambda: handle.read(CHUNK_BYTES), b"")))
        counter = _RecordCounter(head.delimiter)
        for chunk in countable(chunks, head.encoding, ends_in_cr=head.ends_in_cr):
            counter.feed(chunk, skip=head.data_begins)
    records, blank = counter.finish()
    totals, data_ends = counter.totals(stream.encoding)
    return Inspection(
        stream.digest.hexdigest(),
        stream.size,
        stream.encoding,
        head.delimiter,
        head.header,
        records - totals,
        blank,
        counter.newlines_in_cells > 0 or head.first_line > FIRST_LINE,
        not_data=head.not_data + totals,
        ends_in_cr=head.ends_in_cr,
        has_nul=counter.has_nul,
        is_torn=counter.is_torn,
        data_begins=head.data_begins,
        data_ends=data_ends,
        first_line=head.first_line,
        is_cut=head.is_cut or totals > 0,
    )


def count_records(path: Path, facts: Inspection, begins: int) -> Inspection:
    """`facts` with the records of a plain file of theirs counted, whose rows begin at `begins`."""
    counter = _RecordCounter(facts.delimiter)
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK_BYTES):
            counter.feed(chunk, skip=begins)
    records, blank = counter.finish()
    has_newlines = counter.newlines_in_cells > 0 or facts.first_line > FIRST_LINE
    return replace(facts, records=records, blank_lines=blank, has_newlines_in_cells=has_newlines)


@contextmanager
def _reading(path: Path, name: str) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as handle:
            yield handle
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from None


def _start(handle: BinaryIO) -> bytes:
    start = handle.read(HEAD_BYTES)
    while not set(b"\r\n") & set(start) and len(start) < HEADER_BYTES and (more := handle.read(HEAD_BYTES)):
        start += more
    return start


class _Stream:
    """The bytes of a file as they pass: their hash, how many there are, and whether they are UTF-8."""

    def __init__(self, head: "_Head", start: bytes, name: str) -> None:
        self.digest, self.size, self.encoding, self._name = hashlib.sha256(), 0, head.encoding, name
        self._is_certain = head.is_certain or not start.isascii()

    def watched(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """`chunks`, noted. A file that begins in ASCII shows what it is written in only where it leaves that."""
        decoder, last = codecs.getincrementaldecoder(UTF8)(), b""
        # Hashing leaves Python free and takes as long as what is done with the chunk meanwhile.
        with ThreadPoolExecutor(max_workers=1) as hasher:
            for chunk in chunks:
                hashed = hasher.submit(self.digest.update, chunk)
                self.size += len(chunk)
                if self.encoding == UTF8 and not self._is_certain:
                    try:
                        decoder.decode(chunk)
                    except UnicodeDecodeError as error:
                        self._settle(chunk, max(0, error.start - HEAD_BYTES))
                last = chunk[-HEAD_BYTES:]
                yield chunk
                hashed.result()
        if self.encoding == UTF8 and not self._is_certain and decoder.getstate()[0]:
            self._settle(last, 0)

    def _settle(self, chunk: bytes, begins: int) -> None:
        lines = chunk[begins : begins + 2 * HEAD_BYTES].split(b"\n")
        self.encoding, self._is_certain = _logged(guessed(b"\n".join(lines[1:-1] or lines)), self._name), True


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above the first row of data."""

    encoding: str
    is_certain: bool
    """Whether what follows cannot change it."""
    ends_in_cr: bool
    delimiter: str
    header: Cells
    not_data: int
    data_begins: int
    first_line: int
    is_cut: bool


def _head(start: bytes, name: str, is_header: Callable[[Cells], bool]) -> _Head:
    encoding = told_by_mark(start) or (UTF8 if _is_utf8(start) else _logged(guessed(_whole_lines(start)), name))
    is_certain = told_by_mark(start) is not None or encoding != UTF8
    plain = b"".join(countable([start], encoding, ends_in_cr=False))
    ends_in_cr = b"\r" in plain and b"\n" not in plain
    plain = b"".join(countable([plain], UTF8, ends_in_cr=ends_in_cr))
    decoded_in = UTF8 if encoding in (UTF16_LE, UTF16_BE) else encoding
    places = list(islice(_records_of(plain), HEADER_WITHIN + 1))
    if not places:
        raise InputError(f"{name}: the file is empty; export it again or remove it")
    chosen = next((n for n, place in enumerate(places) if _looks_right(plain[slice(*place)], decoded_in, is_header)), 0)
    delimiter, header = _split_header(plain[slice(*places[chosen])], decoded_in, name)
    begins, not_data = places[chosen][1], chosen
    if chosen + 1 < len(places) and is_explanation(_cells(plain[slice(*places[chosen + 1])], decoded_in, delimiter)):
        begins, not_data = places[chosen + 1][1], chosen + 1
    is_cut = not_data > 0 or places[chosen][0] > 0
    first_line = 1 + plain.count(b"\n", 0, begins)
    return _Head(encoding, is_certain, ends_in_cr, delimiter, header, not_data, begins, first_line, is_cut)


def _logged(encoding: str, name: str) -> str:
    if encoding != GB18030:
        LOGGER.warning("%s: neither UTF-8 nor GB18030 throughout; read as %s", name, encoding)
    return encoding


def _is_utf8(start: bytes) -> bool:
    try:
        codecs.getincrementaldecoder(UTF8)().decode(start, final=len(start) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return True


def _whole_lines(start: bytes) -> bytes:
    return start if len(start) < HEAD_BYTES else start[: start.rfind(b"\n") + 1] or start


def _records_of(plain: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of each record that is not blank, with its newline."""
    begins = ends = quotes = 0
    while begins < len(plain):
        seen, ends = ends, (plain.find(b"\n", ends) + 1) or len(plain)
        quotes += plain.count(b'"', seen, ends)
        if quotes % 2 and ends < len(plain):
            continue
        if plain[begins:ends].strip((BLANK_CHARACTERS + DELIMITERS + "\n").encode() + codecs.BOM_UTF8):
            yield begins, ends
        begins = ends


def _looks_right(record: bytes, encoding: str, is_header: Callable[[Cells], bool]) -> bool:
    return is_header(tuple(_cells(record, encoding, _delimiter(record))))


def _cells(record: bytes, encoding: str, delimiter: str) -> list[str]:
    """Cells of a record, roughly: what cannot be decoded is replaced, what cannot be split is one blank cell."""
    text = record.decode(encoding, errors="replace").removeprefix("\ufeff").strip("\r\n")
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [""])
    except csv.Error:
        return [""]


def _split_header(record: bytes, encoding: str, name: str) -> tuple[str, Cells]:
    delimiter = _delimiter(record)
    try:
        first = record.decode(encoding).removeprefix("\ufeff").strip("\r\n")
        header, *others = csv.reader(io.StringIO(first, newline=""), delimiter=delimiter, strict=True)
    except UnicodeDecodeError:
        raise InputError(f"{name}: its header is neither UTF-8 nor GB18030 text; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise InputError(f"{name}: its header cannot be split into cells ({error}); save it as CSV in UTF-8") from None
    if len(header) > MOST_COLUMNS:
        raise InputError(f"{name}: its header has more than {MOST_COLUMNS:,} cells; export it with fewer columns")
    if others:
        raise InputError(f"{name}: some of its lines end in a carriage return alone; save it as CSV in UTF-8")
    return delimiter, tuple(header)


class _RecordCounter:
    """Counts records in bytes fed in chunks: newlines outside quotes end one. Safe for UTF-8 and GB18030."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.newlines_in_cells = 0
        self.has_nul = False
        self.is_torn = False
        self._records = 0
        self._blank = 0
        self._rest = b""
        self._passed = 0
        """Bytes before `_rest`, those left out included."""
        self._last: list[tuple[int, bytes, bool]] = []
        """Where the last records begin, how, and whether they are one line."""

    def feed(self, chunk: bytes, skip: int = 0) -> None:
        """Count what ends in `chunk`. The first `skip` bytes of all are left out."""
        if self._passed < skip:
            left_out = min(len(chunk), skip - self._passed)
            self._passed += left_out
            chunk = chunk[left_out:]
        self.has_nul |= b"\0" in chunk
        if self.is_torn:
            return
        data = self._rest + chunk
        codes = np.frombuffer(data, dtype=np.uint8)
        newlines = np.flatnonzero(codes == NEWLINE)
        quotes = np.flatnonzero(codes == QUOTE)
        is_end = np.searchsorted(quotes, newlines) % 2 == 0
        ends = newlines[is_end]
        if not len(ends):
            self._rest, self.is_torn = data, len(data) > TORN_BYTES
            return
        last = int(ends[-1]) + 1
        self.newlines_in_cells += int((newlines[~is_end] < last).sum())
        self._take(data, ends)
        self._rest = data[last:]
        self._passed += last

    def finish(self) -> tuple[int, int]:
        """Records and blank lines."""
        self.is_torn |= self._rest.count(b'"') % 2 > 0
        if self._rest:
            rest, self._rest = self._rest, b""
            self.newlines_in_cells += rest.count(b"\n")
            self._take(rest, np.array([len(rest)]))
        return self._records, self._blank

    def totals(self, encoding: str) -> tuple[int, int | None]:
        """How many of the last records are totals, and where they begin.

        A stray quote makes one record of a total and the rows below it, so a total is one line of a file without.
        """
        begins, count = None, 0
        for place, prefix, is_line in reversed([] if self.is_torn else self._last):
            if not is_line:
                break
            cells = _cells(prefix, UTF8 if encoding in (UTF16_LE, UTF16_BE) else encoding, self.delimiter)
            if is_total(cells):
                begins, count = place, count + 1
            elif any(cell.strip() for cell in cells):
                break
        return count, begins

    def _take(self, data: bytes, ends: np.ndarray) -> None:
        starts = np.concatenate(([0], ends[:-1] + 1))
        blank = self._count_blank(data, starts, ends)
        self._records += len(ends) - blank
        self._blank += blank
        told = zip(starts[-TOTALS_AT_MOST:].tolist(), ends[-TOTALS_AT_MOST:].tolist(), strict=True)
        latest = [
            (self._passed + start, data[start : min(end, start + PREFIX_BYTES)], data.find(b"\n", start, end) < 0)
            for start, end in told
        ]
        self._last = [*self._last, *latest][-TOTALS_AT_MOST:]

    def _count_blank(self, data: bytes, starts: np.ndarray, ends: np.ndarray) -> int:
        """Records with nothing in any cell. Three bytes of each tell nearly all others; what is left is read."""
        nothing = (BLANK_CHARACTERS + self.delimiter).encode()
        codes = np.frombuffer(data, dtype=np.uint8)
        for half in range(3):
            place = np.minimum(starts + np.maximum(ends - starts - 1, 0) * half // 2, len(codes) - 1)
            maybe = (starts == ends) | np.isin(codes[place], list(nothing))
            starts, ends = starts[maybe], ends[maybe]
        rest = zip(starts.tolist(), ends.tolist(), strict=True)
        return sum(not data[start:end].strip(nothing) for start, end in rest)


def _delimiter(first_record: bytes) -> str:
    try:
        first = first_record.decode(UTF8)
    except UnicodeDecodeError:
        first = first_record.decode(GB18030, errors="replace")
    return max(DELIMITERS, key=first.count)
