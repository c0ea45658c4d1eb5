"""What a score said against what came: a point a tenth of the customers, and the line where both are the same."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from flows.report.charts.look import DARK, FAINT, LINE, Margins, framed, over
from flows.report.proof import Tenth
from flows.report.texts import plain, said

HEIGHT, TOP, RIGHT, BOTTOM, LEFT = 340, 34, 22, 46, 44
HEADROOM = 1.05
TICKS = 6
SHARES = ("churn_risk_90d",)
"""Scores that are probabilities, shown in percent from 0 to 100."""


def calibration_frame(tenths: Sequence[Tenth]) -> pl.DataFrame:
    """`predicted`, `observed` and `customers` of the tenths."""
    return pl.DataFrame(
        {name: [getattr(tenth, name) for tenth in tenths] for name in ("predicted", "observed", "customers")}
    )


def calibration_chart(tenths: Sequence[Tenth], score: str, language: str, width: int) -> tuple[alt.LayerChart, int]:
    """Points of foretold and seen, both on the same scale, and the height in pixels."""
    frame = calibration_frame(tenths)
    top = 1.0 if score in SHARES else HEADROOM * max(*frame["predicted"], *frame["observed"], 0.01)
    scale = alt.Scale(domain=[0, top], nice=False)
    form = ".0%" if score in SHARES else "~g"
    foretold, seen = (plain(said(f"calibration.{name}_{score}"), language) for name in ("foretold", "seen"))
    x = alt.X("predicted:Q", scale=scale, axis=alt.Axis(title=foretold, tickCount=TICKS, format=form))
    y = alt.Y("observed:Q", scale=scale, axis=over(alt.Axis(title=seen, tickCount=TICKS, format=form), LEFT, TOP))
    line = pl.DataFrame({"predicted": [0.0, top / 2, top], "observed": [0.0, top / 2, top]})
    word = plain(said("calibration.as_foretold"), language)
    layers = [
        alt.Chart(line).mark_line(color=LINE, strokeWidth=2).encode(x, y),
        alt.Chart(line[1:2]).mark_text(text=word, align="left", dx=14, dy=20, color=FAINT).encode(x, y),
        alt.Chart(frame).mark_point(color=DARK, fill=DARK, size=60, opacity=1).encode(x, y),
    ]
    return framed(layers, width, HEIGHT, Margins(TOP, RIGHT, BOTTOM, LEFT)), HEIGHT
