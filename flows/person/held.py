"""Everything held on a person, table by table, without anything of others."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from flows.erasing.accounts import identity_records, known
from flows.erasing.who import NOBODY
from flows.faults import InputError
from flows.io.warehouse import Warehouse
from flows.io.warehouse.person import Person, tells_of_people
from flows.night import Night
from flows.person.lake import FileRows, lake_rows
from flows.steps.corrections import FILE as CORRECTIONS
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Table

ABOUT_PEOPLE = tuple(name for name, table in WAREHOUSE.items() if tells_of_people(table))
SOMEBODY_ELSE = "(another customer)"
SHOWN_OF_CORRECTIONS = ("store_id", "kind", "subject_id", "column", "reason", "date")
"""Not what was wrong, which may be somebody else's; what it was put right to stands in the rows."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held, and where."""

    customer_id: str
    tables: list[tuple[Table, pl.DataFrame]]
    """Tables of the warehouse that hold rows of the person."""
    files: list[FileRows]
    accounts: list[str]
    nights: list[tuple[str, str]]
    """Date and run of the nights whose record names the person's accounts."""
    corrections: list[dict[str, Any]]
    """Lines of the corrections kept with nights, each once: `SHOWN_OF_CORRECTIONS`."""
    broken: dict[str, int]
    """File name -> rows of which nobody can tell whose they are."""

    def counts(self) -> dict[str, int]:
        """Rows by place, where there are any."""
        told = {table.full_name: frame.height for table, frame in self.tables}
        told |= {rows.file.file_name: len(rows.cells) for rows in self.files}
        told |= {"records of nights": len(self.nights), "corrections": len(self.corrections)}
        return {place: count for place, count in told.items() if count}


def held(night: Night, warehouse: Warehouse, customer_id: str) -> Held:
    """What is held on the customer whom the id means, also an earlier one. Call under the lake's lock.

    Accounts are theirs as of the newest record: what was parted from them since is somebody else's. Raises InputError
    if no night knows the id, and what `lake_rows` raises.
    """
    whom = known(night.lake, customer_id)
    if whom is None:
        is_held = bool(warehouse.count_person(Person((customer_id,))))
        unknown = f"no night's record tells which accounts {customer_id} has; run a night, then ask again"
        raise InputError(unknown if is_held else NOBODY)
    lake = lake_rows(night, whom.accounts)
    own_ids = sorted(whom.customer_ids)
    found = warehouse.read_person(Person(tuple(own_ids), lake.order_keys, lake.lines), ABOUT_PEOPLE)
    owned = {name: _without_others(frame, own_ids) for name, frame in found.items()}
    return Held(
        whom.customer_id,
        [(WAREHOUSE[name], frame) for name, frame in owned.items() if frame.height],
        lake.files,
        whom.accounts["account_key"].sort().to_list(),
        _nights(night, whom.accounts),
        _corrections(night, whom.accounts, lake.order_keys),
        lake.broken,
    )


def _without_others(frame: pl.DataFrame, own_ids: list[str]) -> pl.DataFrame:
    """Rows of nobody else, and in them nobody else's id."""
    if "customer_id" in frame.columns:
        frame = frame.filter(pl.col("customer_id").is_null() | pl.col("customer_id").is_in(own_ids))
    ids = [pl.col(name) for name in frame.columns if name.endswith("customer_id")]
    return frame.with_columns(
        pl.when(name.is_null() | name.is_in(own_ids)).then(name).otherwise(pl.lit(SOMEBODY_ELSE)) for name in ids
    )


def _nights(night: Night, accounts: pl.DataFrame) -> list[tuple[str, str]]:
    told = []
    for path in identity_records(night.lake):
        found = pl.scan_parquet(path, glob=False).join(accounts.lazy(), on="account_key", how="semi")
        if found.select(pl.len()).collect().item():
            told.append((path.parent.parent.name, path.parent.name))
    return told


def _corrections(night: Night, accounts: pl.DataFrame, order_keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Those about an account or order of theirs."""
    subjects = [*accounts["account_key"], *order_keys]
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    for path in sorted((night.lake.root / "nights").glob(f"*/*/{CORRECTIONS}")):
        read = pl.read_csv(path, infer_schema=False).rename(lambda name: name.strip().lower())
        about = read.filter(pl.concat_str("store_id", pl.lit("/"), "subject_id").is_in(subjects))
        told |= {tuple(row.values()): row for row in about.select(SHOWN_OF_CORRECTIONS).to_dicts()}
    return list(told.values())
