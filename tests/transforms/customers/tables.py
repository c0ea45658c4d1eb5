"""Frames of a contract's columns from rows that tell only what a test is about."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from transforms.contracts import staged
from transforms.contracts.table import Table

AS_OF = date(2026, 3, 4)
ZONE = "Asia/Shanghai"
Row = dict[str, object]


def table(contract: Table, rows: list[Row], **further: pl.DataType | type[pl.DataType]) -> pl.LazyFrame:
    """A frame of `rows`, null where they say nothing, with `further` columns."""
    schema = {**contract.polars_schema, **further}
    return pl.LazyFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def at(day: int, hour: int = 12, minute: int = 0) -> Row:
    """`happened_at` so many days after `AS_OF` on the clocks of `ZONE`, which are eight hours ahead, and its date."""
    local = datetime(2026, 3, 4, hour, minute, tzinfo=UTC) + timedelta(days=day)
    return {"happened_at": local - timedelta(hours=8), "happened_date": local.date()}


def notes(rows: list[Row]) -> pl.LazyFrame:
    """staged.customer_attribute with `customer_id`, of customer `c1`, account `web/1` and source `form` unless told."""
    plain = {
        "customer_id": "c1",
        "account_key": "web/1",
        "source": "form",
        "known_at": datetime(2026, 3, 1, tzinfo=UTC),
    }
    return table(staged.CUSTOMER_ATTRIBUTE, [{**plain, **row} for row in rows], customer_id=pl.String)


def by_customer(found: pl.LazyFrame) -> dict[str, Row]:
    """The rows of a frame of one row a customer, without the id."""
    rows = found.collect().rows(named=True)
    told = {row.pop("customer_id"): row for row in rows}
    assert len(told) == len(rows)
    return told
