"""The process that opens a container: `python -m flows.io.containers.opener`, a request on its standard input.

The readers of workbooks allocate what a file tells them to, and a hostile one ends the process that reads it. Here that
is this process, and the system keeps it within its limits.
"""

import errno
import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from flows.io.containers.compressed import inflate
from flows.io.containers.inflate import Written
from flows.io.containers.json_rows import write_rows
from flows.io.containers.kinds import Kind, is_workbook, kind_at
from flows.io.containers.limits import BEYOND, CPU_SECONDS, FILE_BYTES, MEMORY_BYTES, OF_THE_MACHINE, RefusedError
from flows.io.containers.workbooks import sheets

Found = tuple[str, Path, bool]
"""Name, file, and whether it is a sheet."""


def main() -> None:
    """Unpack, and tell on the standard output what was found or why not."""
    request = json.loads(sys.stdin.read())
    _limit()
    try:
        found = list(_tables(Path(request["path"]), Path(request["folder"]), request["name"], request["passwords"]))
        told: dict[str, object] = {"found": [(name, str(path), is_sheet) for name, path, is_sheet in found]}
    except RefusedError as error:
        told = {"refused": str(error)}
    json.dump(told, sys.stdout)


def _limit() -> None:
    wanted = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for which, limit in wanted.items():
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _tables(path: Path, folder: Path, name: str, passwords: list[str]) -> Iterator[Found]:
    kind = kind_at(path)
    if kind is Kind.GZIP:
        yield from _of_gzip(path, folder, name)
    elif _holds_sheets(path, kind):
        yield from _of_workbook(path, folder, passwords, Written(path.stat().st_size))
    elif kind is Kind.JSON:
        yield _of_json(path, folder, Written(path.stat().st_size))
    else:
        yield from _of_archive(path, folder, passwords)


def _of_gzip(path: Path, folder: Path, name: str) -> Iterator[Found]:
    target = folder / "inflated"
    inflate(path, target)
    kind = kind_at(target)
    if kind is Kind.JSON:
        yield _of_json(target, folder, Written(target.stat().st_size))
        return
    if kind is not Kind.TEXT:
        raise RefusedError("it is packed twice; unpack it once")
    inner = PurePosixPath(name).name
    yield inner[: -len(".gz")] if inner.lower().endswith(".gz") else inner, target, False


def _of_workbook(path: Path, folder: Path, passwords: list[str], written: Written) -> Iterator[Found]:
    for sheet, table in sheets(path, folder, passwords, written):
        yield sheet, table, True


def _of_json(path: Path, folder: Path, written: Written) -> Found:
    target = folder / "rows"
    write_rows(path, target, written)
    return "rows", target, True


def _of_archive(path: Path, folder: Path, passwords: list[str]) -> Iterator[Found]:
    from flows.io.containers.archives import entries  # noqa: PLC0415 - ciphers take longer to import than a sheet to read

    written = Written(path.stat().st_size)
    for inner, file in entries(path, folder, passwords, written):
        kind = kind_at(file)
        if kind is Kind.TEXT:
            yield inner, file, False
        elif _holds_sheets(file, kind):
            below = file.with_name(f"{file.name}-sheets")
            below.mkdir()
            for sheet, table, is_sheet in _of_workbook(file, below, passwords, written):
                yield f"{inner}/{sheet}", table, is_sheet
        elif kind is Kind.JSON:
            below = file.with_name(f"{file.name}-rows")
            below.mkdir()
            name, table, is_sheet = _of_json(file, below, written)
            yield f"{inner}/{name}", table, is_sheet
        else:
            raise RefusedError(f"{inner} in it is packed again; unpack it once")


def _holds_sheets(path: Path, kind: Kind) -> bool:
    return kind is Kind.COMPOUND or (kind is Kind.ZIP and is_workbook(path))


def told_of(error: BaseException) -> dict[str, object]:
    """What to tell of an error that nobody expected: `refused`, or `failed` where it is not the container's fault."""
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, MemoryError) or number == errno.EFBIG:
        return {"refused": BEYOND}
    if number in OF_THE_MACHINE:
        return {"failed": os.strerror(number)}
    return {"refused": f"it is cut off or broken; download it again, or save it as CSV ({type(error).__name__})"}


if __name__ == "__main__":
    try:
        main()
    except BaseException as error:  # readers in Rust panic outside Exception
        json.dump(told_of(error), sys.stdout)
