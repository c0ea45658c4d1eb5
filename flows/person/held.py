"""Everything held on a person, table by table, without anything of others."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from flows.erasing.who import NOBODY, stands_for
from flows.faults import InputError
from flows.identity_records import accounts_in, identity_records
from flows.io.warehouse import Warehouse
from flows.io.warehouse.person import Person, tells_of_people
from flows.night import Night
from flows.person.lake import FileRows, lake_rows
from flows.steps.corrections import FILE as CORRECTIONS
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Table

ABOUT_PEOPLE = tuple(name for name, table in WAREHOUSE.items() if tells_of_people(table))
SOMEBODY_ELSE = "(another customer)"
SHOWN_OF_CORRECTIONS = ("store_id", "kind", "subject_id", "column", "wrong", "right", "reason", "date")


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
    """What is held on the customer of that id, or of the id it stands for by now. Call under the lake's lock.

    Accounts are theirs as of the latest published night: what was parted from them since is somebody else's. Raises
    InputError if nobody is known by the id, and what `lake_rows` raises.
    """
    customer_id = stands_for(warehouse, customer_id) or customer_id
    accounts = accounts_in(_latest_record(night, warehouse), customer_id)
    lake = lake_rows(night, accounts)
    person = Person(customer_id, lake.order_keys, lake.lines)
    found = warehouse.read_person(person, ABOUT_PEOPLE)
    if accounts.is_empty() and not any(frame.height for frame in found.values()):
        raise InputError(NOBODY)
    links = found["mart.customer_link"]
    own_ids = [customer_id, *links.filter(new_customer_id=customer_id, verdict="joined")["old_customer_id"]]
    return Held(
        customer_id,
        [
            (WAREHOUSE[name], own)
            for name, frame in found.items()
            if not (own := _without_others(frame, customer_id, own_ids)).is_empty()
        ],
        lake.files,
        accounts["account_key"].to_list(),
        _nights(night, accounts),
        _corrections(night, accounts, lake.order_keys),
        lake.broken,
    )


def _latest_record(night: Night, warehouse: Warehouse) -> list[Any]:
    latest = warehouse.latest_published()
    run = warehouse.run(latest) if latest else None
    return identity_records(night.lake, f"{latest}/{run['published_run_id']}") if run else []


def _without_others(frame: pl.DataFrame, customer_id: str, own_ids: list[str]) -> pl.DataFrame:
    """Rows of nobody else, and in them nobody else's id."""
    if "customer_id" in frame.columns:
        frame = frame.filter(pl.col("customer_id").is_null() | (pl.col("customer_id") == customer_id))
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
    """Those about an account or order of theirs. Where they tell whose it is, the other one is left out."""
    subjects = [*accounts["account_key"], *order_keys]
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    for path in sorted((night.lake.root / "nights").glob(f"*/*/{CORRECTIONS}")):
        read = pl.read_csv(path, infer_schema=False).rename(lambda name: name.strip().lower())
        about = read.filter(pl.concat_str("store_id", pl.lit("/"), "subject_id").is_in(subjects))
        tells_of_others = pl.col("column").str.contains("(?i)account|buyer|customer")
        shown = about.filter(~tells_of_others.fill_null(False)).select(SHOWN_OF_CORRECTIONS)
        told |= {tuple(row.values()): row for row in shown.to_dicts()}
    return list(told.values())
