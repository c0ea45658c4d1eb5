"""The two folders of a demo shop: nobody else's files are touched, and an earlier shop is replaced as a whole."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flows.steps.repaired import FOLDER as REJECTED

DAYS = 3 * 365
"""How long a demo shop has been open at its last date."""
MARKER = "demo-shop.json"
"""In the truth folder: the arguments and parameters. Without it a folder is not taken for a demo shop."""
PART = ".part"
"""Ending of a file that is being written."""
STORE_FOLDERS = ("shopify", "taobao", "youzan")
_GENERIC = "reviews|tickets|contact_events|referrals|product_costs|customer_attributes"
OWN_EXPORT = re.compile(
    rf"((orders-\d{{4}}|customers|consents|{_GENERIC})"
    r"|shopify/(orders_export_\d{4}|customers_export)"
    r"|taobao/ExportOrder(Detail)?List\d{12}"
    r"|youzan/(orders_\d{4}|order_items_\d{4}|customers)"
    r")\.csv(\.part)?"
)
"""Files of the plain and of the full world, below the folder of exports."""
OWN_TRUTH = re.compile(r"[a-z_]+\.parquet(\.part)?")


@dataclass(frozen=True, slots=True)
class DemoShop:
    """What was written."""

    directory: Path
    truth_directory: Path
    files: tuple[str, ...]
    first: date
    until: date
    customers: int
    buyers: int
    orders: int
    order_lines: int
    damaged_rows: int


def first_date(until: date) -> date:
    """The first day of a shop that ends with `until`. Raises ValueError where there is no such date."""
    try:
        return until - timedelta(days=DAYS - 1)
    except OverflowError:
        raise ValueError(f"{until} has no three years before it; give a later date") from None


def truth_beside(directory: Path) -> Path:
    """The folder of the truth about the exports in `directory`."""
    return directory.with_name(directory.name + ".truth")


def refuse_what_is_not_ours(directory: Path, truth_directory: Path) -> None:
    """Raise ValueError unless both folders are new, empty or an earlier demo shop's."""
    for path in (directory, truth_directory):
        if path.exists() and not path.is_dir():
            raise ValueError(f"{path} is a file; name a folder that is new, empty or an earlier demo shop")
    has_marker = (truth_directory / MARKER).is_file()
    if truth_directory.is_dir() and not has_marker and any(truth_directory.iterdir()):
        raise ValueError(f"{truth_directory} is no demo shop's truth; move it away or name another folder")
    foreign = sorted(name for name in _names(directory) if not (has_marker and OWN_EXPORT.fullmatch(name)))
    if foreign:
        raise ValueError(
            f"{directory} holds files that no demo shop wrote ({', '.join(foreign[:3])}); "
            "name a folder that is new, empty or an earlier demo shop"
        )


def make_folders(directory: Path, truth_directory: Path, marker: str) -> None:
    """Make both folders, the marker first: a run that breaks after it leaves files that the next one knows for ours."""
    directory.mkdir(parents=True, exist_ok=True)
    truth_directory.mkdir(exist_ok=True)
    (truth_directory / MARKER).write_text(marker + "\n", encoding="utf-8")


def put_in_place(directory: Path, files: Iterable[str], own: re.Pattern[str]) -> None:
    """Give the written parts their names and remove what an earlier shop left.

    File by file, not folder by folder: the folder may be a mounted volume or the one the user stands in.
    """
    kept = set(files)
    for file in kept:
        (directory / (file + PART)).replace(directory / file)
    for name in list(_names(directory)):
        if name not in kept and own.fullmatch(name):
            (directory / name).unlink()
    for folder in STORE_FOLDERS:
        if (directory / folder).is_dir() and not any((directory / folder).iterdir()):
            (directory / folder).rmdir()


def _names(directory: Path) -> Iterator[str]:
    """What lies in the folder and in those of its stores, but for rows to repair; any other folder is one thing."""
    for path in directory.iterdir() if directory.is_dir() else ():
        if path.is_dir() and path.name in STORE_FOLDERS:
            inside = (below for below in path.iterdir() if below.name != REJECTED)
            yield from (f"{path.name}/{below.name}{'/' * below.is_dir()}" for below in inside)
        elif path.name != REJECTED:
            yield path.name + "/" * path.is_dir()
