"""What a file is, told from its first bytes: a name ending in .csv may be a workbook, one in .xls a web page."""

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from flows.io.containers.limits import RefusedError

HEAD_BYTES = 512
_TAR_AT = slice(257, 262)


class Kind(StrEnum):
    """How a file is opened."""

    TEXT = "text"
    GZIP = "gzip"
    ZIP = "zip"
    """Archive or workbook: both begin alike."""
    JSON = "json"
    """A list of objects."""
    COMPOUND = "compound"
    """Workbook of before 2007, or a protected one."""


_MAGIC = (
    (b"\x1f\x8b", Kind.GZIP),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.COMPOUND),
)
_FOREIGN = {
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"%PDF-": "a PDF document",
    b"PK\x07\x08": "a zip archive in several parts",
}
_PAGES = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head")


def kind_of(head: bytes) -> Kind:
    """Kind of a file that begins with `head` (`HEAD_BYTES` of it). Raises RefusedError for what holds no table."""
    for magic, told in _FOREIGN.items():
        if head.startswith(magic):
            raise RefusedError(f"it is {told}; unpack it or export it again as CSV, XLSX or zip")
    if head[_TAR_AT] == b"ustar":
        raise RefusedError("it is a tar archive; unpack it")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES):
        raise RefusedError("it is a web page or XML, whatever its name says; open it and save it as CSV or XLSX")
    if re.match(rb"(\xef\xbb\xbf)?\s*\[\s*\{", head):
        return Kind.JSON
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), Kind.TEXT)


def kind_at(path: Path) -> Kind:
    """Kind of the file at `path`."""
    with path.open("rb") as handle:
        return kind_of(handle.read(HEAD_BYTES))


def is_workbook(path: Path) -> bool:
    """Whether a zip at `path` is a workbook rather than an archive."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    is_office = "[Content_Types].xml" in names or any(name.startswith("xl/") for name in names)
    return is_office or {"mimetype", "content.xml"} <= names
