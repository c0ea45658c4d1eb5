"""Gate: critical checks on the staged tables stop the night before anything is published."""

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from checks.gate import GateFault, account_results, run_gate, store_results, volume_results
from checks.gate.account import TABLE, unbalanced_files
from checks.gate.history import NIGHTS, PAST_ROWS, table_rows
from checks.gate.stores import SILENCES
from checks.gate.suites import STRUCTURE
from flows.faults import CheckFailed, Fault
from flows.io.warehouse import Warehouse
from flows.night import Night
from transforms.contracts import mart, quality, rows, staged
from transforms.contracts.table import Table


@dataclass(frozen=True, slots=True)
class History:
    """What the nights published before this one found."""

    rows: pl.DataFrame
    """PAST_ROWS"""
    silences: pl.DataFrame
    """SILENCES"""


NO_HISTORY = History(pl.DataFrame(schema=PAST_ROWS), pl.DataFrame(schema=SILENCES))


def history(night: Night, warehouse: Warehouse) -> History:
    """Rows of every table and silences of every store in the last NIGHTS nights published before this one."""
    published = warehouse.read("ops.run").filter(
        pl.col("published_at").is_not_null(), pl.col("as_of_date") < night.as_of
    )
    nights = published["as_of_date"].sort().tail(NIGHTS)
    if nights.is_empty():
        return NO_HISTORY
    first, last = nights[0], night.as_of - timedelta(days=1)
    checks = warehouse.read("mart.data_quality", last, since=first).filter(pl.col("as_of_date").is_in(nights.implode()))
    return History(
        table_rows(checks).select(*PAST_ROWS), warehouse.read("mart.freshness", last, since=first).select(*SILENCES)
    )


def load_gate() -> None:
    """Import Great Expectations, which takes seconds, in a step of its own, so that the gate's time is the gate's."""
    import great_expectations  # noqa: F401, PLC0415


def gate(night: Night, past: History = NO_HISTORY) -> None:
    """Write quality.check_result and mart.data_quality. Raises CheckFailed naming the critical checks that failed."""
    work = night.work
    try:
        found = run_gate({table.name: [str(path) for path in work.parts(table)] for table in staged.TABLES}, work.root)
    except GateFault as fault:
        raise Fault(f"gate: {fault}; this is a defect, please report it") from None
    account = work.scan(quality.ROW_ACCOUNT).collect()
    volumes = volume_results(found, past.rows, night.as_of, night.settings.checks.largest_fall)
    parts = [found, volumes, account_results(account)]
    if _is_sound(staged.PURCHASE_ORDER, found):
        parts.append(store_results(work.scan(staged.PURCHASE_ORDER), past.silences, night.as_of))
    results = pl.concat(parts)
    work.write(quality.CHECK_RESULT, results.with_columns(as_of_date=pl.lit(night.as_of)))
    work.write(mart.DATA_QUALITY, _data_quality(night, results))
    _stop_if_failed(results, account)


def _is_sound(table: Table, found: pl.DataFrame) -> bool:
    return bool(found.filter(table_name=table.name, check_name=STRUCTURE)["is_passed"].all())


def _stop_if_failed(results: pl.DataFrame, account: pl.DataFrame) -> None:
    if unbalanced := unbalanced_files(account):
        files = ", ".join(unbalanced[:3])
        raise CheckFailed(f"{files}: rows read, loaded, merged and quarantined do not add up; nothing was published")
    failed = results.filter(~pl.col("is_passed") & (pl.col("severity") == "critical"))
    if failed.height:
        named = "; ".join(f"{row['table_name']}: {row['check_name']}" for row in failed.head(3).to_dicts())
        raise CheckFailed(
            f"{failed.height} critical checks failed, nothing was published: {named}. "
            "quality.check_result tells what to do"
        )


def _data_quality(night: Night, results: pl.DataFrame) -> pl.LazyFrame:
    rejected = night.work.scan(quality.QUARANTINE).group_by("table_name", check_name="rule").agg(rows_failed=pl.len())
    of_rows = rejected.with_columns(
        layer=pl.lit("row_rule"),
        table_name=pl.lit(f"{rows.ORDER_LINE.schema}.") + pl.col("table_name"),
        severity=pl.lit("warning"),
        rows_checked=pl.lit(None, pl.Int64),
        is_passed=pl.lit(True),
    )
    is_account = pl.col("table_name") == TABLE
    of_gate = results.lazy().with_columns(layer=pl.when(is_account).then(pl.lit("account")).otherwise(pl.lit("gate")))
    columns = [name for name in mart.DATA_QUALITY.column_names if name != "as_of_date"]
    typed = [
        frame.select(pl.col(name).cast(mart.DATA_QUALITY.polars_schema[name]) for name in columns)
        for frame in (of_rows, of_gate)
    ]
    return pl.concat(typed).with_columns(as_of_date=pl.lit(night.as_of)).sort("layer", "table_name", "check_name")
