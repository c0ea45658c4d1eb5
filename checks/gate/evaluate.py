"""Runs checks as a suite of Great Expectations. Importing this module imports Great Expectations."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import great_expectations as gx
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.registry import get_expectation_impl

from checks.gate.check import Check, GateFault
from checks.gate.suites import STRUCTURE

# Counts only: with a partial count of zero the queries for examples end in LIMIT 0.
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


def evaluate(source: SQLDatasource, asset: str, checks: Sequence[Check]) -> list[dict[str, object]]:
    """Rows of `quality.check_result`, without the night, for `checks` asked of the table or view `asset`.

    Raises GateFault if one of them could not be evaluated.
    """
    if not checks:
        return []
    suite = gx.ExpectationSuite(name=asset, expectations=[_expectation(check) for check in checks])
    batch_definition = source.add_table_asset(asset, table_name=asset).add_batch_definition_whole_table(asset)
    try:
        results = batch_definition.get_batch().validate(suite, result_format=_RESULT_FORMAT).results
    except Exception:  # its text would carry values
        raise GateFault(f"suite {asset} could not be evaluated") from None
    found = {_subject(result): result for result in results}
    for check in checks:
        if _raised(found[check.table, check.name].exception_info):
            raise GateFault(f"suite {asset}: {check.expectation} could not be evaluated")
    return [_row(check, found[check.table, check.name]) for check in checks]


def _expectation(check: Check) -> Expectation:
    make: Callable[..., Expectation] = get_expectation_impl(check.expectation)
    return make(
        **check.arguments, severity=check.severity, notes=check.meaning, meta={"subject": [check.table, check.name]}
    )


def _subject(result: ExpectationValidationResult) -> tuple[str, str]:
    configuration = result.expectation_config
    assert configuration is not None  # noqa: S101 - optional in its type only
    table, name = configuration.meta["subject"]
    return str(table), str(name)


def _raised(exception_info: Mapping[str, Any]) -> bool:
    # Flat where the expectation itself raised, one entry a metric where a query did.
    entries = [exception_info, *(entry for entry in exception_info.values() if isinstance(entry, Mapping))]
    return any(entry.get("raised_exception") for entry in entries)


def _counts(check: Check, result: ExpectationValidationResult) -> dict[str, object]:
    # The structure check looks at files, and how many there are says nothing about the rows.
    checked = None if check.name == STRUCTURE else result.result.get("element_count")
    return {"rows_checked": checked, "rows_failed": result.result.get("unexpected_count")}


def _row(check: Check, result: ExpectationValidationResult) -> dict[str, object]:
    return {
        "table_name": check.table,
        "check_name": check.name,
        "severity": check.severity,
        "is_passed": bool(result.success),
        **_counts(check, result),
        "meaning": check.meaning,
    }
