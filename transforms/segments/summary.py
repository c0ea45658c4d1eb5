"""mart.segment_summary: size and worth of every segment. A merge over all shards."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from transforms.contracts.value import VALUE_CLASSES

SCHEMES = {"tier": "tier", "value": "value_class"}
"""Scheme -> column of mart.customer_score that holds the segment."""
BILLION = 1_000_000_000


def segment_summary(
    scores: pl.LazyFrame, profiles: pl.LazyFrame, tiers: Sequence[str], as_of: date, currency: str
) -> pl.LazyFrame:
    """mart.segment_summary. `scores`: mart.customer_score of the night. `profiles`: mart.customer.

    `tiers`: every tier a customer can have, from the highest to the lowest.
    """
    known = scores.join(profiles.select("customer_id", "net_revenue"), on="customer_id")
    order = {"tier": tiers, "value": VALUE_CLASSES}
    parts = [
        _of_scheme(known, scheme, column).with_columns(segment_rank=_rank(order[scheme]))
        for scheme, column in SCHEMES.items()
    ]
    return pl.concat(parts).with_columns(as_of_date=pl.lit(as_of), currency=pl.lit(currency)).sort("scheme", "segment")


def _rank(segments: Sequence[str]) -> pl.Expr:
    return pl.col("segment").replace_strict(segments, range(1, len(segments) + 1), return_dtype=pl.Int64)


def _of_scheme(known: pl.LazyFrame, scheme: str, column: str) -> pl.LazyFrame:
    # Counted in billionths: a sum of floats depends on its order in the last digit, which differs from run to run.
    billionths = (pl.col("churn_risk_90d") * BILLION).round().cast(pl.Int64)
    risk = billionths.sum() / pl.col("churn_risk_90d").count() / BILLION
    return (
        known.filter(pl.col(column).is_not_null())
        .group_by(pl.col(column).alias("segment"))
        .agg(
            customers=pl.len().cast(pl.Int64),
            net_revenue=pl.col("net_revenue").sum(),
            clv_365d=pl.when(pl.col("clv_365d").count() > 0).then(pl.col("clv_365d").sum()),
            mean_churn_risk_90d=pl.when(pl.col("churn_risk_90d").count() > 0).then(risk),
        )
        .with_columns(scheme=pl.lit(scheme))
    )
