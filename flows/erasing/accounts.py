"""Which accounts and ids are one customer, as the records of all nights tell."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.faults import InputError
from flows.io.lake import Lake
from flows.steps.identify import IDENTITY
from transforms.identity.customers import own_id
from transforms.identity.marks import mark


@dataclass(frozen=True, slots=True)
class Known:
    """A customer of some night."""

    customer_id: str
    """By the newest record."""
    customer_ids: frozenset[str]
    """Every id of theirs: that of each account alone is one, for earlier nights or readers may know it."""
    accounts: pl.DataFrame
    """`account_key`"""


def known(lake: Lake, customer_id: str) -> Known | None:
    """Whom the id means, also one that was joined to another since; None if no record names them.

    Of each account the newest record counts: one that was parted since is somebody else. Raises InputError for an id
    that was made under another key than the lake's.
    """
    records = identity_records(lake)
    is_own = own_id(pl.col("account_key"), lake.key()) == customer_id
    own = _named(records).filter(is_own).collect(engine="streaming")
    if own.is_empty():
        if not _ever(records, customer_id).is_empty():
            raise InputError(f"{customer_id} was named under another key; set REGULARS_KEY to the one of the nights")
        return None
    [current] = _newest(records, own)["customer_id"]
    accounts = _newest(records, _ever(records, current)).filter(customer_id=current).select("account_key")
    return Known(current, own_ids(lake, accounts) | {customer_id, current}, accounts)


def barred_accounts(lake: Lake, marks: pl.DataFrame) -> pl.DataFrame:
    """`account_key` of every account in a record whose `mark` is among `marks`."""
    marked = _named(identity_records(lake)).with_columns(mark=mark("account_key", lake.key()))
    return marked.join(marks.lazy(), on="mark", how="semi").select("account_key").collect(engine="streaming")


def own_ids(lake: Lake, accounts: pl.DataFrame) -> frozenset[str]:
    """The id that each account has alone. `accounts`: `account_key`."""
    return frozenset(accounts.select(own_id(pl.col("account_key"), lake.key())).to_series())


def identity_records(lake: Lake) -> list[Path]:
    """The identity graphs of all nights and runs, the newest last."""
    return sorted((lake.root / "nights").glob(f"*/*/{IDENTITY}"))


def _named(records: list[Path]) -> pl.LazyFrame:
    return _scanned(records).select("account_key").unique()


def _ever(records: list[Path], customer_id: str) -> pl.DataFrame:
    found = _scanned(records).filter(customer_id=customer_id)
    return found.select("account_key").unique().collect(engine="streaming")


def _newest(records: list[Path], accounts: pl.DataFrame) -> pl.DataFrame:
    """`account_key`, `customer_id` by the newest record that names the account."""
    told = _scanned(records).join(accounts.lazy(), on="account_key", how="semi")
    newest = told.group_by("account_key").agg(pl.col("customer_id").sort_by("record").last())
    return newest.collect(engine="streaming")


def _scanned(records: list[Path]) -> pl.LazyFrame:
    empty = pl.LazyFrame(schema={"account_key": pl.String, "customer_id": pl.String, "record": pl.Int64})
    frames = [
        pl.scan_parquet(path, glob=False).select("account_key", "customer_id", record=pl.lit(number, pl.Int64))
        for number, path in enumerate(records)
    ]
    return pl.concat([empty, *frames])
