"""A plain shop to try the night on: its exports in one folder, the truth about it in another."""

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import polars as pl

from flows.demo_folder import (
    OWN_EXPORT,
    OWN_TRUTH,
    PART,
    DemoShop,
    first_date,
    make_folders,
    put_in_place,
    refuse_what_is_not_ours,
    truth_beside,
)
from transforms.contracts.table import MONEY_SCALE
from transforms.simulator.damage import plant
from transforms.simulator.plain import PLAIN, plain_shop
from transforms.simulator.world import Shop


def write_demo_shop(
    directory: Path, customers: int, until: date, seed: int, currency: str = PLAIN.currency
) -> DemoShop:
    """Write the exports of a plain shop that ends with `until` into `directory`, the truth into `directory`.truth.

    Exports are generic files: `orders-<year>.csv`, `customers.csv`, `consents.csv`; the truth is Parquet and
    `demo-shop.json`. `currency` should be that of the settings, or a night wants exchange rates. The same arguments
    give the same bytes, and an earlier demo shop is replaced, once everything is written beside it.

    Raises ValueError where the folder holds anything else, for no customer, for a negative seed and for a date too
    early to have three years before it.
    """
    directory = directory.resolve()
    truth_directory = truth_beside(directory)
    refuse_what_is_not_ours(directory, truth_directory)
    first = first_date(until)
    world = replace(PLAIN, currency=currency)
    shop = plain_shop(seed, customers, first, until, world)

    arguments = {"seed": seed, "customers": customers, "first": first.isoformat(), "until": until.isoformat()}
    marker = json.dumps({**arguments, "world": "plain", "parameters": asdict(world)}, indent=2)
    make_folders(directory, truth_directory, marker)
    files, damaged_rows = _write_exports(shop, directory)
    truth_files = write_truth({**shop.truth, "damaged_row": damaged_rows}, truth_directory)
    put_in_place(truth_directory, truth_files, OWN_TRUTH)
    put_in_place(directory, files, OWN_EXPORT)

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


def write_truth(truth: dict[str, pl.DataFrame], directory: Path) -> tuple[str, ...]:
    """Write the frames as parts; returns the names the files shall have."""
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
