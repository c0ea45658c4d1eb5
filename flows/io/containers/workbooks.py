"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): each visible sheet with anything on it becomes a CSV, a row a line."""

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import MAXYEAR, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import msoffcrypto
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from flows.io.containers.inflate import Counted, Written, refuse_bomb
from flows.io.containers.limits import NO_PASSWORD, OF_THE_MACHINE, WRONG_PASSWORD, RefusedError

LARGEST_SAFE = 10**15
"""A spreadsheet keeps 15 digits of a number. Of a longer one nobody knows the rest."""
EVERYBODYS_PASSWORD = "VelvetSweatshop"  # noqa: S105
"""With which Excel protects what it only marks read-only (ECMA-376 Part 4, 3.3.4)."""
BROKEN = "the workbook is cut off or broken; export it again, or save it as CSV"


def sheets(path: Path, folder: Path, passwords: list[str], written: Written) -> Iterator[tuple[str, Path]]:
    """Name and CSV of each sheet. The row of the sheet is the line of the CSV; a line break in a cell is a CR.

    `written` goes on counting. Raises RefusedError.
    """
    path = _decrypted(path, folder, passwords)
    _refuse_bomb(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for number, sheet in enumerate(book.sheets_metadata):
                if sheet.typ is not SheetTypeEnum.WorkSheet or sheet.visible is not SheetVisibleEnum.Visible:
                    continue
                target = folder / str(number)
                if _write(book.get_sheet_by_index(number).iter_rows(), target, written):
                    yield _plain(sheet.name), target
    except PasswordError:
        raise RefusedError(NO_PASSWORD) from None
    except CalamineError:
        raise RefusedError(BROKEN) from None


def _plain(name: str) -> str:
    return "".join(letter if letter.isprintable() and letter != "/" else "\ufffd" for letter in name)


def _decrypted(path: Path, folder: Path, passwords: list[str]) -> Path:
    """The workbook without its protection; `path` where it has none."""
    if zipfile.is_zipfile(path):
        return path
    target = folder / "decrypted"
    with path.open("rb") as handle:
        try:
            book = msoffcrypto.OfficeFile(handle)
            if not book.is_encrypted():
                return path
        except Exception:  # whatever it cannot tell of a broken file, the reader of workbooks will say
            return path
        for password in (*passwords, EVERYBODYS_PASSWORD):
            try:
                book.load_key(password=password)
                with target.open("wb") as sink:
                    book.decrypt(sink)
            except Exception as error:  # its errors for a wrong password are of many kinds
                if isinstance(error, MemoryError) or getattr(error, "errno", None) in OF_THE_MACHINE:
                    raise
                continue
            return target
    raise RefusedError(WRONG_PASSWORD if passwords else NO_PASSWORD)


def _refuse_bomb(path: Path) -> None:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            refuse_bomb(sum(part.file_size for part in parts.infolist()), path.stat().st_size)


def _write(rows: Iterable[Sequence[object]], target: Path, written: Written) -> bool:
    """Write the rows as CSV. Whether there is anything in them."""
    is_anything = False
    with target.open("wb") as file:
        sink = Counted(file, written)
        writer = csv.writer(sink, lineterminator="\n")
        for row in rows:
            # One line a row, so that the line of the CSV is the row of the sheet.
            cells = [cell_text(value).replace("\r\n", "\r").replace("\n", "\r") for value in row]
            if any(cells):
                is_anything = True
                writer.writerow(cells)
            else:
                sink.write("\n")
    return is_anything


def cell_text(value: object) -> str:
    """What the cell shows, in the forms that exports use.

    A number of more than 15 digits, which the spreadsheet has rounded, is in scientific notation: as an id a row rule
    rejects it. Of other numbers 15 digits count, as the spreadsheet shows them.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime):
        return _rounded(value).isoformat(" ", "seconds")
    if isinstance(value, time):
        return value.isoformat("seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _rounded(instant: datetime) -> datetime:
    # A spreadsheet counts days in a float, which misses the second by a little.
    return instant + timedelta(seconds=0.5) if instant.year < MAXYEAR else instant


def _number_text(value: float) -> str:
    if abs(value) >= LARGEST_SAFE:
        return f"{value:.14E}"
    shown = Decimal(f"{value:.15g}")
    return f"{shown:f}" if shown % 1 else str(int(shown))
