"""Who came back: a row for every month of first orders, a cell for every month since, darker for more."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from flows.report.charts.look import FAINT, INK, NARROW
from flows.report.charts.marks import Rectangle, Words, chart_of
from flows.report.findings import Cohort
from flows.report.numerals import short
from flows.report.texts import plain, said

LATEST_WIDE, LATEST_NARROW = 36, 12
"""Cohorts that fit across the page, and on a phone."""
MONTH_PX, SIZE_PX, ROW_PX, TOP = 58, 46, 22, 40
WIDEST_CELL_PX = 46
PALE, DEEP = (232, 240, 239), (11, 74, 69)
WHITE_FROM = 0.62
"""Of the highest share: cells as dark as that carry white numbers."""


def cohort_frame(cohorts: Sequence[Cohort]) -> pl.DataFrame:
    """`cohort_month`, `month_number` from 1, `share` of the cohort's customers who bought in that month."""
    cells = [
        (cohort.month, number, active / cohort.customers)
        for cohort in cohorts
        for number, active in enumerate(cohort.active, 1)
    ]
    schema = {"cohort_month": pl.Date, "month_number": pl.Int64, "share": pl.Float64}
    return pl.DataFrame(cells, schema=schema, orient="row")


def latest(cohorts: Sequence[Cohort], width: int) -> Sequence[Cohort]:
    """The newest cohorts, as many as can be read at a width in pixels."""
    return cohorts[-(LATEST_NARROW if width <= NARROW else LATEST_WIDE) :]


def cohort_chart(cohorts: Sequence[Cohort], language: str, width: int) -> tuple[alt.LayerChart, int]:
    """The newest cohorts as a heat map of percent, and the height in pixels."""
    shown = latest(cohorts, width)
    frame = cohort_frame(shown)
    left = MONTH_PX + SIZE_PX
    months = max(len(cohort.active) for cohort in shown)
    cell = min((width - left) // months, WIDEST_CELL_PX)
    highest = max(frame["share"]) or 1.0
    row_of = {cohort.month: TOP + ROW_PX * number for number, cohort in enumerate(shown)}

    marks: list[Rectangle | Words] = [
        Words(0, 9, plain(said("cohorts.since"), language), colour=FAINT, size=12),
        Words(left - 12, TOP - 10, plain(said("cohorts.size"), language), "right", colour=FAINT, size=12),
        *(Words(left + cell * (n + 0.5), TOP - 10, str(n + 1), "center", colour=FAINT, size=11) for n in range(months)),
    ]
    for cohort in shown:
        y = row_of[cohort.month] + ROW_PX / 2
        marks.append(Words(0, y, f"{cohort.month:%Y-%m}", size=12))
        marks.append(Words(left - 12, y, plain(short(cohort.customers), language), "right", "bold", 12))
    for month, number, share in frame.iter_rows():
        x, y = left + cell * (number - 1), row_of[month]
        marks.append(Rectangle(x, x + cell - 1, y, y + ROW_PX - 1, _colour(share / highest)))
        ink = "#ffffff" if share / highest >= WHITE_FROM else INK
        marks.append(Words(x + (cell - 1) / 2, y + ROW_PX / 2, _percent(share), "center", size=11, colour=ink))
    height = TOP + ROW_PX * len(shown)
    return chart_of(marks, width, height), height


def _colour(depth: float) -> str:
    return "#" + "".join(f"{round(pale + depth * (deep - pale)):02x}" for pale, deep in zip(PALE, DEEP, strict=True))


def _percent(share: float) -> str:
    return "<1" if 0 < share < 0.01 else f"{100 * share:.0f}"  # noqa: PLR2004
