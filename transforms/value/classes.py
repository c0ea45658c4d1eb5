"""Value classes: who brings most of the value that is expected, and who is growing. A merge over all shards."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

GOLD_SHARE, RISING_SHARE = 0.8, 0.5
YEAR = timedelta(days=365)


def value_of_last_year(orders: pl.LazyFrame, refunds: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`customer_id`, `last_365d` (money): margin of the last 365 days' orders less unlinked refunds. Shard-local.

    Margin is net revenue where no cost is told. `orders`: mart.purchase_order. `refunds`: mart.refund.
    """
    bought = orders.filter(pl.col("order_date") > as_of - YEAR).select("customer_id", last_365d="margin")
    back = refunds.filter(pl.col("order_key").is_null(), pl.col("refund_date") > as_of - YEAR)
    both = pl.concat([bought, back.select("customer_id", last_365d=-pl.col("amount"))])
    return both.filter(pl.col("customer_id").is_not_null()).group_by("customer_id").agg(pl.col("last_365d").sum())


@dataclass(frozen=True, slots=True)
class ClassLimits:
    """Least expected value of a gold customer, least growth of a rising one; None where there is none."""

    gold: int | None
    rising: int | None


def class_limits(customers: pl.DataFrame) -> ClassLimits:
    """Where the classes begin. `customers`, of all shards: `clv_365d`, `last_365d` (money, may be null)."""
    gold = smallest_group(customers["clv_365d"], GOLD_SHARE)
    outside = customers if gold is None else customers.filter(pl.col("clv_365d") < gold)
    growth = outside.select(_growth()).to_series()
    return ClassLimits(gold, smallest_group(growth.filter(growth > 0), RISING_SHARE))


def value_class(limits: ClassLimits) -> pl.Expr:
    """The class of a customer, from `clv_365d` and `last_365d`; null without the first."""
    value, gold, rising = pl.col("clv_365d"), pl.lit(limits.gold, pl.Int64), pl.lit(limits.rising, pl.Int64)
    return (
        pl.when(value >= gold)
        .then(pl.lit("gold"))
        .when(_growth() >= rising)
        .then(pl.lit("rising"))
        .when(value.is_not_null())
        .then(pl.lit("core"))
    )


def smallest_group(values: pl.Series, share: float) -> int | None:
    """Smallest value of the smallest group that brings `share` of the total; None where that is not above zero.

    Those with the same value are in it together. `values`: money, any order, nulls left out.
    """
    ranked = values.drop_nulls().sort(descending=True)
    total = int(ranked.sum())
    if total <= 0:
        return None
    return int(ranked.filter(ranked.cum_sum().shift(1, fill_value=0) < share * float(total))[-1])


def _growth() -> pl.Expr:
    # Who cost money last year does not grow by as much as that was.
    return pl.col("clv_365d") - pl.col("last_365d").fill_null(0).clip(lower_bound=0)
