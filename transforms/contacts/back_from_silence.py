"""Occasion: a regular is silent for longer than usual and may be slipping away, but is not lost."""

from datetime import date, timedelta

import polars as pl

OCCASION = "back_from_silence"
MESSAGE = "back_from_silence"
RISK_FROM, RISK_BELOW = 0.5, 0.9
"""Below, they come anyway; above, hardly anyone does."""

LONGEST_LOOK_DAYS = 90


def with_usual_gap(scores: pl.LazyFrame) -> pl.LazyFrame:
    """`scores` (mart.customer_score) with `usual_gap_days`, mean days between occasions; null below two occasions."""
    gap = (pl.col("age_days") - pl.col("recency_days")) / pl.col("frequency")
    return scores.with_columns(usual_gap_days=pl.when(pl.col("frequency") > 0).then(gap))


def is_at_risk() -> pl.Expr:
    """More likely than not to stay away, and still worth a message."""
    return pl.col("churn_risk_90d").is_between(RISK_FROM, RISK_BELOW, closed="left").fill_null(False)


def is_due() -> pl.Expr:
    """Silent for longer than usual, and as likely as not to stay away."""
    overdue = pl.col("recency_days") > pl.col("usual_gap_days")
    return (overdue & (pl.col("churn_risk_90d") >= RISK_FROM)).fill_null(False)


def is_lost() -> pl.Expr:
    """Writing would hardly bring them back."""
    return (pl.col("churn_risk_90d") >= RISK_BELOW).fill_null(False)


def due_on(as_of: date) -> pl.Expr:
    """Day on which silence will be longer than usual, a quarter on at most; a week on if that is no guide."""
    last_order = pl.lit(as_of) - pl.duration(days=pl.col("recency_days"))
    overdue_on = last_order + pl.duration(days=pl.col("usual_gap_days").floor().cast(pl.Int64) + 1)
    next_look = pl.min_horizontal(overdue_on, pl.lit(as_of + timedelta(days=LONGEST_LOOK_DAYS)))
    return pl.when(overdue_on > as_of).then(next_look).otherwise(pl.lit(as_of + timedelta(days=7)))


def reason() -> pl.Expr:
    """Why this customer, in words."""
    # Not pl.format: Polars 2.1 panics in it where the streaming engine hands it a piece without rows.
    return pl.concat_str(
        pl.lit("Bought on "),
        pl.col("frequency") + 1,
        pl.lit(" days, usually every "),
        pl.col("usual_gap_days").round().cast(pl.Int64),
        pl.lit(" days; silent for "),
        pl.col("recency_days"),
        pl.lit(" days; "),
        ((1 - pl.col("churn_risk_90d")) * 100).round().cast(pl.Int64),
        pl.lit(" % likely to buy within 90 days."),
    )
