"""The full demo world on disk: native files of three platforms, the generic tables, and the truth beside them."""

import codecs
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
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
from flows.demo_shop import write_truth
from flows.settings import Shop
from transforms.simulator.damage import UNREADABLE_DATE
from transforms.simulator.exports import generic, shopify, taobao, youzan
from transforms.simulator.facts import Ledger, line_facts, order_facts
from transforms.simulator.full import FullShop, full_shop
from transforms.simulator.full_world import SHOPIFY, STORES, TAOBAO, WORLDS, YOUZAN
from transforms.simulator.sales import with_numbers
from transforms.simulator.setting import setting

ORDERS_AT_ONCE = 100_000
"""Printed and written together; the whole of a large shop as text would not fit in memory."""
ROWS_AT_ONCE = 250_000


@dataclass(frozen=True, slots=True)
class Form:
    """How a platform writes a file: its bytes before the rows, and how rows become bytes."""

    header: bytes
    is_quoted: bool = False
    """Cells come with their quotes, lines end as on Windows, and the bytes are GBK; else UTF-8."""

    def write(self, rows: pl.DataFrame, file: IO[bytes]) -> None:
        """Append the rows."""
        if not self.is_quoted:
            rows.write_csv(file, include_header=False)
            return
        text = BytesIO()
        rows.write_csv(text, include_header=False, line_terminator="\r\n", quote_style="never")
        file.write(text.getvalue().decode().encode("gbk"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file a year of a store: what it is called, how it looks, what a part of the ledger prints in it."""

    name: str
    """With `{year}` or, as the platform stamps it, `{stamp}`."""
    form: Form
    rows: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Volume:
    """The orders of one store and year, as rows of the ledger."""

    store: int
    last: date
    """Last day of the year, or of the shop."""
    start: int
    stop: int

    def file(self, sheet: Sheet) -> str:
        """Path below the folder of exports, stamped where the platform stamps it."""
        return sheet.name.format(year=f"{self.last.year:04d}", stamp=f"{self.last:%Y%m%d}2359")


SHOP = Shop(timezone="Asia/Shanghai", currency="CNY")
"""As its settings have to be: Taobao and Youzan sell in yuan and print the time of Beijing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The shop asked for."""

    customers: int
    until: date
    seed: int
    world: str = "standard"
    """One of `WORLDS`."""


def write_demo_world(directory: Path, wanted: Wanted) -> DemoShop:
    """Write the exports of a full shop into `directory`, the truth into `directory`.truth.

    See docs/demo-world.md for the files. The same arguments give the same bytes, and an earlier demo shop is replaced,
    once everything is written beside it.

    Raises ValueError where the folder holds anything else, for no customer, for a negative seed and for a date too
    early to have three years before it.
    """
    directory = directory.resolve()
    truth_directory = truth_beside(directory)
    refuse_what_is_not_ours(directory, truth_directory)
    first = first_date(wanted.until)
    world = WORLDS[wanted.world]
    full = full_shop(setting(wanted.seed, first, wanted.until, world), wanted.customers, SHOP.currency)

    arguments = asdict(wanted) | {"first": first.isoformat(), "until": wanted.until.isoformat()}
    marker = arguments | {"timezone": SHOP.timezone, "parameters": asdict(world)}
    make_folders(directory, truth_directory, json.dumps(marker, indent=2))
    sheets = _sheets(SHOP)
    volumes = list(_volumes(full.ledger, wanted.until))
    files = [
        *(file for volume in volumes for file in _write_volume(full.ledger, volume, sheets[volume.store], directory)),
        *_write_customers(full.ledger, directory),
        *_write_generic(full, directory),
    ]
    damaged_rows = _damaged_rows(full, volumes, sheets)
    truth_files = [
        *(name for drawn in full.truth.items() for name in write_truth({drawn[0]: drawn[1]()}, truth_directory)),
        *write_truth({"damaged_row": damaged_rows}, truth_directory),
    ]
    put_in_place(truth_directory, truth_files, OWN_TRUTH)
    put_in_place(directory, files, OWN_EXPORT)

    paid = full.ledger.orders.filter("is_paid")
    return DemoShop(
        directory=directory,
        truth_directory=truth_directory,
        files=tuple(files),
        first=first,
        until=wanted.until,
        customers=wanted.customers,
        buyers=paid["person"].n_unique(),
        orders=len(paid),
        order_lines=int(paid["lines"].sum()),
        damaged_rows=len(damaged_rows),
    )


def _sheets(shop: Shop) -> dict[int, tuple[Sheet, ...]]:
    def shopify_orders(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
        return shopify.orders(orders, lines, shop.timezone, shop.currency)

    return {
        SHOPIFY: (Sheet("shopify/orders_export_{year}.csv", _plain(shopify.ORDERS_HEADER), shopify_orders),),
        TAOBAO: (
            Sheet("taobao/ExportOrderList{stamp}.csv", _quoted(taobao.ORDERS_HEADER), taobao.orders),
            Sheet("taobao/ExportOrderDetailList{stamp}.csv", _quoted(taobao.ITEMS_HEADER), taobao.items),
        ),
        YOUZAN: (
            Sheet("youzan/orders_{year}.csv", _marked(youzan.ORDERS_HEADER), youzan.orders),
            Sheet("youzan/order_items_{year}.csv", _marked(youzan.ITEMS_HEADER), youzan.items),
        ),
    }


def _plain(header: list[str]) -> Form:
    return Form((",".join(header) + "\n").encode())


def _marked(header: list[str]) -> Form:
    return Form(codecs.BOM_UTF8 + (",".join(header) + "\n").encode())


def _quoted(header: list[str]) -> Form:
    return Form((",".join(f'"{name}"' for name in header) + "\r\n").encode("gbk"), is_quoted=True)


def _volumes(ledger: Ledger, until: date) -> Iterator[Volume]:
    year = ledger.orders["ordered_at"].dt.year().to_numpy().astype(np.int64)
    key = ledger.orders["store"].to_numpy().astype(np.int64) * 10_000 + year
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(key)], strict=True):
        store, of_year = divmod(int(key[start]), 10_000)
        yield Volume(store, min(until, date(of_year, 12, 31)), int(start), int(stop))


def _write_volume(ledger: Ledger, volume: Volume, sheets: tuple[Sheet, ...], directory: Path) -> list[str]:
    """Write the files of one store and year as parts; returns the names they shall have."""
    names = [volume.file(sheet) for sheet in sheets]
    (directory / STORES[volume.store]).mkdir(exist_ok=True)
    for name, sheet in zip(names, sheets, strict=True):
        (directory / (name + PART)).write_bytes(sheet.form.header)
    for start in range(volume.start, volume.stop, ORDERS_AT_ONCE):
        stop = min(start + ORDERS_AT_ONCE, volume.stop)
        orders, lines = order_facts(ledger, start, stop), line_facts(ledger, start, stop)
        for name, sheet in zip(names, sheets, strict=True):
            with (directory / (name + PART)).open("ab") as file:
                sheet.form.write(sheet.rows(orders, lines), file)
    return names


def _write_customers(ledger: Ledger, directory: Path) -> list[str]:
    customers = {
        SHOPIFY: ("shopify/customers_export.csv", _plain(shopify.CUSTOMERS_HEADER), shopify.customers),
        YOUZAN: ("youzan/customers.csv", _marked(youzan.CUSTOMERS_HEADER), youzan.customers),
    }
    for store, (name, form, rows) in customers.items():
        (directory / STORES[store]).mkdir(exist_ok=True)
        _write_sliced(directory / (name + PART), form, ledger.accounts.filter(pl.col("store") == store), rows)
    return [name for name, _, _ in customers.values()]


def _write_generic(shop: FullShop, directory: Path) -> list[str]:
    for name, header in generic.HEADERS.items():

        def rows(facts: pl.DataFrame, header: tuple[str, ...] = header) -> pl.DataFrame:
            return generic.cells(facts, header)

        _write_sliced(directory / (name + PART), _plain(list(header)), shop.generic[name](), rows)
    return list(generic.HEADERS)


def _write_sliced(path: Path, form: Form, facts: pl.DataFrame, rows: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    with path.open("wb") as file:
        file.write(form.header)
        for part in facts.iter_slices(ROWS_AT_ONCE):
            form.write(rows(part), file)


def _damaged_rows(shop: FullShop, volumes: list[Volume], sheets: dict[int, tuple[Sheet, ...]]) -> pl.DataFrame:
    """Every physical row the damage makes unreadable: `file`, `line_number`, `order_id`, `reason`.

    A broken date stands in the row of the order; where the order's rows share a file, it spoils all of them. No cell of
    these files holds a line break, and the header is line 1.
    """
    orders = shop.ledger.orders
    wanted = shop.damage.with_columns(
        with_numbers(orders[shop.damage["order"]]).select("order_id", "first_line", "lines"),
        is_date=pl.col("reason") == UNREADABLE_DATE,
    )
    found = []
    for volume in volumes:
        here = wanted.filter(pl.col("order").is_between(volume.start, volume.stop, closed="left"))
        of_orders, of_lines = sheets[volume.store][0], sheets[volume.store][-1]
        first_line = orders["first_line"][volume.start]
        dates = here.filter("is_date")
        if of_orders is of_lines:
            row = pl.int_ranges("first_line", pl.col("first_line") + pl.col("lines")) - first_line
            dates = dates.with_columns(row=row).explode("row")
        else:
            dates = dates.with_columns(row=pl.col("order") - volume.start)
        cells = here.filter(~pl.col("is_date")).with_columns(row=pl.col("line") - first_line)
        for sheet, rows in ((of_orders, dates), (of_lines, cells)):
            found.append(
                rows.select(
                    pl.lit(volume.file(sheet)).alias("file"),
                    (pl.col("row") + 2).alias("line_number"),
                    "order_id",
                    "reason",
                )
            )
    return pl.concat(found).sort("file", "line_number")
