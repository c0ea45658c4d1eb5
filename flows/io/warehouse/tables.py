"""The warehouse's tables and its view in SQL, made from the contracts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from transforms.contracts import WAREHOUSE, mart
from transforms.contracts.table import Column, Privacy, Schema, Table, Type

SQL_TYPES: Mapping[Type, sa.types.TypeEngine[Any]] = MappingProxyType(
    {
        Type.TEXT: sa.Text(),
        Type.INTEGER: sa.BigInteger(),
        Type.MONEY: sa.Numeric(18, 4),
        Type.NUMBER: sa.Double(),
        Type.BOOLEAN: sa.Boolean(),
        Type.DATE: sa.Date(),
        Type.INSTANT: sa.DateTime(timezone=True),
    }
)

CUSTOMER_CURRENT = Table(
    Schema.MART,
    "customer_current",
    grain="one customer",
    description="Who buys and what the latest published night thinks of them.",
    key=("customer_id",),
    columns=(
        *mart.CUSTOMER.columns,
        *(column for column in mart.CUSTOMER_SCORE.columns if column.name not in mart.CUSTOMER.column_names),
    ),
)
"""The only view; readable like a table, written by nobody."""

READABLE: Mapping[str, Table] = MappingProxyType({**WAREHOUSE, CUSTOMER_CURRENT.full_name: CUSTOMER_CURRENT})
"""Everything a reader finds, by full name."""


def table_comment(table: Table) -> str:
    """The grain, then what the table tells."""
    return f"{table.grain[0].upper()}{table.grain[1:]}. {table.description}"


def column_comment(column: Column) -> str:
    """The description, with unit, allowed values and privacy where the contract declares them."""
    parts = [column.description]
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    if column.values:
        parts.append(f"One of: {', '.join(column.values)}.")
    if column.privacy is Privacy.PERSONAL:
        parts.append("Personal data.")
    return " ".join(parts)


def customer_columns(table: Table) -> list[Column]:
    """Columns that hold the id of a customer."""
    return [column for column in table.columns if f"_{column.name}".endswith("_customer_id")]


def sql_table(table: Table, metadata: sa.MetaData) -> sa.Table:
    """The table in SQL. Its key exists on PostgreSQL only: on DuckDB a key costs eight times the load."""
    columns = (
        sa.Column(column.name, SQL_TYPES[column.type], nullable=column.nullable, comment=column_comment(column))
        for column in table.columns
    )
    key = sa.PrimaryKeyConstraint(*table.key).ddl_if(dialect="postgresql")
    return sa.Table(table.name, metadata, *columns, key, schema=str(table.schema), comment=table_comment(table))


def metadata_of(tables: Mapping[str, Table]) -> sa.MetaData:
    """Those tables, in a collection of their own."""
    metadata = sa.MetaData()
    for table in tables.values():
        sql_table(table, metadata)
    return metadata


def view_statements() -> tuple[str, ...]:
    """The SQL, the same for both warehouses, that creates `mart.customer_current` with its comments.

    The latest night is taken from the scores, not from `ops.run`, because the BI file holds `mart` alone. It is the
    same night: one that stopped writes no scores.
    """
    own = set(mart.CUSTOMER.column_names)
    columns = ", ".join(
        f"{'customer' if column.name in own else 'score'}.{column.name}" for column in CUSTOMER_CURRENT.columns
    )
    name = CUSTOMER_CURRENT.full_name
    return (
        f"CREATE VIEW {name} AS SELECT {columns} FROM mart.customer AS customer"  # noqa: S608 - names of the contracts
        " JOIN mart.customer_score AS score ON score.customer_id = customer.customer_id"
        " WHERE score.as_of_date = (SELECT max(as_of_date) FROM mart.customer_score)",
        f"COMMENT ON VIEW {name} IS {_literal(table_comment(CUSTOMER_CURRENT))}",
        *(
            f"COMMENT ON COLUMN {name}.{column.name} IS {_literal(column_comment(column))}"
            for column in CUSTOMER_CURRENT.columns
        ),
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
