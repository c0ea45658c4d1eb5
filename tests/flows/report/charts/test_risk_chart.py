"""Columns of risk: one for every ten percent, those at risk marked."""

import pytest

from flows.report.charts.look import HALF, LIGHT, MIDDLE, NARROW, STRONG, svg
from flows.report.charts.risk import risk_chart, risk_frame
from flows.report.findings import RiskBin
from tests.flows.report.charts.conftest import texts_of

BINS = [RiskBin(10 * n, 10 * n + 10, once=n**6, regulars=3 * n, is_at_risk=5 <= n < 9) for n in range(10)]


def test_columns_are_those_of_the_findings() -> None:
    frame = risk_frame(BINS, "regulars")
    assert frame["customers"].to_list() == [part.regulars for part in BINS]
    assert frame["colour"].to_list() == [MIDDLE] * 5 + [STRONG] * 4 + [LIGHT]
    assert set(risk_frame(BINS, "once")["colour"]) == {LIGHT}


@pytest.mark.parametrize("width", [HALF, NARROW])
def test_every_column_has_its_number_but_none_where_there_is_nobody(width: int) -> None:
    chart, height = risk_chart(BINS, "regulars", "zh", width)
    chart.to_dict()
    found = texts_of(svg(chart, width, height, ""))
    assert [text for text in found if text.isdigit()] == [str(3 * n) for n in range(1, 10)]
    assert "可能流失" in found
    assert "未来 90 天不再购买的可能性" in found


def test_large_numbers_are_short_and_once_buyers_are_not_marked_at_risk() -> None:
    chart, height = risk_chart(BINS, "once", "en", NARROW)
    found = texts_of(svg(chart, NARROW, height, ""))
    assert {"1", "64", "4,096", "15.6k", "262k", "531k"} < set(found)
    assert "at risk" not in found


def test_a_group_of_nobody_is_drawn_too() -> None:
    empty = [RiskBin(part.low_percent, part.high_percent, 0, 0, part.is_at_risk) for part in BINS]
    chart, height = risk_chart(empty, "regulars", "en", HALF)
    assert "at risk" in texts_of(svg(chart, HALF, height, ""))
