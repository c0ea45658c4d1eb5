"""From the text of a file to rows of its kinds' contracts, each with the cells it came from."""

from dataclasses import dataclass

import polars as pl

from transforms.contracts import rows
from transforms.contracts.rows import PROVENANCE
from transforms.contracts.table import Column, Table
from transforms.platforms.cells import clean, value, word
from transforms.platforms.detect import normalise
from transforms.platforms.layout import ANYTHING, Layout
from transforms.platforms.order_facts import RUN, fact, with_order_facts

TEXT_PREFIX = "text_"
"""Cleaned cell of a column, beside its value: from both a rule tells that something stood there, unreadable."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the reader knows of a group of files with one header."""

    layout: Layout
    positions: dict[str, int]
    """Header of the layout -> its position in the files."""
    store_id: str
    """Store of rows that do not name one."""
    timezone: str
    """Zone of instants without an offset."""

    @property
    def mapped(self) -> set[str]:
        """Our columns that the files have."""
        return {name for name in self.layout.columns if self.places(name)}

    def places(self, column: str) -> list[int]:
        """Positions of the cells that may hold our column, the one that counts most first."""
        return [self.positions[header] for header in self.layout.headers(column) if header in self.positions]


def typed_rows(text: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    """Rows with the columns of the kinds' contracts, and `text_<column>` beside each mapped one.

    `text`: the columns of `rows.PROVENANCE` and one text column `cell_<position>` for each cell. Unmapped columns
    of the contracts are null. Nothing is dropped here: what cannot be read is null with text beside it.
    """
    layout = source.layout
    facts = _fact_places(source)
    told = with_order_facts(text, source.places("order_id")[0], facts) if facts else text
    cells = {name: _text(source, name, facts) for name in sorted(source.mapped)}
    if layout.statuses:
        # A status that none fits stays as it is, for a rule to find.
        cells["order_state"] = pl.coalesce(_state(source, facts), cells["order_state"])
    read = told.with_columns(cell.alias(TEXT_PREFIX + name) for name, cell in cells.items()).with_columns(
        _column_value(column, source) for column in _columns(layout)
    )
    tables = layout.tables
    read = _with_order_line_facts(read, layout) if rows.ORDER_LINE in tables else read
    return _with_order_total(read) if rows.PURCHASE_ORDER in tables and "order_total" in source.mapped else read


def rows_of(table: Table, good: pl.LazyFrame, layout: Layout) -> pl.LazyFrame:
    """Rows of `table` among the good ones of a file of `layout`, in their order: every row is of the layout's kind.

    An order that several rows tell of is told by the last one, on which all its facts stand.
    """
    if table is layout.table:
        return good
    return good.filter(pl.col(RUN).ne_missing(pl.col(RUN).shift(-1)))


def _columns(layout: Layout) -> list[Column]:
    provenance = {column.name for column in PROVENANCE}
    columns = {column.name: column for table in layout.tables for column in table.columns}
    return [column for name, column in columns.items() if name not in provenance]


def _fact_places(source: Source) -> list[int]:
    """Positions of the cells that tell of the order, where several rows may tell of one."""
    layout = source.layout
    if not layout.is_order_too:
        return []
    names = [name for name in source.mapped if name in _ORDER_FACTS]
    headers = {header for status in layout.statuses for header in status.cells}
    of_status = {source.positions[header] for header in headers if header in source.positions}
    return sorted({place for name in names for place in source.places(name)} | of_status)


_ORDER_FACTS = set(rows.PURCHASE_ORDER.column_names) - {"store_id", "order_id"}


def _cell(place: int, facts: list[int]) -> pl.Expr:
    return pl.col(fact(place) if place in facts else f"cell_{place}")


def cleaned(source: Source, name: str) -> pl.Expr:
    """The cleaned cell of our column, before any fact of its order is carried to the row."""
    return _text(source, name, [])


def _text(source: Source, name: str, facts: list[int]) -> pl.Expr:
    cells = [clean(_cell(place, facts), name) for place in source.places(name)]
    if name in source.layout.joined:
        together = pl.concat_str(cells, separator=" ", ignore_nulls=True)
        return pl.when(together != "").then(together)
    return pl.coalesce(cells)


def _state(source: Source, facts: list[int]) -> pl.Expr:
    return pl.coalesce(
        pl.when(pl.all_horizontal(_says(source, header, words, facts) for header, words in status.cells.items())).then(
            pl.lit(status.order_state)
        )
        for status in source.layout.statuses
    )


def _says(source: Source, header: str, words: tuple[str, ...], facts: list[int]) -> pl.Expr:
    known = header in source.positions
    said = word(clean(_cell(source.positions[header], facts))).fill_null("") if known else pl.lit("")
    return said != "" if words == ANYTHING else said.is_in([normalise(text) for text in words])


def _column_value(column: Column, source: Source) -> pl.Expr:
    if column.name in source.mapped:
        read = value(pl.col(TEXT_PREFIX + column.name), column, source.timezone)
        return (
            read.fill_null(source.store_id).alias(column.name) if column.name == "store_id" else read.alias(column.name)
        )
    return pl.lit(source.store_id if column.name == "store_id" else None).alias(column.name)


def _with_order_total(read: pl.LazyFrame) -> pl.LazyFrame:
    total, paid, back = pl.col("order_total"), pl.col("customer_paid"), pl.col("refunded_amount")
    return read.with_columns(customer_paid=pl.when((back > 0) & (paid + back == total)).then(total).otherwise(paid))


def _with_order_line_facts(read: pl.LazyFrame, layout: Layout) -> pl.LazyFrame:
    is_refund = pl.col("order_id").str.starts_with(layout.refund_prefix) if layout.refund_prefix else pl.lit(False)
    if "is_refund" in layout.columns:
        is_refund = pl.col("is_refund")
    is_goods = ~_matches_any(pl.col("product_id"), layout.not_goods)
    if "is_goods" in layout.columns:
        is_goods &= pl.col("is_goods")
    return read.with_columns(
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
