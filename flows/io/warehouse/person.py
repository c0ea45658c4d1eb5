"""What the warehouse holds of one customer, found by the columns of the contracts and removed by them.

A row is theirs by `customer_id`, or by another column of customers that may not be null, as in `mart.customer_link`.
Where it may, as in who brought a customer, the row is somebody else's and only the id in it goes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import sqlalchemy as sa

from flows.io.warehouse.tables import customer_columns, sql_table
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Table

AT_ONCE = 5_000
"""Values in a statement; PostgreSQL takes 65,535."""


@dataclass(frozen=True, slots=True)
class Person:
    """One customer, and what is theirs beyond the rows that bear their id."""

    customer_ids: tuple[str, ...]
    """Every id they have or had."""
    order_keys: tuple[str, ...] = ()
    """Orders that are theirs, whoever the warehouse takes the buyer for."""
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"file_id": str, "line_number": int}))
    """`file_id`, `line_number` of rejected rows."""


def rows_of_person(connection: sa.Connection, person: Person) -> dict[str, int]:
    """How many rows of each table are the person's, where there are any."""
    counts: dict[str, int] = {}
    for table, condition in _conditions(person):
        found = connection.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0
        counts[table.fullname] = counts.get(table.fullname, 0) + found
    return {name: count for name, count in counts.items() if count}


def delete_person(connection: sa.Connection, person: Person) -> None:
    """Delete those rows, and take their ids out of the rows of others."""
    for table, condition in _conditions(person):
        connection.execute(sa.delete(table).where(condition))
    for contract in WAREHOUSE.values():
        found = sql_table(contract, sa.MetaData())
        for name in _names_of_others(contract):
            is_theirs = found.c[name].in_(person.customer_ids)
            connection.execute(sa.update(found).values({name: None}).where(is_theirs))


def tells_of_people(table: Table) -> bool:
    """Whether a row of `table` can be one person's, so that an erasure looks there."""
    return bool(customer_columns(table)) or _has_orders(table) or _has_lines(table)


def _conditions(person: Person) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """No row meets two conditions, so that counts add up."""
    metadata = sa.MetaData()
    for table in filter(tells_of_people, WAREHOUSE.values()):
        found = sql_table(table, metadata)
        owners = [column.name for column in customer_columns(table) if column.name not in _names_of_others(table)]
        if owners:
            yield found, sa.or_(*(found.c[name].in_(person.customer_ids) for name in owners))
        # Null where nobody is told.
        others = [sa.func.coalesce(found.c[name], "").not_in(person.customer_ids) for name in owners]
        if _has_orders(table):
            for keys in _some(list(person.order_keys)):
                yield found, sa.and_(found.c.order_key.in_(keys), *others)
        if _has_lines(table):
            for file_id, numbers in person.rejected.group_by("file_id").agg("line_number").sort("file_id").iter_rows():
                for some in _some(numbers):
                    yield found, sa.and_(found.c.file_id == file_id, found.c.line_number.in_(some), *others)


def _names_of_others(table: Table) -> list[str]:
    return [column.name for column in customer_columns(table) if column.nullable and column.name != "customer_id"]


def _has_orders(table: Table) -> bool:
    return "order_key" in table.column_names


def _has_lines(table: Table) -> bool:
    return {"file_id", "line_number"} <= set(table.column_names)


def _some(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
