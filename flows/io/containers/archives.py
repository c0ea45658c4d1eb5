"""Zip archives: their entries are tables or workbooks; names are only names, never places to write to."""

import shutil
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pyzipper

from flows.io.containers.inflate import Written
from flows.io.containers.limits import (
    CHUNK_BYTES,
    ENTRIES,
    NAME_LETTERS,
    NO_PASSWORD,
    WRONG_PASSWORD,
    RefusedError,
)

_IS_UTF8, _IS_ENCRYPTED = 0x800, 0x1
_LITTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
"""What Windows and macOS add by themselves."""


def entries(path: Path, folder: Path, passwords: list[str], written: Written) -> Iterator[tuple[str, Path]]:
    """Name and unpacked file of each entry, in the archive's order. `written` goes on counting. Raises RefusedError."""
    with _opened(path) as archive:
        found = [info for info in archive.infolist() if not info.is_dir() and not _is_litter(_name(info))]
        if len(found) > ENTRIES:
            raise RefusedError(f"it holds more than {ENTRIES:,} files; unpack it")
        # An entry is read up to the size it states and no further, so the sum of these is all that can come.
        written.add(sum(info.file_size for info in found))
        for number, info in enumerate(found):
            _refuse_name(_name(info), info)
            _unpack(archive, info, folder / str(number), passwords)
            yield _name(info), folder / str(number)


def _opened(path: Path) -> pyzipper.AESZipFile:
    try:
        return pyzipper.AESZipFile(path)
    except (pyzipper.BadZipFile, NotImplementedError):
        raise RefusedError("the zip archive is cut off or broken; download it again") from None


def _unpack(archive: pyzipper.AESZipFile, info: pyzipper.ZipInfo, target: Path, passwords: list[str]) -> None:
    is_encrypted = bool(info.flag_bits & _IS_ENCRYPTED)
    if is_encrypted and not passwords:
        raise RefusedError(NO_PASSWORD)
    for password in passwords if is_encrypted else [None]:
        try:
            with archive.open(info, pwd=password and password.encode()) as source, target.open("wb") as sink:
                return shutil.copyfileobj(source, sink, CHUNK_BYTES)
        except NotImplementedError:
            raise RefusedError(f"{_name(info)} is packed in a way that is not known; zip it anew") from None
        except (pyzipper.BadZipFile, zlib.error, EOFError, RuntimeError):
            # A wrong password shows up as a broken entry too, where its check byte happens to fit.
            continue
    if is_encrypted:
        raise RefusedError(WRONG_PASSWORD)
    raise RefusedError(f"{_name(info)} in it is cut off or broken; download it again") from None


def _name(info: pyzipper.ZipInfo) -> str:
    """The name as it was typed: without the flag for UTF-8, Chinese Windows writes GBK and macOS UTF-8."""
    name = info.filename
    if not info.flag_bits & _IS_UTF8:
        name = _unmangled(name)
    name = name.replace("\\", "/")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


def _unmangled(name: str) -> str:
    try:
        told = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return told.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _is_litter(name: str) -> bool:
    return any(part in _LITTER or part.startswith((".", "~$")) for part in PurePosixPath(name).parts if part != "..")


def _refuse_name(name: str, info: pyzipper.ZipInfo) -> None:
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or name[1:2] == ":" or len(name) > NAME_LETTERS or not parts:
        raise RefusedError("an entry of it is named like a place outside it, as in no export; remove it")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise RefusedError(f"{name} in it is a link to another file; put the file itself into it")
