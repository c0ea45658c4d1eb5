"""What one expectation is, told without Great Expectations, whose import takes seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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


class GateFault(Exception):
    """The gate could not look. Neither passed nor failed, so the night must not go on.

    The message names suite and expectation, never a value of the data.
    """
