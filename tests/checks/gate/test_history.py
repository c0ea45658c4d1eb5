"""Tonight beside the nights before: what was lost, and whether as much is new as usual."""

from datetime import date, timedelta

import polars as pl
import pytest

from checks.gate.check import RESULT_SCHEMA
from checks.gate.history import FEWEST_NIGHTS, PAST_ROWS, table_rows, volume_results

TONIGHT = date(2026, 3, 14)
LOST, GROWS = "nothing_lost(rows)", "grows_as_usual(rows)"


def found(rows: int, table: str = "purchase_order") -> pl.DataFrame:
    key = {"table_name": table, "check_name": "unique(some_key)", "severity": "critical", "is_passed": True}
    other = {**key, "check_name": "not_null(some_key)", "rows_checked": 1, "rows_failed": 0, "meaning": "."}
    return pl.DataFrame([{**key, "rows_checked": rows, "rows_failed": 0, "meaning": "."}, other], schema=RESULT_SCHEMA)


def past(*rows: int, table: str = "purchase_order", every_days: int = 1) -> pl.DataFrame:
    nights = [TONIGHT - timedelta(days=every_days * back) for back in range(len(rows), 0, -1)]
    told = [(night, table, count) for night, count in zip(nights, rows, strict=True)]
    return pl.DataFrame(told, schema=PAST_ROWS, orient="row")


def verdicts(
    rows: int, before: pl.DataFrame, table: str = "purchase_order", largest_fall: float = 0.1
) -> dict[str, tuple[bool, str, int | None]]:
    results = volume_results(found(rows, table), before, TONIGHT, largest_fall)
    return {name: told for name, *told in results.select("check_name", "is_passed", "severity", "rows_failed").rows()}


def steady(nights: int = FEWEST_NIGHTS, step: int = 30) -> pl.DataFrame:
    return past(*(10_000 + step * night for night in range(nights)))


def test_a_night_like_the_others_passes_both() -> None:
    assert verdicts(10_240, steady()) == {LOST: [True, "critical", 0], GROWS: [True, "warning", None]}


@pytest.mark.parametrize(
    ("table", "severity"), [("purchase_order", "critical"), ("customer_account", "critical"), ("review", "warning")]
)
def test_more_than_a_tenth_lost_is_a_collapse(table: str, severity: str) -> None:
    before = past(1_000, table=table)
    assert verdicts(900, before, table)[LOST] == [True, severity, 100]
    assert verdicts(899, before, table)[LOST] == [False, severity, 101]
    assert verdicts(899, before, table, largest_fall=0.2)[LOST] == [True, severity, 101]


def test_an_emptied_table_is_a_collapse_and_an_empty_one_is_none() -> None:
    assert verdicts(0, past(1_000))[LOST] == [False, "critical", 1_000]
    assert verdicts(0, past(0))[LOST][0]


def test_what_grows_far_less_or_more_than_ever_lately_is_shown() -> None:
    before = steady(step=30)
    last = 10_000 + 30 * (FEWEST_NIGHTS - 1)
    growth = {new: verdicts(last + new, before)[GROWS][0] for new in (0, 9, 10, 30, 90)}
    assert growth == {0: False, 9: False, 10: True, 30: True, 90: True}
    many = past(*(1_000 + 30 * night for night in range(FEWEST_NIGHTS)))
    assert [verdicts(1_210 + new, many)[GROWS][0] for new in (90, 91)] == [True, False]


def test_a_store_that_exports_once_a_week_grows_once_a_week() -> None:
    weekly = past(*(1_000 + 700 * (night // 7) for night in range(28)))
    assert verdicts(3_100, weekly)[GROWS][0]
    assert verdicts(3_800, weekly)[GROWS][0]
    assert not verdicts(3_100 + 2_101, weekly)[GROWS][0]


def test_growth_is_by_day_where_nights_lie_apart() -> None:
    weekly = past(*(10_000 + 700 * night for night in range(FEWEST_NIGHTS)), every_days=7)
    assert verdicts(10_000 + 700 * FEWEST_NIGHTS, weekly)[GROWS][0]
    assert not verdicts(10_000 + 700 * (FEWEST_NIGHTS - 1) + 233, weekly)[GROWS][0]


def test_a_table_that_never_grew_may_grow_by_a_hundredth() -> None:
    still = past(*([1_000] * FEWEST_NIGHTS))
    assert [verdicts(1_000 + new, still)[GROWS][0] for new in (0, 10, 11)] == [True, True, False]


def test_too_little_history_is_said_and_not_judged() -> None:
    results = volume_results(found(99_999), steady(FEWEST_NIGHTS - 1), TONIGHT, 0.1)
    [meaning] = results.filter(check_name=GROWS)["meaning"]
    assert results["is_passed"].all()
    assert meaning == "Not compared yet: it takes 8 published nights, and there are 7."
    first = volume_results(found(10), past(), TONIGHT, 0.1)
    assert first.filter(check_name=LOST)["meaning"].to_list() == [
        "Not compared: no night was published before this one."
    ]
    assert first["is_passed"].all()


def test_lines_that_wait_for_their_order_may_become_fewer() -> None:
    assert table_rows(found(5, "waiting_line")).is_empty()
    assert volume_results(found(5, "waiting_line"), past(500, table="waiting_line"), TONIGHT, 0.1).is_empty()


def test_a_table_nobody_could_count_tonight_is_left_out() -> None:
    assert volume_results(found(5, "refund"), past(500), TONIGHT, 0.1)["table_name"].unique().to_list() == ["refund"]
