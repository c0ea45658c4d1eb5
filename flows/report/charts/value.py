"""Where the coming value sits: a curve from the most valuable customer to the least."""

import altair as alt
import polars as pl

from flows.report.charts.look import DARK, INK, LIGHT, Margins, framed, over, wrapped
from flows.report.findings import Value
from flows.report.numerals import percent
from flows.report.texts import named, plain, said

HEIGHT, TOP, RIGHT, BOTTOM, LEFT = 340, 30, 22, 46, 44

TICKS = (0, 0.2, 0.4, 0.6, 0.8, 1)
BESIDE = 12
"""Pixels from the gold part's edge to the words."""
BOLD = 1.15
"""Bold letters are wider by so much."""
WIDE_GOLD, LOW = 0.6, 0.35
SHARES = alt.Scale(domain=[0, 1], nice=False)


def value_frame(value: Value) -> pl.DataFrame:
    """The curve: `customers` and `revenue` as shares from the top, and `is_gold`."""
    frame = pl.DataFrame(value.curve, schema={"customers": pl.Float64, "revenue": pl.Float64}, orient="row")
    return frame.with_columns(is_gold=pl.col("customers") <= value.gold_customers / value.customers)


def value_chart(value: Value, language: str, width: int) -> tuple[alt.LayerChart, int]:
    """Share of expected revenue by share of customers, gold customers dark, and the height in pixels."""
    gold = pl.DataFrame({"customers": [value.gold_customers / value.customers], "revenue": [value.gold / value.total]})
    x = alt.X("customers:Q", scale=SHARES, axis=_axis("customers", language, value))
    y = alt.Y("revenue:Q", scale=SHARES, axis=over(_axis("revenue", language, value), LEFT, TOP))
    frame = value_frame(value)
    layers = [
        alt.Chart(frame).mark_area(color=LIGHT).encode(x, y),
        alt.Chart(frame.filter("is_gold")).mark_area(color=DARK).encode(x, y),
        alt.Chart(frame).mark_line(color=INK, strokeWidth=2).encode(x, y),
        alt.Chart(gold).mark_point(color=INK, fill="#ffffff", size=70, opacity=1).encode(x, y),
    ]
    layers += [words.encode(x, y) for words in _words(value, language, width - LEFT - RIGHT)]
    return framed(layers, width, HEIGHT, Margins(TOP, RIGHT, BOTTOM, LEFT)), HEIGHT


def _words(value: Value, language: str, width: int) -> list[alt.Chart]:
    share = value.gold_customers / value.customers
    text = said(
        "value.gold",
        share=percent(value.gold_customers, value.customers),
        value=percent(value.gold, value.total),
        what=named("basis", value.basis),
    )
    # Right of the gold part where there is room, else low in it, in white.
    is_right = share < WIDE_GOLD
    place = pl.DataFrame({"customers": [share], "revenue": [value.gold / value.total if is_right else LOW]})
    room = (1 - share if is_right else share) * width - 2 * BESIDE
    lines = wrapped(plain(text, language), room / BOLD)
    return [
        alt.Chart(place).mark_text(
            text=line,
            align="left" if is_right else "right",
            dx=BESIDE if is_right else -BESIDE,
            dy=14 + 18 * number,
            fontWeight="bold",
            color=INK if is_right else "#ffffff",
        )
        for number, line in enumerate(lines)
    ]


def _axis(name: str, language: str, value: Value) -> alt.Axis:
    title = said(f"value.axis_{name}", what=named("basis", value.basis))
    return alt.Axis(values=TICKS, format=".0%", title=plain(title, language))
