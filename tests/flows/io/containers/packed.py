"""Containers for tests: made by the libraries that make them in the world, and some that no library would make."""

import gzip
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import pyzipper
import xlsxwriter

Sheet = Iterable[Iterable[object]]


def xlsx(sheets: Mapping[str, Sheet], hidden: Iterable[str] = ()) -> bytes:
    """A workbook. Strings beginning with `=` are formulas, whose cached value is 42."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_numbers": False}) as book:
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(number, place, cell, instant)
                    elif isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(number, place, cell, value=42)
                    elif cell is not None:
                        sheet.write(number, place, cell)
    return sink.getvalue()


def zipped(files: Mapping[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda _: None) -> bytes:
    """A zip archive; `change` is done to the description of each entry."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            change(entry)
            archive.writestr(entry, data)
    return sink.getvalue()


def zipped_under(name: bytes, data: bytes) -> bytes:
    """A zip archive whose one entry has these bytes for a name and no flag that says UTF-8."""
    placeholder = "x" * len(name)
    return zipped({placeholder: data}).replace(placeholder.encode(), name)


def link(entry: zipfile.ZipInfo) -> None:
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16


def protected(files: Mapping[str, bytes], password: str) -> bytes:
    """A zip archive under AES."""
    sink = io.BytesIO()
    with pyzipper.AESZipFile(sink, "w", pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        for name, data in files.items():
            archive.writestr(name, data)
    return sink.getvalue()


def protected_as_of_old(name: str, data: bytes, password: str) -> bytes:
    """A zip archive under the cipher of PKZIP 2 (APPNOTE 6.1), which zip programs without AES write."""
    plain = zipped({name: data})
    [entry] = zipfile.ZipFile(io.BytesIO(plain)).infolist()
    begins = 30 + len(entry.filename.encode())
    packed = plain[begins : begins + entry.compress_size]
    sealed = _traditional(b"\0" * 11 + bytes([entry.CRC >> 24]) + packed, password.encode())
    local, directory = bytearray(plain[:begins]), bytearray(plain[begins + entry.compress_size :])
    for header, flags_at, size_at in ((local, 6, 18), (directory, 8, 20)):
        struct.pack_into("<H", header, flags_at, entry.flag_bits | 1)
        struct.pack_into("<L", header, size_at, len(sealed))
    end = len(directory) - 22
    struct.pack_into("<L", directory, end + 16, begins + len(sealed))
    return bytes(local) + sealed + bytes(directory)


def _traditional(data: bytes, password: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]

    def crc(value: int, byte: int) -> int:
        return zlib.crc32(bytes([byte]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    def update(byte: int) -> None:
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    sealed = bytearray()
    for byte in data:
        mask = (keys[2] | 2) & 0xFFFF
        sealed.append(byte ^ ((mask * (mask ^ 1)) >> 8) & 0xFF)
        update(byte)
    return bytes(sealed)


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def ods_content(rows: Sheet, repeated: str = "1") -> bytes:
    """A sheet of texts as OpenDocument has it (OASIS ODF 1.3, part 3); its last row stands there `repeated` times."""
    told = [list(row) for row in rows]
    lines = "".join(
        f'<table:table-row table:number-rows-repeated="{repeated if number == len(told) else 1}">'
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row)
        + "</table:table-row>"
        for number, row in enumerate(told, 1)
    )
    names = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")}
    spaces = " ".join(f'xmlns:{name}="{urn}"' for name, urn in names.items())
    return (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    ).encode()


def ods(content: bytes) -> bytes:
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})
