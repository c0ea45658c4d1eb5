"""The words a contract is written in: column types, privacy classes, columns and tables."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import polars as pl

MONEY_SCALE = 10_000
"""Money is counted in ten-thousandths of the currency unit, so that sums do not depend on their order."""


class Type(StrEnum):
    """What a column holds; each way out of the house (Polars, SQL, checks, docs) has one translation of it."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"


POLARS_TYPES: dict[Type, pl.DataType] = {
    Type.TEXT: pl.String(),
    Type.INTEGER: pl.Int64(),
    Type.MONEY: pl.Int64(),
    Type.NUMBER: pl.Float64(),
    Type.BOOLEAN: pl.Boolean(),
    Type.DATE: pl.Date(),
    Type.INSTANT: pl.Datetime("us", "UTC"),
}


class Privacy(StrEnum):
    """Who may see a column: anyone with the mart, or only those granted personal data."""

    PUBLIC = "public"
    PERSONAL = "personal"


class Schema(StrEnum):
    """Where a table lies. `row` and `staged` are Parquet in the lake, the others schemas of the warehouse."""

    ROW = "row"
    STAGED = "staged"
    MART = "mart"
    CONTACT = "contact"
    QUALITY = "quality"
    OPS = "ops"


WAREHOUSE_SCHEMAS = (Schema.MART, Schema.CONTACT, Schema.QUALITY, Schema.OPS)


class Replace(StrEnum):
    """What publishing a night replaces in a warehouse table."""

    NIGHT = "night"
    """The rows of this `as_of_date`."""
    LATEST = "latest"
    """The whole table, unless a later night is published already."""
    ALWAYS = "always"
    """The whole table, whatever night it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract. `values`, `minimum` and `maximum` become checks in the gate."""

    name: str
    type: Type
    description: str
    nullable: bool = False
    privacy: Privacy = Privacy.PUBLIC
    unit: str | None = None
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def optional(self) -> "Column":
        """The same column where it may be null."""
        return replace(self, nullable=True)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its grain, its key and every column it has. The single source for everything made from it."""

    schema: Schema
    name: str
    grain: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    replaces: Replace = Replace.LATEST

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        missing = [part for part in self.key if part not in names]
        if missing or len(set(names)) != len(names):
            raise ValueError(f"contract {self.full_name}: key {missing} not declared, or a column declared twice")

    @property
    def full_name(self) -> str:
        """`schema.name`, as an analyst writes it."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> list[str]:
        """Names in contract order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column of that name; raises KeyError for one the contract does not declare."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.full_name} has no column {name}")

    @property
    def polars_schema(self) -> dict[str, pl.DataType]:
        """Column name to Polars type, in contract order."""
        return {column.name: POLARS_TYPES[column.type] for column in self.columns}

    def conform(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """`frame` with exactly the contract's columns, types and order.

        Raises a Polars ColumnNotFoundError when the frame is collected, if a column is missing.
        """
        return frame.select(pl.col(name).cast(dtype) for name, dtype in self.polars_schema.items())

    def empty(self) -> pl.DataFrame:
        """A frame of the contract's columns and no rows."""
        return pl.DataFrame(schema=self.polars_schema)


def by_name(tables: Iterable[Table]) -> dict[str, Table]:
    """Tables under their full names."""
    return {table.full_name: table for table in tables}
