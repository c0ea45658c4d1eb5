"""A file as plain CSV in UTF-8: decoded, its lines ended by newlines, without what is no data."""

from collections.abc import Iterator
from pathlib import Path

from flows.io.encodings import UTF8, UTF16_BE, UTF16_LE, as_utf8, countable
from flows.io.inspection import CHUNK_BYTES, Inspection


def header_of(facts: Inspection) -> bytes:
    """A record for the header's, as many lines long as stand above the data, so that lines keep their numbers."""
    return b'"' + b"\n" * (facts.first_line - 2) + b'"\n'


def data_chunks(path: Path, facts: Inspection) -> Iterator[bytes]:
    """The rows of data in UTF-8. A byte that cannot be decoded leaves a mark there that is no UTF-8."""
    data = _cut(countable(_chunks(path), facts.encoding, ends_in_cr=facts.ends_in_cr), facts)
    return data if facts.encoding in (UTF8, UTF16_LE, UTF16_BE) else as_utf8(data, facts.encoding)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK_BYTES):
            yield chunk


def _cut(chunks: Iterator[bytes], facts: Inspection) -> Iterator[bytes]:
    passed = 0
    for chunk in chunks:
        begins = max(0, facts.data_begins - passed)
        ends = len(chunk) if facts.data_ends is None else max(0, facts.data_ends - passed)
        yield chunk[begins:ends]
        passed += len(chunk)
