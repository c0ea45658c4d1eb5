"""Bars: every label and figure is there, inside the drawing, and beside nothing it hides."""

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.report.charts.bars import SHORTEST_PX, Bar, bars_chart
from flows.report.charts.look import GROUND, HALF, LIGHT, NARROW, pixels, svg, wrapped
from flows.report.texts import Both
from tests.flows.report.charts.conftest import texts_of

LABEL = Both("no need tonight: within their usual rhythm, or bought only once", "今晚不必联系：还在平常的购买节奏内")
BARS = [
    Bar(Both("Customers", "人数"), 0.25, "1,234 · 25%", heading=Both("Platinum", "铂金")),
    Bar(LABEL, 0.0, Both("EUR 0 · 0%", "0 元 · 0%")),
    Bar(Both("<b>&", "<b>&"), 0.00001, "1 · <1%"),
]


def rectangles(chart: alt.LayerChart, *colours: str) -> list[dict[str, float]]:
    return [mark for mark in chart.layer[0].data.to_dicts() if mark["colour"] in colours]


@pytest.mark.parametrize("width", [HALF, NARROW])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_labels_and_figures_are_text(language: str, width: int) -> None:
    chart, height = bars_chart(BARS, language, width)
    chart.to_dict()  # raises for what Vega-Lite does not know
    found = texts_of(svg(chart, width, height, "what it shows"))
    expected = {
        "en": ["Platinum", "Customers", "1,234 · 25%", "EUR 0 · 0%", "<b>&", "1 · <1%"],
        "zh": ["铂金", "人数", "1,234 · 25%", "0 元 · 0%", "<b>&", "1 · <1%"],
    }[language]
    assert [text for text in expected if text not in found] == []
    label = getattr(LABEL, language)
    assert "".join(found).replace(" ", "").count(label.replace(" ", "")) == 1


def test_a_bar_is_as_long_as_its_share_and_a_little_of_something_is_seen() -> None:
    chart, _ = bars_chart(BARS, "en", HALF)
    assert [mark["x2"] for mark in rectangles(chart, LIGHT)] == [HALF / 4, SHORTEST_PX]


@given(
    st.lists(
        st.tuples(st.text("abc defg，一二三", min_size=1, max_size=90), st.floats(0, 1), st.integers(0, 10**9)),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([HALF, NARROW]),
)
def test_nothing_leaves_the_drawing_and_no_row_lies_on_another(rows: list[tuple[str, float, int]], width: int) -> None:
    chart, height = bars_chart([Bar(label, share, f"{number:,} · 7%") for label, share, number in rows], "en", width)
    edges = [edge for mark in rectangles(chart, GROUND) for edge in (mark["y"], mark["y2"])]
    assert edges == sorted(edges)
    assert len(edges) == 2 * len(rows)
    for mark in rectangles(chart, GROUND, LIGHT):
        assert 0 <= mark["x"] < mark["x2"] <= width
        assert 0 < mark["y"] < mark["y2"] <= height
    for layer in chart.layer[1:]:
        assert all(0 < mark["y"] < height and 0 <= mark["x"] <= width for mark in layer.data.to_dicts())


@given(st.text("ab 一", max_size=60), st.integers(60, 300))
def test_wrapping_loses_no_letter_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    longest_word = max((pixels(word) for word in text.replace("一", " ").split()), default=0)
    assert all(pixels(line) <= max(width, longest_word) for line in lines)


def test_chinese_breaks_anywhere_but_before_a_stop() -> None:
    assert wrapped("比平常更久没来，再见", 7 * pixels("比")) == ["比平常更久没", "来，再见"]
    assert wrapped("by text message", pixels("by text m")) == ["by text", "message"]
