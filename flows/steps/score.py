"""Score: value, risk, tiers and segments of every customer."""

import polars as pl

from flows.night import Night
from flows.steps.fit import orders_of
from transforms.clv.history import purchase_history
from transforms.clv.models import Models
from transforms.clv.scores import gold_from, scores
from transforms.contracts import mart, value
from transforms.segments.cohorts import cohort_months, cohort_retention
from transforms.segments.summary import segment_summary
from transforms.segments.tiers import missing_to_next_tier, next_tier, paid_in_window, thresholds, tier_of


def score(night: Night, models: Models) -> None:
    """Write mart.customer_score, mart.segment_summary and mart.cohort_retention."""
    work, currency = night.work, night.settings.shop.currency
    scored = pl.concat(_scored(night, models, shard) for shard in night.shards)
    limits = thresholds(scored["month_start_paid"].drop_nulls(), night.settings.tiers)
    gold = gold_from(scored["clv_365d"])
    window_paid = pl.col("window_paid")
    is_gold = pl.col("clv_365d") >= pl.lit(gold, pl.Int64)
    value_class = pl.when(is_gold).then(pl.lit("gold")).when(~is_gold).then(pl.lit("core"))
    for shard in night.shards:
        mine = work.scan(mart.CUSTOMER, shard).select("customer_id").join(scored.lazy(), on="customer_id", how="left")
        work.write(
            mart.CUSTOMER_SCORE,
            mine.with_columns(
                as_of_date=pl.lit(night.as_of),
                currency=pl.lit(currency),
                model=pl.col("model").fill_null("none"),
                tier=tier_of(window_paid, limits),
                next_tier=next_tier(window_paid, limits),
                missing_to_next_tier=missing_to_next_tier(window_paid, limits),
                value_class=value_class,
            ).sort("customer_id"),
            shard,
        )
    work.write(value.SHOP_KPI, value.SHOP_KPI.empty().lazy())
    tiers = [tier.name for tier in night.settings.tiers]
    summary = segment_summary(work.scan(mart.CUSTOMER_SCORE), work.scan(mart.CUSTOMER), tiers, night.as_of, currency)
    work.write(mart.SEGMENT_SUMMARY, summary)
    cohorts = [cohort_months(work.scan(mart.PURCHASE_ORDER, n), work.scan(mart.REFUND, n)) for n in night.shards]
    work.write(mart.COHORT_RETENTION, cohort_retention(pl.concat(cohorts), night.as_of, currency))


def _scored(night: Night, models: Models, shard: int) -> pl.DataFrame:
    orders = orders_of(night.work, shard).filter(pl.col("customer_id").is_not_null())
    paid = night.work.scan(mart.CUSTOMER, shard).select("customer_id", "customer_paid")
    history = purchase_history(orders, night.as_of).join(paid, on="customer_id").sort("customer_id").collect()
    numbers = scores(history, models, night.as_of, night.settings.score.discount_rate)
    schema = mart.CUSTOMER_SCORE.polars_schema
    missing = [pl.lit(None, schema[name]).alias(name) for name in schema if name not in numbers.columns]
    return numbers.with_columns(missing).join(paid_in_window(orders, night.as_of).collect(), on="customer_id")
