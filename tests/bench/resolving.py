"""Who is who among many accounts: `python -m tests.bench.resolving [--accounts N] [--runs N]`, beside bare Polars.

Resolving is from staged accounts and names to groups; naming makes the keyed hashes that are their ids. Bare is Polars
grouping the same accounts by each of the keys, from the same files. Normalising distinct addresses and names comes
before and is timed apart. Each part runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from flows.io.lake import Stage
from transforms.contracts import staged
from transforms.identity.addresses import addresses, distinct_texts, with_addresses
from transforms.identity.customers import customer_ids
from transforms.identity.names import compared_names
from transforms.identity.resolve import TELLS, resolve
from transforms.identity.ties import KINDS

COUNTRIES: dict[str, str | None] = {"shopify": "CN", "taobao": "CN", "youzan": "CN"}
KEY = "a key for benchmarks only"
PARTS = ("normalising", "resolving", "naming", "bare")


def main() -> None:
    """Write accounts, then measure each part in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--measure", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        _measure(asked.measure, asked.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), asked.accounts)
        _told("normalising", folder)
        ratios = [_told("resolving", folder) / _told("bare", folder) for _ in range(asked.runs)]
        _told("naming", folder)
    print(f"{statistics.median(ratios):.2f} times bare, {min(ratios):.2f} to {max(ratios):.2f}")


def _told(part: str, folder: str) -> float:
    command = [sys.executable, "-m", "tests.bench.resolving", "--measure", part, "--folder", folder]
    seconds, cores, peak_mb, found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    print(f"{part:<12} {seconds:>8} s {cores:>8} s of cores {peak_mb:>7} MB at its peak, {int(found):,} found")
    return float(seconds)


def _measure(part: str, folder: Path) -> None:
    work = {"normalising": _normalise, "resolving": _resolve, "naming": _name, "bare": _bare}[part]
    began, cores = time.perf_counter(), time.process_time()
    found = work(folder)
    seconds, cores = time.perf_counter() - began, time.process_time() - cores
    # Not of getrusage, which remembers the process that started this one.
    peak_kb = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))[1])  # type: ignore[index]
    print(f"{seconds:.2f} {cores:.2f} {peak_kb / 1024:.0f} {found}")


def _normalise(folder: Path) -> int:
    told, found = pl.read_parquet(folder / "told.parquet").lazy(), 0
    written = told
    for kind in ("email", "phone"):
        known = addresses(kind, distinct_texts(told, kind, COUNTRIES).collect())
        written, found = with_addresses(written, kind, known.lazy(), COUNTRIES), found + known.height
    Stage(folder).write(staged.CUSTOMER_ACCOUNT, written)
    names = told.select("account_key", "customer_name", recipient_name="customer_name", orders=pl.lit(1, pl.Int64))
    Stage(folder).write(staged.ACCOUNT_NAME, compared_names(names))
    return found


def _resolve(folder: Path) -> int:
    accounts = Stage(folder).scan(staged.CUSTOMER_ACCOUNT).select(TELLS).collect(engine="in-memory")
    identity = resolve(accounts, Stage(folder).scan(staged.ACCOUNT_NAME), (), KEY)
    identity.grouped.write_parquet(folder / "grouped.parquet", compression="lz4")
    return identity.grouped["group_key"].n_unique()


def _name(folder: Path) -> int:
    grouped = pl.scan_parquet(folder / "grouped.parquet").collect(engine="in-memory")
    return customer_ids(grouped.lazy(), KEY).collect().height


def _bare(folder: Path) -> int:
    accounts = Stage(folder).scan(staged.CUSTOMER_ACCOUNT)
    return sum(accounts.group_by(kind).agg(pl.len()).collect().height for kind in KINDS)


def _write(folder: Path, size: int) -> None:
    """A fifth of the accounts are further ones; phones of nine in ten, addresses of six, buyer numbers of three."""
    rng = np.random.default_rng(1)
    first = size * 4 // 5
    person = pl.Series(
        "person", rng.permutation(np.concatenate([np.arange(first), rng.integers(0, first, size - first)]))
    )
    store = pl.Series(list(COUNTRIES)).gather(rng.integers(0, 3, size))
    number = pl.int_range(size, eager=True).cast(pl.String).str.zfill(9)

    def known(share: float, value: pl.Expr) -> pl.Expr:
        return pl.when(pl.Series(rng.random(size) < share)).then(value)

    text = pl.col("person").cast(pl.String)
    told = pl.DataFrame({"person": person, "store_id": store, "number": number}).select(
        account_key=pl.concat_str("store_id", pl.lit("/"), "number"),
        store_id="store_id",
        happened_at=pl.lit(None, pl.Datetime("us", "UTC")),
        known_at=pl.lit(None, pl.Datetime("us", "UTC")),
        first_order_at=pl.lit(None, pl.Datetime("us", "UTC")),
        buyer_key=known(0.3, pl.concat_str(pl.lit("taobao/tb"), text)),
        customer_name=pl.concat_str(pl.lit("Ann "), text),
        email=known(0.6, pl.concat_str(pl.lit("person"), text, pl.lit("@example.com"))),
        phone=known(0.9, (13_000_000_000 + pl.col("person")).cast(pl.String)),
        region=pl.lit(None, pl.String),
        acquired_by=pl.lit(None, pl.String),
        is_business=pl.lit(None, pl.Boolean),
    )
    told.sort("account_key").write_parquet(folder / "told.parquet")


if __name__ == "__main__":
    main()
