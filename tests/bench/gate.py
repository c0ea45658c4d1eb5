"""The gate beside reading what it checks: `python -m tests.bench.gate [--lines N ...]`.

Each runs in a process of its own, so that its peak memory is its own. Read is collect and read, from CSV in the generic
layout to checked rows in the lake. Gate is `run_gate` over staged Parquet of the same lines, its import apart.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from checks.gate import run_gate
from flows.io.lake import Stage
from flows.night import open_night
from flows.settings import load_settings
from flows.steps.collect import collect
from flows.steps.gate import load_gate
from flows.steps.read import read
from transforms.contracts import staged

LINES_AN_ORDER, ORDERS_AN_ACCOUNT, ARTICLES = 4, 4, 5_000
FIRST, KNOWN, AS_OF = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 3, 15, tzinfo=UTC), date(2026, 3, 14)
STAGES = ("write", "read", "gate")


def main() -> None:
    """Measure every number of lines asked for, or, in a process of its own, one stage of one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage:
        {"write": _write, "read": _read, "gate": _gate}[asked.stage](asked.folder, asked.lines[0])
        return
    for lines in asked.lines:
        with tempfile.TemporaryDirectory() as folder:
            for stage in STAGES:
                arguments = ["--stage", stage, "--lines", str(lines), "--folder", folder]
                subprocess.run([sys.executable, "-m", "tests.bench.gate", *arguments], check=True)


@contextmanager
def _measured(name: str, lines: int) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds, peak_mb = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{lines:>12,} lines   {name:5} {seconds:8.2f} s {peak_mb:8.0f} MB at the peak")


def _read(folder: Path, lines: int) -> None:
    settings = load_settings(None, {"paths": {"exports": folder / "exports", "lake": folder / "lake"}})
    night = open_night(settings, AS_OF, datetime.now(UTC))
    with _measured("read", lines):
        read(night, collect(night))


def _gate(folder: Path, lines: int) -> None:
    load_gate()
    work = Stage(folder / "work")
    paths = {table.name: [str(path) for path in work.parts(table)] for table in staged.TABLES}
    with _measured("gate", lines):
        results = run_gate(paths, folder)
    if not results["is_passed"].all():
        raise SystemExit(f"the made tables contradict: {results.filter(~pl.col('is_passed')).rows()}")


def _write(folder: Path, lines: int) -> None:
    """The same lines as an export and as staged tables that contradict nothing."""
    (folder / "exports").mkdir()
    made = _lines(lines)
    numbers = [pl.col(f"{name}_key").str.strip_prefix("main/").alias(f"{name}_id") for name in _KEYS]
    told = made.select(
        *numbers,
        ordered_at=pl.col("happened_at").dt.to_string("%Y-%m-%d %H:%M:%S"),
        quantity="quantity",
        unit_price=pl.col("unit_price") / 10_000,
    )
    told.sink_csv(folder / "exports" / "orders.csv", float_precision=2)
    work = Stage(folder / "work")
    work.write(staged.ORDER_LINE, made)
    written = work.scan(staged.ORDER_LINE)
    work.write(staged.PURCHASE_ORDER, _orders(written))
    accounts = written.group_by("account_key").agg(pl.col("happened_at", "known_at").min())
    work.write(staged.CUSTOMER_ACCOUNT, _filled(accounts.sort("account_key"), staged.CUSTOMER_ACCOUNT))
    products = written.group_by("product_key").agg(pl.col("happened_at", "known_at").min())
    work.write(staged.PRODUCT, _filled(products.sort("product_key"), staged.PRODUCT))


_KEYS = ("order", "account", "product")


def _lines(lines: int) -> pl.LazyFrame:
    """staged.order_line: as many lines an order and orders an account as the constants say, over two years."""
    row = pl.int_range(lines, dtype=pl.Int64)
    order = row // LINES_AN_ORDER
    # A prime scatters accounts, days and articles over the orders.
    scattered = order * 7_919
    day = scattered % 800
    key = [pl.concat_str(pl.lit("main/"), number.cast(pl.String)).alias(f"{name}_key") for name, number in (
        ("order", 10_000_000 + order),
        ("account", 20_000 + scattered % max(1, lines // LINES_AN_ORDER // ORDERS_AN_ACCOUNT)),
        ("product", 1_000 + (row * 7_919) % ARTICLES),
    )]  # fmt: skip
    price = (100 + (row * 31) % 9_900) * 100
    return (
        pl.LazyFrame({"row": [0]})
        .select(row.alias("row"))
        .select(
            *key,
            line_index=1 + pl.col("row") % LINES_AN_ORDER,
            happened_at=pl.lit(FIRST).cast(pl.Datetime("us", "UTC")) + pl.duration(days=day, minutes=order % 1_440),
            happened_date=pl.lit(FIRST.date()) + pl.duration(days=day),
            known_at=pl.lit(KNOWN),
            quantity=1 + row % 3,
            unit_price=price,
            discount=pl.lit(0),
            amount=price * (1 + row % 3),
            currency=pl.lit("USD"),
            is_goods=pl.lit(value=True),
        )
    )


def _orders(lines: pl.LazyFrame) -> pl.LazyFrame:
    facts = ("account_key", "happened_at", "happened_date", "known_at", "currency")
    return (
        lines.group_by("order_key")
        .agg(
            pl.col(facts).first(),
            customer_paid=pl.col("amount").sum(),
            discount=pl.col("discount").sum(),
            line_count=pl.len(),
            units=pl.col("quantity").sum(),
        )
        .with_columns(
            store_id=pl.lit("main"),
            order_id=pl.col("order_key").str.strip_prefix("main/"),
            original_amount="customer_paid",
            original_currency="currency",
            deductions=pl.lit(0),
            region=pl.lit("Kent"),
            acquired_by=pl.lit("search"),
        )
        .sort("order_key")
    )


def _filled(frame: pl.LazyFrame, table: staged.Table) -> pl.LazyFrame:
    """`frame` with what else the contract demands."""
    known = frame.collect_schema().names()
    values = {"store_id": "main", "product_id": "P", "is_goods": True}
    absent = [name for name in table.column_names if name not in known]
    return frame.with_columns(pl.lit(values.get(name)).alias(name) for name in absent)


if __name__ == "__main__":
    main()
