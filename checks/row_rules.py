"""Row rules: declared once a kind of file, evaluated in one pass; a row that breaks one goes to quarantine."""

from dataclasses import dataclass

import polars as pl

from transforms.contracts import rows
from transforms.contracts.table import MONEY_SCALE, Column, Table, Type
from transforms.platforms.typed_rows import TEXT_PREFIX

RULE_COLUMN = "rule"
COUNT_COLUMN = "rules_broken"
LARGEST_AMOUNT = 10**12 * MONEY_SCALE
"""Sums of such amounts still fit their integer type."""


@dataclass(frozen=True, slots=True)
class RowRule:
    """One reason to reject a row. `broken` is true for such rows and must not be null."""

    name: str
    broken: pl.Expr
    hint: str


_FORMS = {
    Type.INSTANT: "a date and time such as 2026-03-01 14:05:00",
    Type.INTEGER: "a whole number",
    Type.MONEY: "an amount such as 12.50",
    Type.BOOLEAN: "yes or no",
    Type.TEXT: "text",
}

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


def rules_for(table: Table, mapped: set[str], currency: str) -> tuple[RowRule, ...]:
    """Rules for rows of `table` of which the columns `mapped` are in the file, in contract order.

    First what the contract demands of each column (present, readable, an allowed word), then what a kind demands.
    """
    of_columns = [rule for column in table.columns for rule in _column_rules(column, column.name in mapped)]
    return (*of_columns, *(_ORDER_LINE if table is rows.ORDER_LINE else ()), *_currency_rules(table, currency))


def with_first_broken_rule(frame: pl.LazyFrame, rules: tuple[RowRule, ...]) -> pl.LazyFrame:
    """`frame` with `rule`, the first rule each row breaks (null for a good row), and `rules_broken`, how many."""
    first = pl.coalesce(pl.when(rule.broken).then(pl.lit(rule.name)) for rule in rules)
    return frame.with_columns(
        first.alias(RULE_COLUMN), pl.sum_horizontal(rule.broken.cast(pl.Int64) for rule in rules).alias(COUNT_COLUMN)
    )


def hints(rules: tuple[RowRule, ...]) -> dict[str, str]:
    """Repair hint by rule name."""
    return {rule.name: rule.hint for rule in rules}


def _column_rules(column: Column, is_mapped: bool) -> list[RowRule]:
    if not is_mapped:
        return []
    text = pl.col(TEXT_PREFIX + column.name)
    found = []
    if not column.nullable and column.name != "store_id":
        found.append(
            RowRule(f"{column.name}_missing", text.is_null(), f"{column.name} is empty. Fill it in and export again.")
        )
    if column.name.endswith("_id"):
        found.append(
            RowRule(
                f"{column.name}_rounded",
                pl.col(column.name).str.contains(r"^\d(\.\d+)?[eE]\+\d+$").fill_null(False),
                f"A spreadsheet has rounded {column.name} to a number. Export again and open no file in between.",
            )
        )
    if column.type is not Type.TEXT:
        found.append(
            RowRule(
                f"{column.name}_unreadable",
                text.is_not_null() & pl.col(column.name).is_null(),
                f"{column.name} is not {_FORMS[column.type]}. Correct the cell or the column map.",
            )
        )
    if column.values:
        found.append(
            RowRule(
                f"{column.name}_unknown",
                text.is_not_null() & ~pl.col(column.name).is_in(list(column.values)).fill_null(False),
                f"{column.name} is none of {', '.join(column.values)}. Use one of these words.",
            )
        )
    return found


def _currency_rules(table: Table, currency: str) -> tuple[RowRule, ...]:
    if "original_currency" not in table.column_names:
        return ()
    return (
        RowRule(
            "currency_without_rate",
            pl.col("original_currency").ne(currency).fill_null(False),
            f"The currency is not {currency}, and there is no rate for it. Export in {currency}.",
        ),
    )
