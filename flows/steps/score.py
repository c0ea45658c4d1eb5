"""Score: value, risk, tiers and segments of every customer."""

import polars as pl

from flows.night import Night
from flows.steps.fit import orders_of
from transforms.clv.history import purchase_history
from transforms.clv.models import Models
from transforms.clv.scores import scores
from transforms.contracts import mart, value
from transforms.facts.costs import money
from transforms.segments.cohorts import cohort_months, cohort_retention
from transforms.segments.summary import segment_summary
from transforms.segments.tiers import missing_to_next_tier, next_tier, paid_in_window, thresholds, tier_of
from transforms.value.classes import class_limits, value_class, value_of_last_year
from transforms.value.loss import losses
from transforms.value.new_customer import new_customer_value
from transforms.value.shop_kpi import shop_kpi


def score(night: Night, models: Models) -> None:
    """Write mart.customer_score, mart.shop_kpi, mart.segment_summary and mart.cohort_retention."""
    work, currency = night.work, night.settings.shop.currency
    scored = pl.concat(_scored(night, models, shard) for shard in night.shards)
    limits = thresholds(scored["month_start_paid"].drop_nulls(), night.settings.tiers)
    scored = _with_value(night, scored)
    window_paid = pl.col("window_paid")
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
            ).sort("customer_id"),
            shard,
        )
    work.write(value.SHOP_KPI, _kpis(night, models, scored))
    tiers = [tier.name for tier in night.settings.tiers]
    summary = segment_summary(work.scan(mart.CUSTOMER_SCORE), work.scan(mart.CUSTOMER), tiers, night.as_of, currency)
    work.write(mart.SEGMENT_SUMMARY, summary)
    cohorts = [cohort_months(work.scan(mart.PURCHASE_ORDER, n), work.scan(mart.REFUND, n)) for n in night.shards]
    work.write(mart.COHORT_RETENTION, cohort_retention(pl.concat(cohorts), night.as_of, currency))


def _scored(night: Night, models: Models, shard: int) -> pl.DataFrame:
    orders = orders_of(night.work, shard).filter(pl.col("customer_id").is_not_null())
    paid = night.work.scan(mart.CUSTOMER, shard).select("customer_id", "customer_paid", "margin")
    history = purchase_history(orders, night.as_of).join(paid, on="customer_id").sort("customer_id").collect()
    numbers = scores(history, models, night.as_of, night.settings.score.discount_rate)
    schema = {**mart.CUSTOMER_SCORE.polars_schema, "p_buy_365d": pl.Float64()}
    missing = [pl.lit(None, schema[name]).alias(name) for name in schema if name not in numbers.columns]
    return numbers.with_columns(missing).join(paid_in_window(orders, night.as_of).collect(), on="customer_id")


def _with_value(night: Night, scored: pl.DataFrame) -> pl.DataFrame:
    """`scored`, of all shards, with `loss_3650d` and `value_class`."""
    work = night.work
    last_year = pl.concat(
        value_of_last_year(work.scan(mart.PURCHASE_ORDER, shard), work.scan(mart.REFUND, shard), night.as_of)
        for shard in night.shards
    )
    loss = losses(scored.lazy(), work.scan(mart.CUSTOMER), money(night.settings.costs.new_customer))
    known = scored.lazy().drop("loss_3650d").join(loss, on="customer_id")
    found = known.join(last_year, on="customer_id", how="left").collect()
    return found.with_columns(value_class=value_class(class_limits(found)))


def _kpis(night: Night, models: Models, scored: pl.DataFrame) -> pl.LazyFrame:
    foretold = scored.lazy().select("customer_id", "value_class", "clv_365d", "clv_3650d", "p_buy_365d")
    known = night.work.scan(mart.CUSTOMER).join(foretold, on="customer_id", how="left")
    new = new_customer_value(models, night.as_of, night.settings.score.discount_rate)
    return shop_kpi(known, new, night.as_of, night.settings.shop.currency)
