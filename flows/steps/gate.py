"""Gate: critical checks on the staged tables stop the night before anything is published."""

import polars as pl

from checks.gate import GateFault, run_gate
from flows.faults import CheckFailed, Fault
from flows.night import Night
from transforms.contracts import mart, quality, rows, staged

ROWS_ADD_UP = "every row is loaded, merged, quarantined or erased"


def load_gate() -> None:
    """Import Great Expectations, which takes seconds, in a step of its own, so that the gate's time is the gate's."""
    import great_expectations  # noqa: F401, PLC0415


def gate(night: Night) -> None:
    """Write quality.check_result and mart.data_quality. Raises CheckFailed naming the critical checks that failed."""
    work = night.work
    try:
        found = run_gate({table.name: [str(path) for path in work.parts(table)] for table in staged.TABLES}, work.root)
    except GateFault as fault:
        raise Fault(f"gate: {fault}; this is a defect, please report it") from None
    unbalanced = work.scan(quality.ROW_ACCOUNT).filter(_difference() != 0).collect()
    results = pl.concat([found, _account_result(unbalanced.height, work.scan(quality.ROW_ACCOUNT))])
    work.write(quality.CHECK_RESULT, results.with_columns(as_of_date=pl.lit(night.as_of)))
    work.write(mart.DATA_QUALITY, _data_quality(night, results))
    failed = results.filter(~pl.col("is_passed") & (pl.col("severity") == "critical"))
    if unbalanced.height:
        files = ", ".join(unbalanced["file_name"].head(3))
        raise CheckFailed(f"{files}: rows read, loaded, merged and quarantined do not add up; nothing was published")
    if failed.height:
        named = "; ".join(f"{row['table_name']}: {row['check_name']}" for row in failed.head(3).to_dicts())
        raise CheckFailed(
            f"{failed.height} critical checks failed, nothing was published: {named}. "
            "quality.check_result tells what to do"
        )


ACCOUNT_COLUMNS = ("lines_read", "loaded", "merged", "quarantined", "erased")


def _difference() -> pl.Expr:
    return pl.col("lines_read") - pl.sum_horizontal(ACCOUNT_COLUMNS[1:])


def _account_result(unbalanced: int, account: pl.LazyFrame) -> pl.DataFrame:
    files = account.select(pl.len()).collect().item()
    return pl.DataFrame(
        {
            "table_name": ["row_account"],
            "check_name": [ROWS_ADD_UP],
            "severity": ["critical"],
            "is_passed": [unbalanced == 0],
            "rows_checked": [files],
            "rows_failed": [unbalanced],
            "meaning": [
                "A file's rows were lost or doubled while reading. Report it as a defect, with the file's header."
            ],
        },
        schema={name: dtype for name, dtype in quality.CHECK_RESULT.polars_schema.items() if name != "as_of_date"},
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
    is_account = pl.col("table_name") == "row_account"
    of_gate = results.lazy().with_columns(layer=pl.when(is_account).then(pl.lit("account")).otherwise(pl.lit("gate")))
    columns = [name for name in mart.DATA_QUALITY.column_names if name != "as_of_date"]
    typed = [
        frame.select(pl.col(name).cast(mart.DATA_QUALITY.polars_schema[name]) for name in columns)
        for frame in (of_rows, of_gate)
    ]
    return pl.concat(typed).with_columns(as_of_date=pl.lit(night.as_of)).sort("layer", "table_name", "check_name")
