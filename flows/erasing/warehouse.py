"""The warehouse without the person, and without the rejected rows that left the lake."""

import polars as pl

from flows.erasing.accounts import barred_accounts, own_ids
from flows.io.erasures import Erasures, Receipt
from flows.io.lake import Lake
from flows.io.warehouse import Warehouse
from flows.io.warehouse.person import Person
from flows.night import Night
from transforms.identity.marks import LINE, mark


def clear_warehouse(run: Night, warehouse: Warehouse, receipt: Receipt) -> None:
    """Note in the receipt what the warehouse holds of the person, then remove it."""
    erasures = Erasures(run.lake)
    barred = erasures.barred().filter(customer_id=receipt.customer_id)
    orders = warehouse.distinct("mart.purchase_order", ("order_key",))
    theirs = orders.with_columns(mark=mark("order_key", run.lake.key())).join(barred, on="mark")
    rejected = _no_longer_held(run.lake, warehouse.distinct("quality.quarantine", ("file_id", "line_number")))
    accounts = barred_accounts(run.lake, barred)
    # Reading has found accounts that no identity joined, by their buyer.
    receipt.customer_ids = sorted(own_ids(run.lake, accounts).union(receipt.customer_ids))
    receipt.accounts = max(receipt.accounts, accounts.height)
    person = Person(tuple(receipt.customer_ids), tuple(theirs["order_key"]), rejected)
    receipt.note(receipt.tables, warehouse.count_person(person))
    erasures.keep(receipt)
    warehouse.erase_person(person)


def _no_longer_held(lake: Lake, rejected: pl.DataFrame) -> pl.DataFrame:
    """The rejected rows, of any night, that the lake's copy of their file holds no longer."""
    redacted = {file.file_id: lake.redacted_path(file.sha256) for file in lake.known_files() if file.erased}
    of_redacted = rejected.filter(pl.col("file_id").is_in(list(redacted)))
    for file_id in of_redacted["file_id"].unique():
        held = pl.read_parquet(redacted[file_id], columns=["line_number"]).with_columns(file_id=pl.lit(file_id))
        of_redacted = of_redacted.join(held, on=LINE, how="anti")
    return of_redacted
