"""The heat map: percent of each cohort, the newest ones, each number drawn."""

from datetime import date

import pytest

from flows.report.charts.cohorts import cohort_chart, cohort_frame, latest
from flows.report.charts.look import FULL, NARROW, svg
from flows.report.findings import Cohort
from tests.flows.report.charts.conftest import texts_of


def month(number: int) -> date:
    return date(2020 + number // 12, number % 12 + 1, 1)


def cohorts(months: int) -> list[Cohort]:
    """Cohorts of 1,000 up to a month, of whom 10 times the month's number came back."""
    return [
        Cohort(month(start), 1000, tuple(10 * number for number in range(1, months - start))) for start in range(months)
    ]


def test_cells_are_shares_of_the_cohort() -> None:
    frame = cohort_frame([Cohort(month(0), 20, (5, 0)), Cohort(month(1), 8, (2,)), Cohort(month(2), 9, ())])
    assert frame.rows() == [(month(0), 1, 0.25), (month(0), 2, 0.0), (month(1), 1, 0.25)]


@pytest.mark.parametrize(("width", "shown"), [(FULL, 36), (NARROW, 12)])
def test_the_newest_are_shown_as_many_as_can_be_read(width: int, shown: int) -> None:
    assert latest(cohorts(50), width) == cohorts(50)[-shown:]
    assert latest(cohorts(5), width) == cohorts(5)
    chart, height = cohort_chart(cohorts(50), "en", width)
    chart.to_dict()
    found = texts_of(svg(chart, width, height, ""))
    assert [text for text in found if "-" in text] == [f"{month(start):%Y-%m}" for start in range(50 - shown, 50)]
    assert found.count("1,000") == shown
    percents = [text for text in found if text.isdigit()]
    # The numbers of the months over the columns, then every cell once: 1 % in the first month, 2 % in the second.
    assert sorted(percents) == sorted(
        [*map(str, range(1, shown)), *(str(n) for length in range(shown) for n in range(1, length + 1))]
    )


def test_nobody_and_nearly_nobody_are_told_apart() -> None:
    chart, height = cohort_chart([Cohort(month(0), 1000, (3, 0, 500))], "zh", FULL)
    found = texts_of(svg(chart, FULL, height, ""))
    assert {"<1", "0", "50", "新客"} < set(found)


def test_cohorts_of_which_nobody_came_back_are_drawn_pale() -> None:
    chart, _ = cohort_chart([Cohort(month(0), 1000, (0, 0))], "en", FULL)
    assert set(chart.layer[0].data["colour"]) == {"#e8f0ef"}


def test_darker_cells_are_those_of_more() -> None:
    chart, _ = cohort_chart([Cohort(month(0), 10, (1, 2, 3, 4, 5))], "en", FULL)
    red = [int(colour[1:3], 16) for colour in chart.layer[0].data["colour"]]
    assert red == sorted(red, reverse=True)
