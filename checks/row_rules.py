"""Row rules: declared once a kind of file, evaluated in one pass; a row that breaks one goes to quarantine."""

from dataclasses import dataclass

import polars as pl

from transforms.contracts import rows
from transforms.contracts.rows import LARGEST_AMOUNT
from transforms.contracts.table import MONEY_SCALE, Column, Table, Type
from transforms.reading.cells import ROUNDED
from transforms.reading.corrections import IS_DROPPED
from transforms.reading.layout import Layout
from transforms.reading.order_facts import IS_CONTRADICTORY
from transforms.reading.typed_rows import TEXT_PREFIX

RULE_COLUMN = "rule"
COUNT_COLUMN = "rules_broken"


@dataclass(frozen=True, slots=True)
class RowRule:
    """One reason to reject a row. `broken` is true for such rows and must not be null."""

    name: str
    broken: pl.Expr
    hint: str


FORMS = {
    Type.INSTANT: "a date and time such as 2026-03-01 14:05:00",
    Type.INTEGER: "a whole number",
    Type.MONEY: "an amount such as 12.50",
    Type.BOOLEAN: "yes or no",
    Type.TEXT: "text",
}
"""What a cell of each type looks like, for hints."""

_ORDER_LINE = (
    RowRule(
        "price_negative",
        pl.col("unit_price").lt(0).fill_null(False),
        "A price is below zero. Book corrections outside the order export, or map them to refunds.",
    ),
    RowRule(
        "quantity_negative",
        (pl.col("quantity").lt(0) & ~pl.col("is_refund")).fill_null(False),
        "A quantity is below zero on a row that is no refund. Set refund_prefix if such orders are refunds.",
    ),
    RowRule(
        "refund_quantity_not_negative",
        (pl.col("quantity").lt(0) & pl.col("is_refund")).fill_null(False),
        "A refund note has a quantity above zero. Pieces taken back are negative in the export.",
    ),
    RowRule(
        "amount_too_large",
        (pl.col("unit_price").cast(pl.Float64) * pl.col("quantity")).abs().gt(LARGEST_AMOUNT).fill_null(False),
        "Price times quantity is beyond a million million. Correct the cell.",
    ),
    RowRule(
        "discount_negative",
        (pl.col("discount") < 0).fill_null(False),
        "The discount is below zero, so it would raise the price. Give it as a positive amount.",
    ),
    RowRule(
        "discount_above_price",
        (pl.col("discount") > pl.col("unit_price") * pl.col("quantity")).fill_null(False),
        "The discount is higher than the line. Give the discount of the line, as a positive amount.",
    ),
)


_ORDER_FACTS = RowRule(
    "order_facts_contradictory",
    pl.col(IS_CONTRADICTORY),
    "Rows of this order tell different things of the order as a whole. Export it again and open no file in between.",
)
_PAID_AMOUNT = RowRule(
    "customer_paid_missing",
    pl.col(TEXT_PREFIX + "customer_paid").is_null()
    & pl.col("order_state").is_in(["paid", "refunded"]).fill_null(False),
    "A paid order does not tell what was paid. Fill it in and export again.",
)


_PRICE = RowRule(
    "line_price_missing",
    pl.col("unit_price").is_null(),
    "A line that was bought tells no price, or no piece. Fill it in and export again.",
)
_TELL_PRICE = frozenset({"line_price", "line_paid", "line_state"})
"""Columns of lines of which a price can be made, or that say that none is needed."""

CORRECTED_AWAY = RowRule(
    "corrected_away",
    pl.col(IS_DROPPED),
    "The corrections file drops this row, and says why.",
)
"""The first rule of files that corrections may touch."""


def rules_for(layout: Layout, mapped: set[str], currency: str) -> tuple[RowRule, ...]:
    """Rules for rows of files of `layout` that have the columns `mapped`, in contract order.

    First what the contracts demand of each column (present, readable, an allowed word, within its limits), then what a
    kind demands.
    """
    of_columns = {
        rule.name: rule
        for table in layout.tables
        for column in table.columns
        if column.name in mapped
        for rule in _column_rules(table, column, layout)
    }
    is_made = not mapped.isdisjoint(_TELL_PRICE)
    if is_made:
        of_columns.pop("unit_price_missing", None)
    of_lines = (*((_PRICE,) if is_made else ()), *(_ORDER_LINE if rows.ORDER_LINE in layout.tables else ()))
    of_orders = (
        *((_ORDER_FACTS,) if layout.is_order_too else ()),
        *((_PAID_AMOUNT,) if "customer_paid" in layout.may_be_blank else ()),
    )
    return (*of_columns.values(), *of_lines, *of_orders, *_currency_rules(layout, currency))


def with_first_broken_rule(frame: pl.LazyFrame, rules: tuple[RowRule, ...]) -> pl.LazyFrame:
    """`frame` with `rule`, the first rule each row breaks (null for a good row), and `rules_broken`, how many."""
    first = pl.coalesce(pl.when(rule.broken).then(pl.lit(rule.name)) for rule in rules)
    return frame.with_columns(
        first.alias(RULE_COLUMN), pl.sum_horizontal(rule.broken.cast(pl.Int64) for rule in rules).alias(COUNT_COLUMN)
    )


def hints(rules: tuple[RowRule, ...]) -> dict[str, str]:
    """Repair hint by rule name."""
    return {rule.name: rule.hint for rule in rules}


def _column_rules(table: Table, column: Column, layout: Layout) -> list[RowRule]:
    text = pl.col(TEXT_PREFIX + column.name)
    found = []
    if _is_needed(table, column, layout):
        found.append(
            RowRule(f"{column.name}_missing", text.is_null(), f"{column.name} is empty. Fill it in and export again.")
        )
    if column.name.endswith("_id"):
        found.append(
            RowRule(
                f"{column.name}_rounded",
                pl.col(column.name).str.contains(ROUNDED).fill_null(False),
                f"A spreadsheet has rounded {column.name} to a number. Export again and open no file in between.",
            )
        )
    if column.type is not Type.TEXT:
        found.append(
            RowRule(
                f"{column.name}_unreadable",
                text.is_not_null() & pl.col(column.name).is_null(),
                f"{column.name} is not {FORMS[column.type]}. Correct the cell or the column map.",
            )
        )
    if column.values:
        found.append(
            RowRule(
                f"{column.name}_unknown",
                text.is_not_null() & ~pl.col(column.name).is_in(list(column.values)).fill_null(False),
                _hint_of_unknown(column, layout),
            )
        )
    if _is_limited(column):
        found.append(
            RowRule(
                f"{column.name}_impossible",
                ~pl.col(column.name).is_between(column.minimum or 0, column.maximum or _NO_LIMIT).fill_null(True),
                f"{column.name} is {_limits(column)}. Correct the cell or the column map.",
            )
        )
    return found


_NO_LIMIT = 2**63 - 1


def _is_needed(table: Table, column: Column, layout: Layout) -> bool:
    if column.name == "store_id" or column.name in layout.may_be_blank:
        return False
    return not column.nullable or (table.name, column.name) in rows.NEEDED or column.name in layout.states


def _is_limited(column: Column) -> bool:
    # A price has a rule of its own, whose hint knows what such rows are.
    return column.minimum is not None and column.name != "unit_price"


def _limits(column: Column) -> str:
    scale = MONEY_SCALE if column.type is Type.MONEY else 1
    above = f" or above {column.maximum / scale:g}" if column.maximum is not None else ""
    return f"below {(column.minimum or 0) / scale:g}{above}"


def _hint_of_unknown(column: Column, layout: Layout) -> str:
    if states := layout.states.get(column.name):
        headers = " and ".join(dict.fromkeys(header for state in states for header in state.cells))
        return f"{layout.name} does not know this status; see {headers}. Report the word, so that the layout learns it."
    return f"{column.name} is none of {', '.join(column.values)}. Use one of these words."


def _currency_rules(layout: Layout, currency: str) -> tuple[RowRule, ...]:
    if not any("original_currency" in table.column_names for table in layout.tables):
        return ()
    told = pl.col("original_currency").cast(pl.String)
    return (
        RowRule(
            "original_currency_unreadable",
            told.map_batches(lambda cells: _no_codes(cells, currency), pl.Boolean, is_elementwise=True),
            "The currency is no code of ISO 4217 such as USD. Correct the cell or the column map.",
        ),
    )


def _no_codes(cells: pl.Series, currency: str) -> pl.Series:
    # Nearly every file is in the shop's own currency; looking at the form of every cell would cost ten times as much.
    foreign = (cells != currency).fill_null(False)
    return foreign & ~cells.str.contains("^[A-Z]{3}$").fill_null(True) if foreign.any() else foreign
