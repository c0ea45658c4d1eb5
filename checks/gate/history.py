"""Tonight beside the nights published before it: nothing lost, and no more or less new than usual."""

from datetime import date

import polars as pl

from checks.gate.check import RESULT_SCHEMA, result
from transforms.contracts import staged

NIGHTS = 28
"""Published nights that tell what is usual."""
FEWEST_NIGHTS = 8
"""With fewer, seven steps from one to the next, nobody knows: a week has its own rhythm."""
TIMES = 3
"""New rows a day may be so many times fewer than on the quietest of those nights, or more than on the busiest."""
UNNOTICED = 0.01
"""More new rows than that are no news while they are below this share of the table, as in one that hardly grows."""

NOTHING_LOST, GROWS_AS_USUAL = "nothing_lost(rows)", "grows_as_usual(rows)"

PAST_ROWS = {"as_of_date": pl.Date(), "table_name": pl.String(), "rows": pl.Int64()}
"""Columns of `past`: how many rows each staged table had in a night published before."""
STOPS_THE_NIGHT = frozenset({staged.PURCHASE_ORDER.name, staged.ORDER_LINE.name, staged.CUSTOMER_ACCOUNT.name})
# Waiting lines are there to become fewer.
COMPARED = tuple(table.name for table in staged.TABLES if table is not staged.WAITING_LINE)


def table_rows(checks: pl.DataFrame) -> pl.DataFrame:
    """Rows of the staged tables, from what the gate found: the check of a table's key looks at each of them.

    `checks` has the columns of `quality.check_result` or `mart.data_quality`, of which all but `table_name` and `rows`
    come back too.
    """
    keys = checks.filter(pl.col("check_name").str.starts_with("unique("), pl.col("table_name").is_in(COMPARED))
    return keys.rename({"rows_checked": "rows"}).drop_nulls("rows")


def volume_results(found: pl.DataFrame, past: pl.DataFrame, as_of: date, largest_fall: float) -> pl.DataFrame:
    """Two results a table, in RESULT_SCHEMA: `nothing_lost(rows)` and `grows_as_usual(rows)`.

    `found`: what the gate found tonight. `past`: PAST_ROWS of the last NIGHTS nights published before. `largest_fall`:
    share of last night's rows that may be gone; beyond it the night stops where orders, lines or accounts are lost.
    """
    tonight = table_rows(found).select(as_of_date=pl.lit(as_of), table_name="table_name", rows="rows")
    every = pl.concat([past.select(*PAST_ROWS), tonight]).sort("table_name", "as_of_date")
    rows: list[dict[str, object]] = []
    for (table,), nights in every.group_by("table_name", maintain_order=True):
        if nights["as_of_date"][-1] == as_of:
            rows += [_nothing_lost(str(table), nights, largest_fall), _grows_as_usual(str(table), nights)]
    return pl.DataFrame(rows, schema=RESULT_SCHEMA)


def _nothing_lost(table: str, nights: pl.DataFrame, largest_fall: float) -> dict[str, object]:
    severity = "critical" if table in STOPS_THE_NIGHT else "warning"
    *before, now = nights["rows"].to_list()
    if not before:
        meaning = "Not compared: no night was published before this one."
        return result(table, NOTHING_LOST, severity, now, 0, meaning)
    lost = max(0, before[-1] - now)
    meaning = (
        f"Rows gone of the {before[-1]} of the night of {nights['as_of_date'][-2]}; up to {largest_fall:.0%} may be. "
        "Look for files that are ignored now, and for settings or a release that read files in another way. If it is "
        "meant, raise checks.largest_fall for this night."
    )
    is_passed = lost <= largest_fall * before[-1]
    return result(table, NOTHING_LOST, severity, now, lost, meaning, is_passed=is_passed)


def _grows_as_usual(table: str, nights: pl.DataFrame) -> dict[str, object]:
    name, known, rows = GROWS_AS_USUAL, nights.height - 1, nights["rows"][-1]
    if known < FEWEST_NIGHTS:
        meaning = f"Not compared yet: it takes {FEWEST_NIGHTS} published nights, and there are {known}."
        return result(table, name, "warning", rows, 0, meaning)
    days = pl.col("as_of_date").diff().dt.total_days()
    *usual, now = nights.select(pl.col("rows").diff() / days).to_series().drop_nulls().to_list()
    least, most = min(usual), max(usual)
    is_passed = now >= least / TIMES if least > 0 else True
    is_passed &= now <= max(most * TIMES, UNNOTICED * rows)
    meaning = (
        f"New rows a day: {now:.0f}, where the last {known} nights had {least:.0f} to {most:.0f}; a third of the least "
        "to three times the most would pass. Look for an export that is missing, cut short, or of something else."
    )
    return result(table, name, "warning", rows, None, meaning, is_passed=is_passed)
