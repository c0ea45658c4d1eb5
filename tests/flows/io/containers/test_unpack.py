"""What comes out of workbooks and archives, and what is refused in one line."""

import errno
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path, PosixPath

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from flows.faults import Fault, InputError
from flows.io.containers.limits import BEYOND
from flows.io.containers.opener import told_of
from flows.io.containers.unpack import is_container, unpack
from flows.io.containers.workbooks import cell_text
from tests.flows.io.containers.packed import (
    gzipped,
    link,
    ods,
    ods_content,
    protected,
    protected_as_of_old,
    xlsx,
    zipped,
    zipped_under,
)
from transforms.reading.cells import ROUNDED

CSV = b"a,b\n1,2\n"
CELL = datetime(2026, 3, 1, 10, 5, 59)  # noqa: DTZ001  # cells have no zone
Unpacked = list[tuple[str, bytes, bool]]


@pytest.fixture
def unpacked(tmp_path: Path) -> Callable[..., Unpacked]:
    def run(data: bytes, *passwords: str, name: str = "in/box") -> Unpacked:
        path = tmp_path / "box"
        path.write_bytes(data)
        assert is_container(path, name)
        folder = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
        found = unpack(path, name, list(passwords), folder)
        assert all(member.path.is_relative_to(folder.resolve()) for member in found)
        return [(member.name, member.path.read_bytes(), member.is_sheet) for member in found]

    return run


def test_files_of_an_archive_keep_their_names_bytes_and_order(unpacked: Callable[..., Unpacked]) -> None:
    files = {"b.csv": CSV, "年/订单 1.csv": b"\xff\x00", "a.csv": b""}
    litter = {"__MACOSX/b.csv": b"x", ".DS_Store": b"x", "年/~$订单.xlsx": b"x", "年/": b""}
    expected = [(f"in/box/{name}", data, False) for name, data in files.items()]
    assert unpacked(zipped({**files, **litter})) == expected


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_chinese_name_without_the_flag_for_utf8_is_read_as_it_was_typed(
    unpacked: Callable[..., Unpacked], encoding: str
) -> None:
    assert unpacked(zipped_under("订单明细.csv".encode(encoding), CSV)) == [("in/box/订单明细.csv", CSV, False)]


@pytest.mark.parametrize(
    "data", [protected({"a.csv": CSV}, "geheim 茶"), protected_as_of_old("a.csv", CSV * 99, "geheim 茶")]
)
def test_a_protected_archive_opens_with_one_of_the_passwords_and_with_no_other(
    unpacked: Callable[..., Unpacked], data: bytes
) -> None:
    [(name, found, _)] = unpacked(data, "other", "geheim 茶")
    assert (name, found.replace(CSV, b"")) == ("in/box/a.csv", b"")
    with pytest.raises(InputError, match=r"in/box: it is protected; .* \[\[passwords\]\]"):
        unpacked(data)
    with pytest.raises(InputError, match=r"in/box: no password given for it opens it") as refusal:
        unpacked(data, "other")
    assert "other" not in str(refusal.value)


def test_gzip(unpacked: Callable[..., Unpacked]) -> None:
    assert unpacked(gzipped(CSV), name="x/day.csv.gz") == [("x/day.csv.gz/day.csv", CSV, False)]


def test_each_visible_sheet_with_anything_on_it_is_a_csv_of_its_rows(unpacked: Callable[..., Unpacked]) -> None:
    rows = [["编号", "on", "note"], [], ["007", CELL, 'a "b",\nc'], [1.0, True, "=1+1"]]
    book = xlsx({"订单": rows, "empty": [], "notes": [["x"]], "hidden": [["y"]]}, hidden=["hidden"])
    assert unpacked(book) == [
        ("in/box/订单", '编号,on,note\n\n007,2026-03-01 10:05:59,"a ""b"",\rc"\n1,true,42\n'.encode(), True),
        ("in/box/notes", b"x\n", True),
    ]


def test_a_sheet_of_open_document(unpacked: Callable[..., Unpacked]) -> None:
    book = ods(ods_content([["编号", "on"], ["007", "2026"]], repeated="2"))
    assert unpacked(book) == [("in/box/S", "编号,on\n007,2026\n007,2026\n".encode(), True)]


def test_workbooks_may_lie_in_an_archive_and_archives_may_not(unpacked: Callable[..., Unpacked]) -> None:
    assert unpacked(zipped({"o.xlsx": xlsx({"S": [["x"]]})})) == [("in/box/o.xlsx/S", b"x\n", True)]
    for inner in (zipped({"a.csv": CSV}), gzipped(CSV)):
        with pytest.raises(InputError, match="inner in it is packed again"):
            unpacked(zipped({"inner": inner}))
        with pytest.raises(InputError, match="packed twice"):
            unpacked(gzipped(inner))


def protected_book(password: str) -> bytes:
    sink = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx({"S": [["x"]]}))).encrypt(password, sink)
    return sink.getvalue()


def test_a_protected_workbook(unpacked: Callable[..., Unpacked]) -> None:
    book = protected_book("geheim")
    assert unpacked(book, "geheim") == [("in/box/S", b"x\n", True)]
    with pytest.raises(InputError, match=r"\[\[passwords\]\]"):
        unpacked(book)
    with pytest.raises(InputError, match="no password given for it opens it"):
        unpacked(book, "other")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        (" =1+1", " =1+1"),
        (12.0, "12"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (-3.0, "-3"),
        (999_999_999_999_999.0, "999999999999999"),
        (False, "false"),
        (CELL + timedelta(seconds=0.9996), "2026-03-01 10:06:00"),
        (CELL.replace(year=9999, microsecond=999_999), "9999-03-01 10:05:59"),
        (date(1, 1, 1), "0001-01-01"),
        (time(9, 5), "09:05:00"),
        (timedelta(days=1), "1 day, 0:00:00"),
    ],
)
def test_cells_read_as_exports_write_them(value: object, text: str) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize("number", [1e15, 3_515_012_345_678_901_234, 1.8e308, 1.25e18])
def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_one_the_rules_call_rounded(number: float) -> None:
    assert re.match(ROUNDED, cell_text(number if number != 1.8e308 else 1.7e308))


BOMB = b"0" * (200 << 20)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (zipped({"a.csv": CSV})[:-30], "cut off or broken"),
        (zipped({"a.csv": CSV * 50})[:60], "cut off or broken"),
        (zipped({"a.csv": CSV}).replace(b"\x4b\x4c", b"\x4b\x4d", 1)[:40] + b"\0" * 60, "cut off or broken"),
        (zipped({"../../etc/passwd.csv": CSV}), "named like a place outside it"),
        (zipped({"/etc/passwd.csv": CSV}), "named like a place outside it"),
        (zipped({"C:\\x.csv": CSV}), "named like a place outside it"),
        (zipped({"..\\x.csv": CSV}), "named like a place outside it"),
        (zipped({"a.csv": b"/etc/passwd"}, link), "a link to another file"),
        (zipped({f"{number}.csv": CSV for number in range(1001)}), "more than 1,000 files"),
        (zipped({}), "holds no table"),
        (gzipped(CSV * 99)[:-9], "cut off or broken"),
        (gzipped(CSV)[:-8] + b"\0" * 8, "cut off or broken"),
        (zipped({"xl/workbook.xml": b"<x"}), "workbook is cut off or broken"),
        (xlsx({"S": [["x"]]})[:-100], "cut off or broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "cut off or broken"),
        (xlsx({"S": []}), "holds no table"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_one_line(
    unpacked: Callable[..., Unpacked], data: bytes, told: str
) -> None:
    with pytest.raises(InputError, match=f"^in/box: .*{told}") as refusal:
        unpacked(data)
    assert "\n" not in str(refusal.value)


def test_a_broken_checksum(unpacked: Callable[..., Unpacked]) -> None:
    data = bytearray(zipped({"a.csv": CSV}))
    crc = zipfile.ZipFile(io.BytesIO(data)).infolist()[0].CRC.to_bytes(4, "little")
    with pytest.raises(InputError, match=r"a\.csv in it is cut off or broken"):
        unpacked(bytes(data.replace(crc, b"\0\0\0\0")))


@pytest.mark.parametrize("pack", [gzipped, lambda data: zipped({"a.csv": data})])
def test_a_bomb_is_refused_before_it_fills_the_disk(
    unpacked: Callable[..., Unpacked], tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(InputError, match="more than 200 times its size"):
        unpacked(pack(BOMB))
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 70 << 20


class FullFolder(PosixPath):
    """A folder on a disk that has no room for what is to be called `full`."""

    full = "0"

    def mkdir(self, mode: int = 0o777, *, parents: bool = False, exist_ok: bool = False) -> None:
        super().mkdir(mode, parents=parents, exist_ok=exist_ok)
        (self / self.full).symlink_to("/dev/full")


class FullForInflated(FullFolder):
    full = "inflated"


class FullForDecrypted(FullFolder):
    full = "decrypted"


@pytest.mark.parametrize(
    ("folder", "data"),
    [
        (FullFolder, zipped({"a.csv": CSV})),
        (FullFolder, xlsx({"S": [["x"]]})),
        (FullForInflated, gzipped(CSV)),
        (FullForDecrypted, protected_book("geheim")),
    ],
)
def test_a_full_disk_is_not_the_containers_fault(tmp_path: Path, folder: type[FullFolder], data: bytes) -> None:
    (tmp_path / "box").write_bytes(data)
    with pytest.raises(Fault, match=r"^in/box: cannot be unpacked \(No space left on device\)$"):
        unpack(tmp_path / "box", "in/box", ["geheim"], folder(tmp_path / "out"))


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.EFBIG, "File too large")])
def test_what_takes_more_than_its_limits_is_not_called_broken(error: BaseException) -> None:
    assert told_of(error) == {"refused": BEYOND}


def repeating(sheets: int) -> bytes:
    """A workbook of some kilobytes that holds one text once and shows it on 25 MiB a sheet."""
    return xlsx({f"S{number}": [["x" * 32_000]] * 800 for number in range(sheets)})


@pytest.mark.parametrize("make", [lambda: repeating(6), lambda: zipped({f"{n}.xlsx": repeating(2) for n in range(3)})])
def test_a_text_shown_in_every_cell_of_several_sheets_is_refused_before_it_fills_the_disk(
    unpacked: Callable[..., Unpacked], tmp_path: Path, make: Callable[[], bytes]
) -> None:
    with pytest.raises(InputError, match="more than 200 times its size"):
        unpacked(make())
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 70 << 20


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&j;</t></si></sst>'
)


def replaced(book: bytes, part: str, data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return zipped({name: data if name == part else parts.read(name) for name in parts.namelist()})


def test_entities_that_would_grow_to_gigabytes_do_not(unpacked: Callable[..., Unpacked]) -> None:
    book = replaced(xlsx({"S": [["x"]]}), "xl/sharedStrings.xml", ENTITIES)
    try:
        [(_, table, _)] = unpacked(book)
    except InputError as refusal:
        assert "in/box: the workbook is cut off or broken" in str(refusal)  # noqa: PT017
    else:
        assert len(table) < 1000


def test_a_sheet_that_says_it_is_larger_than_memory_is_refused(unpacked: Callable[..., Unpacked]) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    with pytest.raises(InputError, match=r"^in/box: .*(more than 3 GiB of memory|cut off or broken)"):
        unpacked(replaced(xlsx({"S": [["x"]]}), "xl/worksheets/sheet1.xml", sheet))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<html><table>", "a web page or XML"),
        (b"\xef\xbb\xbf\n <?xml version='1.0'?><Workbook>", "a web page or XML"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"%PDF-1.7", "a PDF document"),
        (b"x" * 257 + b"ustar" + b"x" * 300, "a tar archive"),
    ],
)
def test_what_holds_no_table_is_refused_whatever_its_name(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "x.xls").write_bytes(data)
    with pytest.raises(InputError, match=rf"^x\.xls: it is {told}"):
        is_container(tmp_path / "x.xls", "x.xls")


def test_text_is_no_container_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "x.xls").write_bytes(CSV)
    assert not is_container(tmp_path / "x.xls", "x.xls")
