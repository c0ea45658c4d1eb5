"""From the text of a file to rows of its kind's contract, each with the cells it came from."""

from dataclasses import dataclass

import polars as pl

from transforms.contracts.rows import PROVENANCE
from transforms.contracts.table import Column
from transforms.platforms.cells import clean, value
from transforms.platforms.layout import Layout

TEXT_PREFIX = "text_"
"""Cleaned cell of a column, beside its value: from both a rule tells that something stood there, unreadable."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the reader knows of a group of files with one header."""

    layout: Layout
    positions: dict[str, int]
    """Our column -> position of its header."""
    store_id: str
    """Store of rows that do not name one."""
    timezone: str
    """Zone of instants without an offset."""


def typed_rows(text: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    """Rows with the columns of the kind's contract, and `text_<column>` beside each mapped one.

    `text`: the columns of `rows.PROVENANCE` and one text column `cell_<position>` for each cell. Unmapped columns
    of the contract are null. Nothing is dropped here: what cannot be read is null with text beside it.
    """
    table = source.layout.table
    provenance = {column.name for column in PROVENANCE}
    columns = [column for column in table.columns if column.name not in provenance]
    cells = {name: clean(pl.col(f"cell_{position}")) for name, position in source.positions.items()}
    rows = text.with_columns(cell.alias(TEXT_PREFIX + name) for name, cell in cells.items()).with_columns(
        _column_value(column, source) for column in columns
    )
    return _with_order_line_facts(rows, source.layout) if source.layout.kind == "order_line" else rows


def _column_value(column: Column, source: Source) -> pl.Expr:
    if column.name in source.positions:
        read = value(pl.col(TEXT_PREFIX + column.name), column, source.timezone)
        return (
            read.fill_null(source.store_id).alias(column.name) if column.name == "store_id" else read.alias(column.name)
        )
    return pl.lit(source.store_id if column.name == "store_id" else None).alias(column.name)


def _with_order_line_facts(rows: pl.LazyFrame, layout: Layout) -> pl.LazyFrame:
    is_refund = pl.col("order_id").str.starts_with(layout.refund_prefix) if layout.refund_prefix else pl.lit(False)
    if "is_refund" in layout.columns:
        is_refund = pl.col("is_refund")
    is_goods = ~_matches_any(pl.col("product_id"), layout.not_goods)
    if "is_goods" in layout.columns:
        is_goods &= pl.col("is_goods")
    return rows.with_columns(
        is_refund=is_refund.fill_null(False),
        quantity=pl.when(is_refund).then(-pl.col("quantity")).otherwise(pl.col("quantity")),
        is_goods=is_goods,
    )


def _matches_any(code: pl.Expr, patterns: tuple[str, ...]) -> pl.Expr:
    lowered = code.str.to_lowercase()
    exact = [pattern.lower() for pattern in patterns if not pattern.endswith("*")]
    endings = [
        lowered.str.starts_with(pattern.lower().removesuffix("*")) for pattern in patterns if pattern.endswith("*")
    ]
    return pl.any_horizontal(lowered.is_in(exact), *endings).fill_null(False)
