"""Bar: keep the marks by which no file can bring the person back, before anything is removed."""

from datetime import UTC, datetime
from importlib.metadata import version

import polars as pl

from flows.erasing.records import identity_records
from flows.erasing.who import COMPARED, NOBODY, addresses
from flows.faults import InputError
from flows.io.erasures import Erasures, Receipt
from flows.io.lake import Lake
from flows.io.warehouse import Warehouse
from flows.io.warehouse.person import Person
from flows.night import Night
from transforms.identity.customers import customer_ids
from transforms.identity.marks import mark


def bar(run: Night, warehouse: Warehouse, customer_id: str) -> Receipt | None:
    """Bar the accounts and addresses of the customer. The receipt, open still; None if the person is gone already.

    Raises InputError if no night knows the customer, or one does and its record of accounts is missing; and under
    another key than the nights', whose marks would bar nobody.
    """
    erasures = Erasures(run.lake)
    begun = [receipt for receipt in erasures.pending() if receipt.customer_id == customer_id]
    accounts = _accounts(run.lake, customer_id)
    if accounts.is_empty() and not begun and not _is_back(erasures, warehouse, customer_id):
        return None
    _refuse_wrong_key(run.lake, customer_id, accounts)
    receipt = begun[0] if begun else _opened(run, customer_id)
    receipt.accounts = max(receipt.accounts, accounts.height)
    erasures.keep(receipt)
    erasures.bar(_marks(run.lake, warehouse, customer_id, accounts))
    return receipt


def _accounts(lake: Lake, customer_id: str) -> pl.DataFrame:
    """`account_key` of every account the customer had in any night whose record is kept."""
    records = [pl.scan_parquet(path, glob=False) for path in identity_records(lake)]
    found = [record.filter(customer_id=customer_id).select("account_key") for record in records]
    return pl.concat([*found, pl.LazyFrame(schema={"account_key": pl.String})]).unique().collect()


def _is_back(erasures: Erasures, warehouse: Warehouse, customer_id: str) -> bool:
    """Whether a warehouse put back from a backup holds somebody who was erased."""
    is_barred = not erasures.barred().filter(customer_id=customer_id).is_empty()
    is_held = bool(warehouse.count_person(Person((customer_id,))))
    if is_held and not is_barred:
        raise InputError(f"no night's record tells which accounts {customer_id} has; run a night, then erase again")
    if not is_held and not is_barred:
        raise InputError(NOBODY)
    return is_held


def _refuse_wrong_key(lake: Lake, customer_id: str, accounts: pl.DataFrame) -> None:
    grouped = accounts.lazy().select("account_key", group_key="account_key", first_order_at=pl.lit(None, pl.Date))
    if not accounts.is_empty() and customer_id not in customer_ids(grouped, lake.key()).collect()["customer_id"]:
        raise InputError(f"{customer_id} was named under another key; set REGULARS_KEY to the one of the nights")


def _opened(run: Night, customer_id: str) -> Receipt:
    before = {file.file_id: file.erased for file in run.lake.known_files()}
    asked_at = datetime.now(UTC).isoformat(timespec="seconds")
    return Receipt(customer_id, asked_at, version("regulars"), erased_before=before)


def _marks(lake: Lake, warehouse: Warehouse, customer_id: str, accounts: pl.DataFrame) -> pl.DataFrame:
    found = {"account_key": accounts}
    for column in COMPARED:
        found[column] = addresses(warehouse, column).filter(customer_id=customer_id)
    marks = [frame.select(mark=mark(column, lake.key())) for column, frame in found.items()]
    return pl.concat(marks).select(customer_id=pl.lit(customer_id), mark="mark").unique()
