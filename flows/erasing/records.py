"""Records of nights: the accounts of a person leave every night's stored identity graph."""

from pathlib import Path

import polars as pl

from flows.io.erasures import Erasures, Receipt
from flows.io.lake import Lake
from flows.night import Night
from flows.steps.customers import IDENTITY
from transforms.identity.marks import mark


def clear_records(run: Night, receipt: Receipt) -> None:
    """Rewrite each record that holds accounts of the person, known by their marks, and note how many in the receipt."""
    erasures, paths = Erasures(run.lake), identity_records(run.lake)
    marks = erasures.barred().filter(customer_id=receipt.customer_id).select("mark")
    names = [pl.scan_parquet(path, glob=False).select("account_key") for path in paths]
    named = pl.concat([*names, pl.LazyFrame(schema={"account_key": pl.String})]).unique()
    marked = named.with_columns(mark=mark("account_key", run.lake.key())).join(marks.lazy(), on="mark")
    accounts = marked.select("account_key").collect(engine="streaming").lazy()
    found = {path: pl.read_parquet(path).lazy().join(accounts, on="account_key").collect().height for path in paths}
    receipt.note(receipt.night_records, {"/".join(path.parent.parts[-2:]): rows for path, rows in found.items()})
    erasures.keep(receipt)
    for path, rows in found.items():
        if rows:
            _rewrite(path, pl.read_parquet(path).lazy().join(accounts, on="account_key", how="anti"))


def identity_records(lake: Lake) -> list[Path]:
    """The identity graphs of all nights and runs."""
    return sorted((lake.root / "nights").glob(f"*/*/{IDENTITY}"))


def _rewrite(path: Path, kept: pl.LazyFrame) -> None:
    beside = path.with_name(f".{path.name}.new")
    kept.sort("account_key").sink_parquet(beside, sync_on_close="all")
    beside.replace(path)
