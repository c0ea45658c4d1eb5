"""Where the coming revenue sits: a curve from the most valuable customer to the least."""

import altair as alt
import polars as pl

from flows.report.charts.look import DARK, FAINT, INK, LIGHT, Margins, framed
from flows.report.findings import Value
from flows.report.numerals import percent
from flows.report.texts import plain, said

HEIGHT, TOP, RIGHT, BOTTOM, LEFT = 330, 14, 18, 46, 44


def value_frame(value: Value) -> pl.DataFrame:
    """The curve: `customers` and `revenue` as shares from the top, and `is_gold`."""
    frame = pl.DataFrame(value.curve, schema={"customers": pl.Float64, "revenue": pl.Float64}, orient="row")
    return frame.with_columns(is_gold=pl.col("customers") <= value.gold_customers / value.customers)


def value_chart(value: Value, language: str, width: int) -> tuple[alt.LayerChart, int]:
    """Share of expected revenue by share of customers, gold customers dark, and the height in pixels."""
    gold = pl.DataFrame({"customers": [value.gold_customers / value.customers], "revenue": [value.gold / value.total]})
    x, y = (_axis(kind, name, language) for kind, name in ((alt.X, "customers"), (alt.Y, "revenue")))
    frame = value_frame(value)
    even = pl.DataFrame({"customers": [0, 1], "revenue": [0, 1]})
    layers = [
        alt.Chart(frame).mark_area(color=LIGHT).encode(x, y),
        alt.Chart(frame.filter("is_gold")).mark_area(color=DARK).encode(x, y),
        alt.Chart(even).mark_line(color=FAINT, strokeDash=[4, 4], strokeWidth=1).encode(x, y),
        alt.Chart(frame).mark_line(color=INK, strokeWidth=2).encode(x, y),
        alt.Chart(gold).mark_point(color=INK, fill="#ffffff", size=70, opacity=1).encode(x, y),
    ]
    for line, text in enumerate(_words(value, language)):
        words = alt.Chart(gold).mark_text(text=text, align="left", dx=12, dy=14 + 18 * line, fontWeight="bold")
        layers.append(words.encode(x, y))
    return framed(layers, width, HEIGHT, Margins(TOP, RIGHT, BOTTOM, LEFT)), HEIGHT


def _words(value: Value, language: str) -> list[str]:
    customers = said("value.gold_customers", share=percent(value.gold_customers, value.customers))
    revenue = said("value.gold_revenue", value=percent(value.gold, value.total))
    return [plain(customers, language), plain(revenue, language)]


def _axis(kind: type[alt.X] | type[alt.Y], name: str, language: str) -> alt.X | alt.Y:
    return kind(
        f"{name}:Q",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(
            values=[0, 0.2, 0.4, 0.6, 0.8, 1],
            format=".0%",
            title=plain(said(f"value.axis_{name}"), language),
            titleFontWeight="normal",
            titleFontSize=12,
        ),
    )
