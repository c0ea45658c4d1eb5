"""Bar: keep the marks by which no file can bring the person back, before anything is removed."""

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version

import polars as pl

from flows.erasing.accounts import known
from flows.erasing.who import COMPARED, NOBODY, addresses, ways_to_write
from flows.faults import InputError
from flows.io.erasures import Erasures, Receipt
from flows.io.lake import Lake
from flows.io.warehouse import Warehouse
from flows.io.warehouse.person import Person
from flows.night import Night
from transforms.identity.marks import mark


def bar(run: Night, warehouse: Warehouse, customer_id: str) -> Receipt | None:
    """Bar the accounts and addresses of the customer. The receipt, open still; None if the person is gone already.

    `customer_id`: any they have or had. Raises InputError if no night knows the customer, or one does and its record of
    accounts is missing; and under another key than the nights', whose marks would bar nobody.
    """
    erasures = Erasures(run.lake)
    found, before = known(run.lake, customer_id), erasures.of(customer_id)
    ids = {customer_id}.union(*(receipt.customer_ids for receipt in before))
    begun = [receipt for receipt in before if receipt.finished_at is None]
    if found is None and not begun and not _is_back(erasures, warehouse, ids):
        return None
    newest = found.customer_id if found else before[-1].customer_id if before else customer_id
    receipt = begun[0] if begun else _opened(run, newest)
    receipt.customer_ids = sorted(ids | found.customer_ids if found else ids)
    accounts = found.accounts if found else pl.DataFrame(schema={"account_key": pl.String})
    receipt.accounts = max(receipt.accounts, accounts.height)
    erasures.keep(receipt)
    marks = _marks(run.lake, warehouse, receipt.customer_ids, accounts)
    erasures.bar(marks.select(customer_id=pl.lit(receipt.customer_id), mark="mark"))
    return receipt


def _is_back(erasures: Erasures, warehouse: Warehouse, ids: Iterable[str]) -> bool:
    """Whether a warehouse put back from a backup holds somebody who was erased."""
    ids = sorted(ids)
    is_barred = not erasures.barred().filter(pl.col("customer_id").is_in(ids)).is_empty()
    is_held = bool(warehouse.count_person(Person(tuple(ids))))
    if is_held and not is_barred:
        raise InputError(f"no night's record tells which accounts {ids[0]} has; run a night, then erase again")
    if not is_held and not is_barred:
        raise InputError(NOBODY)
    return is_held


def _opened(run: Night, customer_id: str) -> Receipt:
    before = {file.file_id: file.erased for file in run.lake.known_files()}
    asked_at = datetime.now(UTC).isoformat(timespec="seconds")
    return Receipt(customer_id, asked_at, version("regulars"), erased_before=before)


def _marks(lake: Lake, warehouse: Warehouse, ids: list[str], accounts: pl.DataFrame) -> pl.DataFrame:
    """`mark` of the accounts and of the published addresses in every way that an export may write them."""
    found = {"account_key": accounts}
    for column in COMPARED:
        theirs = addresses(warehouse, column).filter(pl.col("customer_id").is_in(ids))
        texts = [text for told in theirs["address"] for text in ways_to_write(column, told)]
        found[column] = pl.DataFrame({column: texts}, schema={column: pl.String})
    return pl.concat(frame.select(mark=mark(column, lake.key())) for column, frame in found.items()).unique()
