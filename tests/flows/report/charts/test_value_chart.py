"""The curve of value: as the findings have it, gold ones marked and told."""

import pytest

from flows.report.charts.look import HALF, NARROW, svg
from flows.report.charts.value import value_chart, value_frame
from flows.report.findings import Value
from tests.flows.report.charts.conftest import texts_of

CURVE = ((0.0, 0.0), (0.1, 0.5), (0.25, 0.8), (0.5, 0.95), (1.0, 1.0))


def test_the_gold_part_ends_where_the_gold_customers_do() -> None:
    frame = value_frame(Value(400, 100, 1_000_0000, 800_0000, CURVE))
    assert frame.select("customers", "revenue").rows() == list(CURVE)
    assert frame["is_gold"].to_list() == [True, True, True, False, False]


@pytest.mark.parametrize("width", [HALF, NARROW])
@pytest.mark.parametrize("gold", [1, 100, 170, 390])
def test_what_gold_means_is_told_in_words(gold: int, width: int) -> None:
    chart, height = value_chart(Value(400, gold, 1_000_0000, 800_0000, CURVE), "en", width)
    chart.to_dict()
    found = " ".join(texts_of(svg(chart, width, height, "")))
    share = {1: "<1%", 100: "25%", 170: "42%", 390: "98%"}[gold]
    assert f"Gold: {share} of customers bring 80% of revenue" in found
    assert "Customers, the most valuable first" in found
    assert "Expected revenue" in found
