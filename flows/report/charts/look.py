"""How every chart looks: colours far apart in lightness, places in pixels, nothing left to the fonts of the machine."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import east_asian_width

import altair as alt
import vl_convert
from markupsafe import Markup

FULL, HALF, NARROW = 992, 460, 326
"""Widths in pixels: across the page, one of two columns, a phone."""
INK, FAINT, LINE, GROUND = "#17252a", "#55656b", "#aab5b7", "#e9eeee"
STRONG, DARK, MIDDLE, LIGHT, BAND = "#7d2e00", "#14625c", "#5f9d97", "#b5cfcc", "#f7e9dd"
"""From dark to light, so that grey print tells them apart; STRONG and DARK, of one lightness, never meet in a chart."""
TEXT_SIZE, AXIS_SIZE = 13, 12
COLUMN_PX = 6.7
"""Mean width of a Latin letter of TEXT_SIZE; a Chinese one takes two."""


def svg(chart: alt.LayerChart, width: int, height: int, alternative: str) -> Markup:
    """The chart as inline SVG, `width` by `height` pixels with its margins; `alternative` is for screen readers."""
    spec = chart.configure(
        background="transparent",
        font="sans-serif",
        aria=False,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            grid=False,
            domainColor=LINE,
            tickColor=LINE,
            labelColor=FAINT,
            labelFontSize=AXIS_SIZE,
            labelFlush=False,
            titleColor=FAINT,
            titleFontSize=AXIS_SIZE,
            titleFontWeight="normal",
        ),
        text=alt.MarkConfig(color=INK, fontSize=TEXT_SIZE),
    ).to_dict(validate=False)  # the tests validate: it costs more than drawing
    drawing = _OUTSIDE.sub("", vl_convert.vegalite_to_svg(spec))
    opening = Markup('<svg role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}">')
    return opening.format(alternative, width, height, width) + Markup(_TAG.sub(_lean, drawing))  # noqa: S704 - Vega escapes its texts


_OUTSIDE = re.compile(r"^<svg[^>]*>(<rect[^>]*/>)?")
_TAG = re.compile(r"<[^>]*>")
_EMPTY = re.compile(r'<path d=""[^>]*/>|<path d="M0,0h0v0h0Z"[^>]*/>')
_NEEDLESS = re.compile(r' (font-family|role|aria-[a-z]+|class|pointer-events|opacity|stroke-miterlimit)="[^"]*"')
"""Fonts are in the style sheet of the page."""
_TOO_EXACT = re.compile(r"(\d\.\d)\d+")


def _lean(tag: re.Match[str]) -> str:
    return _TOO_EXACT.sub(r"\1", _NEEDLESS.sub("", _EMPTY.sub("", tag[0])))


class Margins(NamedTuple):
    """Pixels around a chart, for axes and what stands out."""

    top: int
    right: int
    bottom: int
    left: int


def framed(layers: Sequence[alt.Chart], width: int, height: int, margins: Margins) -> alt.LayerChart:
    """Layers as one chart, `width` by `height` pixels with its margins, whatever its labels measure."""
    return alt.LayerChart(
        layer=list(layers),
        width=width - margins.left - margins.right,
        height=height - margins.top - margins.bottom,
        padding=margins._asdict(),
        autosize=alt.AutoSizeParams(type="none", contains="content"),
    )


def over(axis: alt.Axis, left: int, top: int) -> alt.Axis:
    """The axis with its title above it, where it is read without turning one's head; `left`, `top`: its margins."""
    place = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": -left, "titleY": -top / 2}
    return alt.Axis.from_dict({**axis.to_dict(), **place})


def wrapped(text: str, width: float) -> list[str]:
    """`text` in lines of about `width` pixels at most: Latin broken at spaces, Chinese anywhere but before a stop."""
    lines, line = [], ""
    for word in _WORD.findall(text):
        if line and pixels((line + word).rstrip()) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return [*lines, line.rstrip()]


_WORD = re.compile(r"[\u2e80-\uffef][，。、：；）”]*|[^\s\u2e80-\uffef]+\s*|\s+")


def pixels(text: str) -> float:
    """About how long `text` is at TEXT_SIZE; browsers' fonts differ."""
    return COLUMN_PX * sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
