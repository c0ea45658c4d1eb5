"""Bars under their labels: room for long words on a phone, and no legend to look up."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from flows.report.charts.look import GROUND, LIGHT, pixels, wrapped
from flows.report.charts.marks import Rectangle, Words, chart_of
from flows.report.charts.picture import Cell
from flows.report.texts import plain

LINE_PX, BAR_PX, GAP_PX, HEADING_PX = 17, 13, 13, 24
UNDER_LABEL_PX, BESIDE_LABEL_PX = 4, 20
SHORTEST_PX = 2
"""What is more than nothing is seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `share` of the whole width, its label above, its figure at the right, and perhaps a heading."""

    label: Cell
    share: float
    figure: Cell
    colour: str = LIGHT
    heading: Cell | None = None


def bars_chart(bars: Sequence[Bar], language: str, width: int) -> tuple[alt.LayerChart, int]:
    """Bars in their order, and the height in pixels."""
    marks: list[Rectangle | Words] = []
    y = 0
    for bar in bars:
        if bar.heading is not None:
            y += HEADING_PX + (GAP_PX if marks else 0)
            marks.append(Words(0, y - HEADING_PX / 2, plain(bar.heading, language), weight="bold", size=14))
        figure = plain(bar.figure, language)
        lines = wrapped(plain(bar.label, language), width - pixels(figure) - BESIDE_LABEL_PX)
        marks += [Words(0, y + LINE_PX * (n + 0.5), line) for n, line in enumerate(lines)]
        y += LINE_PX * len(lines)
        marks.append(Words(width, y - LINE_PX / 2, figure, align="right", weight="bold"))
        y += UNDER_LABEL_PX
        marks.append(Rectangle(0, width, y, y + BAR_PX, GROUND))
        if bar.share > 0:
            marks.append(Rectangle(0, max(bar.share * width, SHORTEST_PX), y, y + BAR_PX, bar.colour))
        y += BAR_PX + GAP_PX
    return chart_of(marks, width, y), y
