"""Rectangles and words at given pixels, for charts whose places follow from words and not from an axis."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import altair as alt
import polars as pl

from flows.report.charts.look import INK, TEXT_SIZE, Margins, framed

Align = Literal["left", "center", "right"]
Weight = Literal["normal", "bold"]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Edges in pixels from the left and the top."""

    x: float
    x2: float
    y: float
    y2: float
    colour: str


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text, whose middle is `y` pixels from the top, aligned at `x`."""

    x: float
    y: float
    text: str
    align: Align = "left"
    weight: Weight = "normal"
    size: int = TEXT_SIZE
    colour: str = INK


def chart_of(marks: Iterable[Rectangle | Words], width: int, height: int) -> alt.LayerChart:
    """The marks as a chart of that size; words lie over rectangles."""
    marks = list(marks)
    words = [mark for mark in marks if isinstance(mark, Words)]
    styles = sorted({(mark.align, mark.weight, mark.size) for mark in words})
    layers = [
        _rectangles([mark for mark in marks if isinstance(mark, Rectangle)]),
        *(
            _words([mark for mark in words if (mark.align, mark.weight, mark.size) == style], *style)
            for style in styles
        ),
    ]
    return framed(layers, width, height, Margins(0, 0, 0, 0))


def _rectangles(marks: Sequence[Rectangle]) -> alt.Chart:
    drawn: alt.Chart = _data(marks).mark_rect().encode(_x(), _y(), alt.X2("x2"), alt.Y2("y2"), _colour())
    return drawn


def _words(marks: Sequence[Words], align: Align, weight: Weight, size: int) -> alt.Chart:
    plain = _data(marks).mark_text(align=align, baseline="middle", fontWeight=weight, fontSize=size)
    drawn: alt.Chart = plain.encode(_x(), _y(), alt.Text("text:N"), _colour())
    return drawn


def _data(marks: Sequence[Rectangle | Words]) -> alt.Chart:
    return alt.Chart(pl.DataFrame([asdict(mark) for mark in marks]))


def _x() -> alt.X:
    return alt.X("x:Q", scale=None, axis=None)


def _y() -> alt.Y:
    return alt.Y("y:Q", scale=None, axis=None)


def _colour() -> alt.Color:
    return alt.Color("colour:N", scale=None, legend=None)
