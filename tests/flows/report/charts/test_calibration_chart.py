"""Calibration: points where the tenths are, on one scale both ways."""

import pytest

from flows.report.charts.calibration import calibration_chart, calibration_frame
from flows.report.charts.look import HALF, NARROW, svg
from flows.report.proof import Tenth
from tests.flows.report.charts.conftest import texts_of

TENTHS = [Tenth(0.05, 0.04, 100), Tenth(0.5, 0.6, 90), Tenth(2.0, 2.5, 80)]


def test_points_are_the_tenths() -> None:
    assert calibration_frame(TENTHS).rows() == [(0.05, 0.04, 100), (0.5, 0.6, 90), (2.0, 2.5, 80)]


@pytest.mark.parametrize("width", [HALF, NARROW])
def test_both_axes_share_a_scale_that_holds_every_point(width: int) -> None:
    chart, height = calibration_chart(TENTHS, "expected_orders_90d", "en", width)
    spec = chart.to_dict()
    domains = [layer["encoding"][axis]["scale"]["domain"] for layer in spec["layer"] for axis in ("x", "y")]
    assert all(domain == domains[0] for domain in domains)
    assert domains[0] == [0, pytest.approx(2.5 * 1.05)]
    found = texts_of(svg(chart, width, height, ""))
    assert {"as foretold", "Foretold purchases in 90 days", "Purchases that came"} < set(found)


def test_shares_go_from_nothing_to_all() -> None:
    chart, height = calibration_chart(TENTHS[:1], "churn_risk_90d", "zh", HALF)
    assert {"0%", "100%", "与预测一致"} < set(texts_of(svg(chart, HALF, height, "")))


def test_customers_who_never_came_are_drawn_too() -> None:
    chart, height = calibration_chart([Tenth(0.0, 0.0, 5)], "expected_orders_90d", "en", HALF)
    assert "as foretold" in texts_of(svg(chart, HALF, height, ""))
