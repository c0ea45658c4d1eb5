"""Runs the suites over the files of one night."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from checks.gate import between_tables
from checks.gate.between_tables import AT_LEAST_ONE_ROW
from checks.gate.check import RESULT_SCHEMA, Check, result
from checks.gate.suites import FILES, contract_checks, structure_check
from transforms.contracts import staged as contracts
from transforms.contracts.table import Table


def run_gate(staged: Mapping[str, Sequence[str]], scratch: Path | None = None) -> pl.DataFrame:
    """What every expectation of the staged tables found; it decides nothing.

    `staged` maps the name of each table of the schema `staged` to the paths of its Parquet files, one a shard; no
    paths stand for a table without rows. What does not fit in memory spills into a folder under `scratch`, by default
    where temporary files go.

    Returns one row an expectation with the columns of `quality.check_result` less `as_of_date`, sorted by table_name
    and check_name. rows_checked and rows_failed are rows of the table, null where
    the expectation counts none; of `columns_match_contract` files failed. Where the files of a table do not match its
    contract, only that is reported of it: the other expectations that read it are left out.

    Raises ValueError if `staged` does not name exactly the staged tables, and GateFault if a file could not be read or
    an expectation could not be evaluated.
    """
    expected = {table.name for table in contracts.TABLES}
    if set(staged) != expected:
        raise ValueError(f"the gate wants the staged tables {sorted(expected)}, got {sorted(staged)}")
    # Great Expectations takes seconds to import, which must not burden those who only import this package.
    from checks.gate.duckdb_source import derive, open_source  # noqa: PLC0415
    from checks.gate.evaluate import evaluate  # noqa: PLC0415

    rows: list[dict[str, object]] = []
    with (
        tempfile.TemporaryDirectory(prefix="gate-", dir=scratch) as workspace,
        open_source(staged, Path(workspace)) as source,
    ):
        # One suite for all: a suite takes 40 ms, whatever it asks.
        rows.extend(evaluate(source, FILES, [structure_check(table) for table in contracts.TABLES]))
        sound = {str(row["table_name"]) for row in rows if row["is_passed"]}
        for derived in between_tables.DERIVED:
            if set(derived.reads) <= sound:
                derive(source, derived)
        for table in contracts.TABLES:
            asked = [check for check in row_checks(table) if {check.table, *check.reads} <= sound]
            # Of no rows nearly all holds; asking for the seven tables that few shops have took 0.8 s a night.
            idle = [check for check in asked if not staged[table.name] and check.name != AT_LEAST_ONE_ROW]
            rows.extend(result(check.table, check.name, check.severity, 0, 0, check.meaning) for check in idle)
            rows.extend(evaluate(source, table.name, [check for check in asked if check not in idle]))
    return pl.DataFrame(rows, schema=RESULT_SCHEMA).sort("table_name", "check_name")


def row_checks(table: Table) -> list[Check]:
    """What is asked of the rows of a staged table: what its contract says, then what holds between tables.

    Where both ask the same, the check written by hand is the one that shares its work with others.
    """
    by_hand = {check.name: check for check in between_tables.CHECKS if check.table == table.name}
    made = [check for check in contract_checks(table) if check.name not in by_hand]
    return [*made, *by_hand.values()]
