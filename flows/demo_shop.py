"""A shop to try the night on: a simulated shop's exports in one folder, the truth about it in another."""

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from transforms.contracts.table import MONEY_SCALE
from transforms.simulator.damage import plant
from transforms.simulator.plain import PLAIN, plain_shop
from transforms.simulator.world import Shop

DAYS = 3 * 365
"""How long a demo shop has been open at its last date."""
MARKER = "demo-shop.json"
"""In the truth folder: the arguments and parameters. Without it a folder is not taken for a demo shop."""
PART = ".part"
"""Ending of a file that is being written."""
OWN_EXPORT = re.compile(r"(orders-\d{4}|customers|consents)\.csv(\.part)?")
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


def write_demo_shop(
    directory: Path, customers: int, until: date, seed: int, currency: str = PLAIN.currency
) -> DemoShop:
    """Write the exports of a plain shop that ends with `until` into `directory`, the truth into `directory`.truth.

    Exports are generic files: `orders-<year>.csv`, `customers.csv`, `consents.csv`; the truth is Parquet and
    `demo-shop.json`. `currency` should be that of the settings, or a night rejects every order. The same arguments give
    the same bytes, and an earlier demo shop is replaced, once everything is written beside it.

    Raises ValueError where the folder holds anything else, for no customer, for a negative seed and for a date too
    early to have three years before it.
    """
    directory = directory.resolve()
    truth_directory = directory.with_name(directory.name + ".truth")
    _refuse_what_is_not_ours(directory, truth_directory)
    first = _first_date(until)
    world = replace(PLAIN, currency=currency)
    shop = plain_shop(seed, customers, first, until, world)

    # The marker first: a run that breaks after it leaves files that the next run knows for its own.
    directory.mkdir(parents=True, exist_ok=True)
    truth_directory.mkdir(exist_ok=True)
    arguments = {"seed": seed, "customers": customers, "first": first.isoformat(), "until": until.isoformat()}
    marker = json.dumps({**arguments, "world": "plain", "parameters": asdict(world)}, indent=2)
    (truth_directory / MARKER).write_text(marker + "\n", encoding="utf-8")
    files, damaged_rows = _write_exports(shop, directory)
    truth_files = _write_truth({**shop.truth, "damaged_row": damaged_rows}, truth_directory)
    _put_in_place(truth_directory, truth_files, OWN_TRUTH)
    _put_in_place(directory, files, OWN_EXPORT)

    return DemoShop(
        directory=directory,
        truth_directory=truth_directory,
        files=files,
        first=first,
        until=until,
        customers=customers,
        buyers=shop.order_lines["account_id"].n_unique(),
        orders=shop.order_lines["order_id"].n_unique(),
        order_lines=len(shop.order_lines),
        damaged_rows=len(damaged_rows),
    )


def _first_date(until: date) -> date:
    try:
        return until - timedelta(days=DAYS - 1)
    except OverflowError:
        raise ValueError(f"{until} has no three years before it; give a later date") from None


def _refuse_what_is_not_ours(directory: Path, truth_directory: Path) -> None:
    for path in (directory, truth_directory):
        if path.exists() and not path.is_dir():
            raise ValueError(f"{path} is a file; name a folder that is new, empty or an earlier demo shop")
    has_marker = (truth_directory / MARKER).is_file()
    if truth_directory.is_dir() and not has_marker and any(truth_directory.iterdir()):
        raise ValueError(f"{truth_directory} is no demo shop's truth; move it away or name another folder")
    foreign = sorted(
        path.name
        for path in (directory.iterdir() if directory.is_dir() else ())
        if not (has_marker and path.is_file() and OWN_EXPORT.fullmatch(path.name))
    )
    if foreign:
        raise ValueError(
            f"{directory} holds files that no demo shop wrote ({', '.join(foreign[:3])}); "
            "name a folder that is new, empty or an earlier demo shop"
        )


def _put_in_place(directory: Path, files: tuple[str, ...], own: re.Pattern[str]) -> None:
    # File by file, not folder by folder: the folder may be a mounted volume or the one the user stands in.
    for file in files:
        (directory / (file + PART)).replace(directory / file)
    for path in directory.iterdir():
        if path.name not in files and own.fullmatch(path.name):
            path.unlink()


def _write_exports(shop: Shop, directory: Path) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Write the exports as parts; returns the files, and the damaged rows with `file` and physical `line_number`."""
    damage = shop.truth["damaged_row"]
    year = shop.order_lines["ordered_at"].dt.year().alias("year")
    placed = shop.order_lines.select(
        pl.format("orders-{}.csv", year).alias("file"),
        # The header is line 1; no cell holds a line break.
        (pl.int_range(pl.len()).over(year) + 2).alias("line_number"),
    )
    order_lines = plant(_as_text(shop.order_lines), damage)
    frames = {file: order_lines.filter(placed["file"] == file) for file in placed["file"].unique().sort()}
    frames |= {"customers.csv": _as_text(shop.customer_accounts), "consents.csv": _as_text(shop.consents)}
    for file, frame in frames.items():
        frame.write_csv(directory / (file + PART), line_terminator="\n", quote_style="necessary")
    damaged_rows = damage.select("order_id", "line_index", "reason").with_columns(placed[damage["row"]])
    return tuple(frames), damaged_rows.select("file", "line_number", "order_id", "line_index", "reason")


def _write_truth(truth: dict[str, pl.DataFrame], directory: Path) -> tuple[str, ...]:
    for name, frame in truth.items():
        frame.write_parquet(directory / f"{name}.parquet{PART}")
    return tuple(f"{name}.parquet" for name in truth)


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every cell as it stands in an export: local time without a zone, money with two decimals, true and false."""
    money = [name for name in ("unit_price", "discount") if name in frame.columns]
    cents = pl.col(money) // (MONEY_SCALE // 100)
    return frame.with_columns(
        pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S"),
        *([pl.format("{}.{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2))] if money else []),
    ).cast(pl.String)
