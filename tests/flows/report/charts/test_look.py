"""Drawings: told to screen readers, without an address, and apart in grey print."""

from itertools import pairwise
from xml.etree import ElementTree

import altair as alt
import polars as pl
import pytest

from flows.report.charts.look import BAND, DARK, GROUND, LIGHT, MIDDLE, STRONG, Margins, framed, svg


def lightness(colour: str) -> float:
    """Percent of white that is left when a colour is printed in grey (luma of ITU-R BT.601)."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 2.55


@pytest.mark.parametrize("darkest", [STRONG, DARK])
def test_colours_that_meet_in_a_chart_are_apart_in_grey(darkest: str) -> None:
    scale = [lightness(colour) for colour in (darkest, MIDDLE, LIGHT, GROUND)]
    assert all(lighter - darker >= 10 for darker, lighter in pairwise(scale))
    assert lightness(BAND) - lightness(LIGHT) >= 10


def test_a_drawing_tells_what_it_shows_and_asks_for_nothing() -> None:
    frame = pl.DataFrame({"x": [1.23456, 2], "text": ["<i>&", 'EUR 12.3456 class="x"']})
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 3]))
    chart = framed([alt.Chart(frame).mark_text().encode(x, alt.Text("text:N"))], 200, 100, Margins(5, 5, 30, 5))
    drawing = svg(chart, 200, 100, 'a "name" <b>')
    root = ElementTree.fromstring(drawing)
    assert root.attrib == {"role": "img", "aria-label": 'a "name" <b>', "viewBox": "0 0 200 100", "width": "200"}
    assert {"<i>&", 'EUR 12.3456 class="x"'} <= {node.text for node in root.iter("text")}
    assert "http" not in drawing
    assert "font-family" not in drawing
