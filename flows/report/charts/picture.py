"""A chart in both languages and two widths, with its figures as a table."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import altair as alt

from flows.report.charts.look import NARROW, svg
from flows.report.texts import Both, plain

Cell = Both | str
Draw = Callable[[str, int], tuple[alt.LayerChart, int]]
"""Language (`en`, `zh`) and width in pixels to a chart and its height in pixels, both with margins."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What the page shows to answer one question; the style sheet chooses the drawing."""

    wide: Both
    narrow: Both
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


def picture(
    draw: Draw, width: int, alternative: Cell, header: Iterable[Cell], rows: Iterable[Iterable[Cell]]
) -> Picture:
    """Draw a chart `width` pixels wide, and again for phones.

    `alternative` says what it shows to people who do not see it; `header` and `rows` are its figures.
    """

    def drawing(pixels: int) -> Both:
        return Both(*(svg(*_sized(draw, language, pixels), plain(alternative, language)) for language in ("en", "zh")))

    return Picture(drawing(width), drawing(NARROW), tuple(header), tuple(tuple(row) for row in rows))


def _sized(draw: Draw, language: str, width: int) -> tuple[alt.LayerChart, int, int]:
    chart, height = draw(language, width)
    return chart, width, height
