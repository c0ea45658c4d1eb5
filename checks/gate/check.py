"""What one expectation is, told without Great Expectations, whose import takes seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from transforms.contracts.quality import CHECK_RESULT

Severity = Literal["critical", "warning"]

SQL_EXPECTATION = "expect_no_contradicting_rows"
"""Type of the expectations that are a query: its rows are the ones that fail. See `duckdb_source`."""


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation of one staged table.

    `expectation` is the type Great Expectations knows it by and `arguments` are its arguments; `reads` names the other
    tables its query joins. `meaning` says in one line what a failure means and what to do.
    """

    table: str
    name: str
    expectation: str
    arguments: Mapping[str, object]
    meaning: str
    severity: Severity = "critical"
    reads: tuple[str, ...] = ()


RESULT_SCHEMA = {name: dtype for name, dtype in CHECK_RESULT.polars_schema.items() if name != "as_of_date"}
"""Columns of what was found, in whatever way: those of `quality.check_result` without the night."""


def result(  # noqa: PLR0913, PLR0917 - they are the columns
    table: str,
    name: str,
    severity: str,
    checked: int | None,
    failed: int | None,
    meaning: str,
    *,
    is_passed: bool | None = None,
) -> dict[str, object]:
    """A row of RESULT_SCHEMA; passed if no row failed, unless told."""
    passed = not failed if is_passed is None else is_passed
    told = {"table_name": table, "check_name": name, "severity": severity, "is_passed": passed, "meaning": meaning}
    return {**told, "rows_checked": checked, "rows_failed": failed}


@dataclass(frozen=True, slots=True)
class Derived:
    """A table that several checks ask, made once of the staged tables `reads` by `query`, in SQL of DuckDB."""

    name: str
    reads: tuple[str, ...]
    query: str


def sql_check(  # noqa: PLR0913
    table: str, name: str, query: str, meaning: str, *, reads: tuple[str, ...] = (), severity: Severity = "critical"
) -> Check:
    """A check by query: a row comes back for each row of the table, called `mine` in it, that fails."""
    # Great Expectations gives {batch} an alias of its own, but not where it sees a JOIN.
    arguments = {"unexpected_rows_query": "WITH mine AS (SELECT * FROM {batch})" + query}  # noqa: S608
    return Check(table, name, SQL_EXPECTATION, arguments, meaning, severity, reads)


class GateFault(Exception):
    """The gate could not look. Neither passed nor failed, so the night must not go on.

    The message names suite and expectation, never a value of the data.
    """
