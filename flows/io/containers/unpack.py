"""Tables out of workbooks, zip archives and gzip files, opened in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from flows.faults import Fault, InputError
from flows.io.containers.kinds import HEAD_BYTES, Kind, kind_of
from flows.io.containers.limits import BEYOND, CPU_SECONDS, RefusedError


@dataclass(frozen=True, slots=True)
class Member:
    """One table of a container."""

    name: str
    """Container and what it is called in there: `orders.zip/inner.csv`, `book.xlsx/Sheet1`."""
    path: Path
    """Its bytes; of a sheet, its cells as CSV in UTF-8, one line a row."""
    is_sheet: bool


def is_container(path: Path, name: str) -> bool:
    """Whether the file holds tables rather than being one. Raises InputError for what can be neither."""
    try:
        with path.open("rb") as handle:
            return kind_of(handle.read(HEAD_BYTES)) is not Kind.TEXT
    except RefusedError as error:
        raise InputError(f"{name}: {error}") from None
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from None


def unpack(path: Path, name: str, passwords: list[str], folder: Path) -> list[Member]:
    """Write the tables of a container into `folder`, in their order there.

    `passwords` are tried in turn. Raises InputError that names the file and says why, never what is in it;
    Fault if the disk is full or broken.
    """
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    request = {"path": str(path.resolve()), "folder": str(folder.resolve()), "name": name, "passwords": passwords}
    command = [sys.executable, "-P", "-m", "flows.io.containers.opener"]
    try:
        # What it says on stderr may hold cells, so nobody reads it.
        done = subprocess.run(  # noqa: S603
            command, input=json.dumps(request).encode(), capture_output=True, check=False, timeout=2 * CPU_SECONDS
        )
        told = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        told = {"refused": BEYOND}
    if "failed" in told:
        raise Fault(f"{name}: cannot be unpacked ({told['failed']})")
    if "refused" in told:
        raise InputError(f"{name}: {told['refused']}")
    if not told["found"]:
        raise InputError(f"{name}: it holds no table; export it again or remove it")
    return [Member(f"{name}/{inner}", Path(file), is_sheet) for inner, file, is_sheet in told["found"]]
