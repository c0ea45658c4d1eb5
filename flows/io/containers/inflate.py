"""Copying out of a container without trusting what it says of its size."""

import gzip
from dataclasses import dataclass
from typing import IO

from flows.io.containers.limits import CHUNK_BYTES, FILE_BYTES, GIB, RATIO, RATIO_FREE_BYTES, RefusedError


def refuse_bomb(inflated: int, packed: int) -> None:
    """Raise RefusedError if `packed` bytes have become, or say they become, more than any export would."""
    if inflated > FILE_BYTES:
        raise RefusedError(f"it unpacks to more than {FILE_BYTES // GIB} GiB; unpack it and bring its files in parts")
    if inflated > RATIO_FREE_BYTES and inflated > RATIO * packed:
        raise RefusedError(f"it unpacks to more than {RATIO} times its size, as no export does; remove it")


@dataclass(slots=True)
class Written:
    """What has come out of one container, whatever it says of its sizes."""

    packed: int
    """Bytes of the container."""
    inflated: int = 0

    def add(self, size: int) -> None:
        """`size` more bytes are about to be written. Raises RefusedError."""
        self.inflated += size
        refuse_bomb(self.inflated, self.packed)


def copy_bounded(source: gzip.GzipFile, sink: IO[bytes], packed: int) -> None:
    """Copy all of `source`, `packed` bytes before inflation. Raises RefusedError."""
    written = Written(packed)
    while chunk := source.read(CHUNK_BYTES):
        written.add(len(chunk))
        sink.write(chunk)


class Counted:
    """Text into a file. A text that a workbook holds once may stand in each of its cells."""

    def __init__(self, sink: IO[bytes], written: Written) -> None:
        self._sink, self._written = sink, written

    def write(self, text: str) -> int:
        """Write it as UTF-8; gives the number of bytes. Raises RefusedError."""
        data = text.encode()
        self._written.add(len(data))
        return self._sink.write(data)
