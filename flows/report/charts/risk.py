"""How likely customers are to buy nothing in the next 90 days: a column for every ten percent."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from flows.report.charts.look import BAND, LIGHT, MIDDLE, NARROW, STRONG, Margins, framed
from flows.report.findings import RiskBin
from flows.report.numerals import short
from flows.report.texts import plain, said
from transforms.contacts.back_from_silence import RISK_BELOW, RISK_FROM

HEIGHT, TOP, SIDE, BOTTOM = 230, 6, 20, 42
HEADROOM = 1.3
"""Of the highest column, for its number and the word over the band."""


def risk_frame(bins: Sequence[RiskBin], group: str) -> pl.DataFrame:
    """`low`, `high` (percent), `customers` and `colour` of the columns of a `group`: `regulars` or `once`."""
    return pl.DataFrame(
        {
            "low": [part.low_percent for part in bins],
            "high": [part.high_percent for part in bins],
            "customers": [getattr(part, group) for part in bins],
            "colour": [_colour(part) if group == "regulars" else LIGHT for part in bins],
        }
    )


def _colour(part: RiskBin) -> str:
    if part.is_at_risk:
        return STRONG
    return MIDDLE if part.low_percent < 100 * RISK_FROM else LIGHT


def risk_chart(bins: Sequence[RiskBin], group: str, language: str, width: int) -> tuple[alt.LayerChart, int]:
    """Columns of one group on a scale of its own, and the height in pixels. Regulars show who is at risk."""
    frame = risk_frame(bins, group)
    top = HEADROOM * (max(frame["customers"]) or 1)
    x = alt.X(
        "low:Q",
        scale=alt.Scale(domain=[0, 100], nice=False),
        axis=alt.Axis(
            values=list(range(0, 101, 20 if width <= NARROW else 10)),
            labelExpr="datum.value + '%'",
            title=plain(said("risk.axis"), language),
        ),
    )
    y = alt.Y("customers:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=None)
    words = [plain(short(number), language) if number else "" for number in frame["customers"]]
    middle = (pl.col("low") + pl.col("high")) / 2
    columns = alt.Chart(frame).mark_rect(xOffset=1, x2Offset=-1)
    numbers = alt.Chart(frame.with_columns(low=middle, text=pl.Series(words))).mark_text(
        dy=-8, fontSize=11 if width <= NARROW else 12
    )
    layers = [
        columns.encode(x, y, alt.X2("high"), alt.Y2Datum(0), alt.Color("colour:N", scale=None)),
        numbers.encode(x, y, alt.Text("text:N")),
    ]
    if group == "regulars":
        layers = [*_band(x, y, top, language), *layers]
    return framed(layers, width, HEIGHT, Margins(TOP, SIDE, BOTTOM, SIDE)), HEIGHT


def _band(x: alt.X, y: alt.Y, top: float, language: str) -> list[alt.Chart]:
    band = pl.DataFrame({"low": [100 * RISK_FROM], "high": [100 * RISK_BELOW], "customers": [top]})
    word = band.with_columns(low=(pl.col("low") + pl.col("high")) / 2)
    said_so = plain(said("risk.band"), language)
    return [
        alt.Chart(band).mark_rect(color=BAND).encode(x, y, alt.X2("high"), alt.Y2Datum(0)),
        alt.Chart(word).mark_text(dy=12, color=STRONG, fontWeight="bold", text=said_so).encode(x, y),
    ]
