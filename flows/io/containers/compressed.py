"""Gzip: one file in a stream."""

import gzip
import zlib
from pathlib import Path

from flows.io.containers.inflate import copy_bounded
from flows.io.containers.limits import RefusedError


def inflate(path: Path, target: Path) -> None:
    """Write what the gzip file at `path` holds to `target`. Raises RefusedError if it is cut off, broken or a bomb."""
    try:
        with gzip.open(path) as source, target.open("wb") as sink:
            copy_bounded(source, sink, path.stat().st_size)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise RefusedError("the gzip file is cut off or broken; download it again") from None
