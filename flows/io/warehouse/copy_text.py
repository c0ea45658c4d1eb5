r"""Frames in the text format of PostgreSQL's COPY.

Not its CSV: servers before 18 end the data at a line that reads `\.`, even inside quotes.
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from transforms.contracts.table import Column, Table, Type

NULL = "\\N"
ESCAPES: Mapping[str, str] = MappingProxyType(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
)
"""Characters that stand for something else in the format, as the server writes them."""

WRITTEN = {**ESCAPES, "\0": ""}
"""PostgreSQL cannot hold the character NUL; it is dropped."""

INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%S%.6fZ"

NUMBERED: Mapping[Type, pl.DataType] = MappingProxyType({Type.DATE: pl.Int32(), Type.INSTANT: pl.Int64()})
"""Types the server is asked to send as a number: days and microseconds since 1970."""


def written(frame: pl.DataFrame, table: Table) -> bytes:
    """Rows of a frame in the contract's types, columns in contract order."""
    lines = frame.select(_text(column) for column in table.columns).write_csv(
        include_header=False,
        separator="\t",
        quote_style="never",
        null_value=NULL,
        datetime_format=INSTANT_FORMAT,
        date_format="%Y-%m-%d",
    )
    return lines.encode()


def read(data: bytes, table: Table) -> pl.DataFrame:
    """The frame of rows the server wrote, dates and instants and money as the integers they were asked for."""
    schema = {column.name: NUMBERED.get(column.type, table.polars_schema[column.name]) for column in table.columns}
    if not data:
        return pl.DataFrame(schema=schema)
    frame = pl.read_csv(
        data,
        has_header=False,
        separator="\t",
        quote_char=None,
        null_values=NULL,
        empty_string_is_null=False,
        schema=schema,
    )
    return frame.with_columns(pl.col(pl.String).str.replace_many(list(ESCAPES.values()), list(ESCAPES)))


def _text(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    if column.type is Type.TEXT:
        return value.str.replace_many(list(WRITTEN), list(WRITTEN.values()))
    if column.type is Type.MONEY:
        # PostgreSQL reads 12345e-4 as a decimal, exactly.
        return value.cast(pl.String) + "e-4"
    return value
