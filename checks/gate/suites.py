"""Suites made from the contracts: a column declared there is checked here, with nothing more to write."""

from collections.abc import Mapping

import polars as pl

from checks.gate.check import Check, sql_check
from transforms.contracts.table import Column, Table

STRUCTURE = "columns_match_contract"
FILES = "files"
"""Table with a row for each file of every staged table: `table_name`, and `columns`, the file's shape."""


def shape(schema: Mapping[str, pl.DataType]) -> str:
    """Column names and types in order, as one text that equals another only if all three do."""
    return ", ".join(f"{name} {dtype}" for name, dtype in schema.items())


def structure_check(table: Table) -> Check:
    """Whether each file has exactly the contract's columns; asked of FILES."""
    expected = shape(table.polars_schema).replace("'", "''")
    return sql_check(
        table.name,
        STRUCTURE,
        f"SELECT 1 FROM mine WHERE table_name = '{table.name}' AND columns <> '{expected}'",  # noqa: S608
        "Files whose columns, their order or types are not the contract's: repair the step that stages the table. "
        "What else is asked of the table was not looked at.",
    )


def contract_checks(table: Table) -> list[Check]:
    """What the contract says of the rows: key, nulls, values, minimum and maximum, in column order."""
    checks = [_unique(table)]
    for column in table.columns:
        checks.extend(_column_checks(table, column))
    return checks


def _unique(table: Table) -> Check:
    columns = ", ".join(table.key)
    meaning = f"Rows that share {columns}: the table must hold {table.grain} a row; repair how duplicates are merged."
    told = " AND ".join(f"{name} IS NOT NULL" for name in table.key if not table.column(name).nullable)
    # The expectations of the library count over windows that hold every column: eight times the time and memory.
    query = f"""
        , counted AS (SELECT count(*) AS twins FROM mine WHERE {told} GROUP BY {columns})
        SELECT unnest(range(twins)) FROM counted WHERE twins > 1
    """  # noqa: S608
    return sql_check(table.name, f"unique({columns})", query, meaning)


def _column_checks(table: Table, column: Column) -> list[Check]:
    checks = []
    # A key may hold a null that means something: an undated word of consent.
    if not column.nullable:
        checks.append(
            Check(
                table.name,
                f"not_null({column.name})",
                "expect_column_values_to_not_be_null",
                {"column": column.name},
                f"Rows without {column.name}: a row rule should have quarantined them; repair the rule or the layout.",
            )
        )
    if column.values:
        checks.append(
            Check(
                table.name,
                f"values({column.name})",
                "expect_column_values_to_be_in_set",
                {"column": column.name, "value_set": list(column.values)},
                f"Rows whose {column.name} is none of {', '.join(column.values)}: teach the layout the export's words.",
            )
        )
    if column.minimum is not None or column.maximum is not None:
        checks.append(
            Check(
                table.name,
                f"range({column.name})",
                "expect_column_values_to_be_between",
                {"column": column.name, "min_value": column.minimum, "max_value": column.maximum},
                f"Rows whose {column.name} is {_outside(column)}: the row rule let them through; repair it.",
            )
        )
    return checks


def _outside(column: Column) -> str:
    limits = []
    if column.minimum is not None:
        limits.append(f"below {column.minimum:g}")
    if column.maximum is not None:
        limits.append(f"above {column.maximum:g}")
    return " or ".join(limits)
