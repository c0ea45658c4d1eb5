"""Whether a text stands anywhere in what Prefect keeps: as it is, as JSON, pickled, compressed or in base64."""

import base64
import binascii
import bz2
import json
import lzma
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

DEEPEST = 4
"""Wrappers within wrappers that are opened."""
EITHER_HEADER = zlib.MAX_WBITS | 32
"""zlib's number for: of zlib or gzip, see for yourself."""


def traces(wanted: Iterable[str], kept: Iterable[tuple[str, bytes]]) -> list[str]:
    """Where which of the wanted texts was found."""
    needles = {text: text.encode() for text in wanted}
    unpacked = ((place, b"\0".join(_layers(value, DEEPEST))) for place, value in kept)
    return [
        f"{text} in {place}"
        for place, everything in unpacked
        for text, needle in needles.items()
        if needle in everything
    ]


def cells(database: Path) -> Iterator[tuple[str, bytes]]:
    """Every text and blob of every table of a SQLite file, with table and column."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in names:
            rows = connection.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in rows.description]
            for row in rows:
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, str | bytes):
                        yield f"{table}.{column}", value.encode() if isinstance(value, str) else value


def _layers(value: bytes, depth: int) -> Iterator[bytes]:
    """The value and what it unpacks to. A pickle keeps its texts as UTF-8 and need not be loaded, nor should it."""
    yield value
    if depth and len(value) > 1:
        for inner in _unpacked(value):
            yield from _layers(inner, depth - 1)


def _unpacked(value: bytes) -> Iterator[bytes]:
    for unpack in (lambda packed: zlib.decompress(packed, EITHER_HEADER), bz2.decompress, lzma.decompress):
        with suppress(zlib.error, OSError, ValueError, EOFError, lzma.LZMAError):
            yield unpack(value)
    if len(value) >= 16:
        with suppress(binascii.Error):
            yield base64.b64decode(value.translate(bytes.maketrans(b"-_", b"+/")), validate=True)
    with suppress(ValueError, RecursionError):
        yield from _texts(json.loads(value))


def _texts(tree: object) -> Iterator[bytes]:
    if isinstance(tree, str):
        yield tree.encode("utf-8", "surrogatepass")
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value)
