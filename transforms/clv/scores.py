"""From purchase histories to the numbers of mart.customer_score."""

from datetime import date

import polars as pl

from transforms.clv.models import Models
from transforms.clv.spend.choice_of_spend import every_occasion
from transforms.contracts.table import MONEY_SCALE

RISK_DAYS = 90
VALUE_DAYS = 365
LONG_DAYS = 3650


def scores(history: pl.DataFrame, models: Models, as_of: date, yearly_rate: float) -> pl.DataFrame:
    """The columns of mart.customer_score that come from the history, one row a customer with a purchase.

    `history`: `purchase_history` as of the night, with `customer_paid` and `margin` of mart.customer
    (money). Also gives `p_buy_365d`, the probability of a purchase in the next 365 days. Shard-local.
    """
    known = history.select(
        "customer_id",
        frequency="x",
        recency_days=pl.col("age_days") - pl.col("t_x_days"),
        age_days="age_days",
        monetary_value=(pl.col("customer_paid") / (pl.col("x") + 1)).round().cast(pl.Int64),
        model=pl.lit(models.name),
    )
    return known.with_columns(*_of_purchases(history, models, as_of), *_of_value(history, models, as_of, yearly_rate))


def _of_purchases(history: pl.DataFrame, models: Models, as_of: date) -> list[pl.Series]:
    if models.bands is not None:
        return [
            models.bands.expected_purchases_90d(history).alias("expected_orders_90d"),
            models.bands.p_no_purchase_90d(history).alias("churn_risk_90d"),
        ]
    if models.purchases is None:
        return []
    timed = models.season.history(history, as_of)
    soon, year = (models.season.days_ahead(as_of, days) for days in (RISK_DAYS, VALUE_DAYS))
    return [
        models.purchases.p_alive(timed).alias("p_alive"),
        models.purchases.expected_purchases(timed, soon).alias("expected_orders_90d"),
        models.purchases.p_no_purchase(timed, soon).alias("churn_risk_90d"),
        (1 - models.purchases.p_no_purchase(timed, year)).alias("p_buy_365d"),
    ]


def _of_value(history: pl.DataFrame, models: Models, as_of: date, yearly_rate: float) -> list[pl.Series]:
    if models.purchases is None or models.spend is None:
        return []
    timed = models.season.history(history, as_of)
    an_occasion = (
        models.spend.expected_spend(every_occasion(history)) * models.worth.margin_rate.rates(history) * MONEY_SCALE
    )
    values = [pl.Series("value_basis", [models.worth.basis]).new_from_index(0, history.height)]
    for name, days in (("clv_365d", VALUE_DAYS), ("clv_3650d", LONG_DAYS)):
        ahead = models.season.days_ahead(as_of, days)
        coming = models.purchases.expected_discounted_purchases(timed, ahead, yearly_rate)
        values.append((coming * an_occasion).round().cast(pl.Int64).alias(name))
    return values
