"""Score: purchase histories, models of the week, value, risk, tiers and segments."""

import polars as pl

from flows.io.lake import Stage, write_atomically
from flows.night import Night
from flows.steps.customers import tell_costs
from transforms.clv.history import purchase_history
from transforms.clv.margin_rate import MarginRate, margin_spread
from transforms.clv.scores import Models, fit_models, fitted_as_of, scores
from transforms.contracts import mart, value
from transforms.facts.costs import money
from transforms.segments.cohorts import cohort_months, cohort_retention
from transforms.segments.summary import segment_summary
from transforms.segments.tiers import missing_to_next_tier, next_tier, paid_in_window, thresholds, tier_of
from transforms.value.classes import class_limits, value_class, value_of_last_year
from transforms.value.loss import losses
from transforms.value.new_customer import new_customer_value
from transforms.value.shop_kpi import shop_kpi

MODELS = "models.json"
"""The models in use, kept with the record of the night."""


def fit(night: Night) -> Models:
    """Fit the models of the week on all shards' histories."""
    monday = fitted_as_of(night.as_of)
    histories = [purchase_history(_orders(night.work, shard), monday).collect() for shard in night.shards]
    limits = night.settings.score
    models = fit_models(
        pl.concat(histories).sort("customer_id"), _margin_rate(night), limits.min_customers, limits.min_returning
    )
    write_atomically(night.work.root / MODELS, models.to_json())
    return models


def score(night: Night, models: Models) -> None:
    """Write mart.customer_score, mart.segment_summary and mart.cohort_retention."""
    work, currency = night.work, night.settings.shop.currency
    scored = pl.concat(_scored(night, models, shard) for shard in night.shards)
    limits = thresholds(scored["month_start_paid"].drop_nulls(), night.settings.tiers)
    window_paid = pl.col("window_paid")
    scored = _with_value(night, scored)
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
    for table in (value.MODEL_CHOICE, value.MODEL_QUALITY, value.SCORE_CALIBRATION):
        work.write(table, table.empty().lazy())
    work.write(value.SHOP_KPI, _kpis(night, models, scored))
    tiers = [tier.name for tier in night.settings.tiers]
    summary = segment_summary(work.scan(mart.CUSTOMER_SCORE), work.scan(mart.CUSTOMER), tiers, night.as_of, currency)
    work.write(mart.SEGMENT_SUMMARY, summary)
    cohorts = [cohort_months(work.scan(mart.PURCHASE_ORDER, n), work.scan(mart.REFUND, n)) for n in night.shards]
    work.write(mart.COHORT_RETENTION, cohort_retention(pl.concat(cohorts), night.as_of, currency))


def _orders(work: Stage, shard: int | None = None) -> pl.LazyFrame:
    return work.scan(mart.PURCHASE_ORDER, shard).select(
        "customer_id", "customer_paid", happened_date="order_date", spend="customer_paid"
    )


def _scored(night: Night, models: Models, shard: int) -> pl.DataFrame:
    orders = _orders(night.work, shard).filter(pl.col("customer_id").is_not_null())
    paid = night.work.scan(mart.CUSTOMER, shard).select("customer_id", "customer_paid", "margin")
    history = purchase_history(orders, night.as_of).join(paid, on="customer_id").sort("customer_id").collect()
    numbers = scores(history, models, night.settings.score.discount_rate)
    schema = mart.CUSTOMER_SCORE.polars_schema
    schema = {**schema, "p_buy_365d": pl.Float64()}
    missing = [pl.lit(None, schema[name]).alias(name) for name in schema if name not in numbers.columns]
    return numbers.with_columns(missing).join(paid_in_window(orders, night.as_of).collect(), on="customer_id")


def _margin_rate(night: Night) -> MarginRate:
    work = night.work
    spreads = pl.concat(margin_spread(work.scan(mart.PURCHASE_ORDER, shard)) for shard in night.shards)
    paid = work.scan(mart.CUSTOMER).select("customer_id", "customer_paid", "margin")
    return MarginRate.fit(spreads.join(paid, on="customer_id").sort("customer_id").collect())


def _with_value(night: Night, scored: pl.DataFrame) -> pl.DataFrame:
    """`scored`, of all shards, with `value_basis`, `loss_3650d` and `value_class`."""
    work = night.work
    basis = pl.lit("margin" if tell_costs(night) else "net_revenue")
    last_year = pl.concat(
        value_of_last_year(work.scan(mart.PURCHASE_ORDER, shard), work.scan(mart.REFUND, shard), night.as_of)
        for shard in night.shards
    )
    loss = losses(scored.lazy(), work.scan(mart.CUSTOMER), money(night.settings.costs.new_customer))
    known = (
        scored.lazy()
        .drop("loss_3650d")
        .join(last_year, on="customer_id", how="left")
        .join(loss, on="customer_id")
        .with_columns(value_basis=pl.when(pl.col("clv_365d").is_not_null()).then(basis))
        .collect()
    )
    return known.with_columns(value_class=value_class(class_limits(known)))


def _kpis(night: Night, models: Models, scored: pl.DataFrame) -> pl.LazyFrame:
    new = None
    if models.purchases and models.spend:
        rate = night.settings.score.discount_rate
        new = new_customer_value(models.purchases, models.spend, models.margin_rate, rate)
    foretold = scored.lazy().select("customer_id", "value_class", "clv_365d", "clv_3650d", "p_buy_365d")
    known = night.work.scan(mart.CUSTOMER).join(foretold, on="customer_id", how="left")
    return shop_kpi(known, new, night.as_of, night.settings.shop.currency)
