"""What the warehouse holds of one customer, found by the columns of the contracts, read and removed by them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import sqlalchemy as sa

from flows.io.warehouse.tables import sql_table
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Column, Table, Type

AT_ONCE = 5_000
"""Values in a statement; PostgreSQL takes 65,535."""


@dataclass(frozen=True, slots=True)
class Person:
    """One customer, and what is theirs beyond the rows that bear their id."""

    customer_id: str
    order_keys: tuple[str, ...] = ()
    """Orders that are theirs, whoever the warehouse takes the buyer for."""
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"file_id": str, "line_number": int}))
    """`file_id`, `line_number` of rejected rows."""


def rows_of_person(connection: sa.Connection, person: Person) -> dict[str, int]:
    """How many rows of each table are the person's, where there are any."""
    counts: dict[str, int] = {}
    for table, condition in _conditions(person, WAREHOUSE.values()):
        found = connection.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0
        counts[table.fullname] = counts.get(table.fullname, 0) + found
    return {name: count for name, count in counts.items() if count}


def read_rows_of_person(
    connection: sa.Connection, person: Person, tables: Iterable[Table], asked_as: Callable[[Column], str]
) -> dict[str, pl.DataFrame]:
    """Those rows of `tables` by full name, in the contract's types, sorted by key.

    `asked_as`: a column in the warehouse's SQL; money in ten-thousandths and instants in microseconds since 1970.
    """
    wanted = {table.full_name: table for table in tables}
    frames = {name: [table.empty()] for name, table in wanted.items()}
    for found, condition in _conditions(person, wanted.values()):
        table = wanted[found.fullname]
        columns: list[sa.Label[object]] = [
            sa.literal_column(asked_as(column)).label(column.name) for column in table.columns
        ]
        rows = connection.execute(sa.select(*columns).select_from(found).where(condition)).all()
        schema = table.polars_schema | {
            column.name: pl.Int64() for column in table.columns if column.type is Type.INSTANT
        }
        frames[table.full_name].append(
            table.conform(pl.LazyFrame([tuple(row) for row in rows], schema=schema, orient="row")).collect()
        )
    return {name: pl.concat(parts).sort(wanted[name].key) for name, parts in frames.items()}


def delete_person(connection: sa.Connection, person: Person) -> None:
    """Delete those rows, and the person's id from rows of others that mention it."""
    for table, condition in _conditions(person, WAREHOUSE.values()):
        connection.execute(sa.delete(table).where(condition))
    for table, column in _mentions():
        connection.execute(sa.update(table).where(column == person.customer_id).values({column: None}))


def tells_of_people(table: Table) -> bool:
    """Whether a row of `table` can be one person's, so that an erasure looks there."""
    return bool(_customer_columns(table)) or _has_orders(table) or _has_lines(table)


def _conditions(person: Person, tables: Iterable[Table]) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """No row meets two conditions, so that counts add up."""
    metadata = sa.MetaData()
    for table in filter(tells_of_people, tables):
        found = sql_table(table, metadata)
        customers = [found.c[name] for name in _customer_columns(table)]
        if customers:
            yield found, sa.or_(*(column == person.customer_id for column in customers))
        others = [column.is_distinct_from(person.customer_id) for column in customers]
        if _has_orders(table):
            for keys in _some(list(person.order_keys)):
                yield found, sa.and_(found.c.order_key.in_(keys), *others)
        if _has_lines(table):
            for file_id, numbers in person.rejected.group_by("file_id").agg("line_number").sort("file_id").iter_rows():
                for some in _some(numbers):
                    yield found, sa.and_(found.c.file_id == file_id, found.c.line_number.in_(some), *others)


def _mentions() -> Iterator[tuple[sa.Table, sa.Column[str]]]:
    """Columns with the id of another customer than the row is about, such as who brought them."""
    metadata = sa.MetaData()
    for table in WAREHOUSE.values():
        whose = _customer_columns(table)
        others = [name for name in table.column_names if name.endswith("customer_id") and name not in whose]
        if others:
            found = sql_table(table, metadata)
            yield from ((found, found.c[name]) for name in others)


def _customer_columns(table: Table) -> list[str]:
    """Columns that tell whose a row is. A row with a customer of its own is not that of whom it mentions."""
    names = [name for name in table.column_names if name.endswith("customer_id")]
    return ["customer_id"] if "customer_id" in names else names


def _has_orders(table: Table) -> bool:
    return "order_key" in table.column_names


def _has_lines(table: Table) -> bool:
    return {"file_id", "line_number"} <= set(table.column_names)


def _some(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
