"""mart.shop_kpi: what the owner asks, of the whole shop and of its parts. A merge over all shards."""

from datetime import date

import polars as pl

from transforms.contracts.table import MONEY_SCALE

TOP_PERCENTS = (1, 5, 10, 20, 50)
POINTS = 0.05
BILLION = 1_000_000_000
UNITS = {
    "customers": "customers",
    "historic_value": "currency",
    "customer_equity": "currency",
    "customer_equity_3650d": "currency",
    "retention_365d": "share",
    "five_points_retention": "currency",
    "value_share": "share",
    "new_customer_value_3650d": "currency",
}
_OF_PARTS = ("customers", "historic_value", "customer_equity", "customer_equity_3650d", "retention_365d")
_KEY = ["metric", "dimension", "member"]


def shop_kpi(customers: pl.LazyFrame, new_customer_value: float | None, as_of: date, currency: str) -> pl.LazyFrame:
    """mart.shop_kpi, sorted by key. A figure that nothing is known of, such as equity without a model, has no row.

    `customers`: a row a customer of mart.customer, with `orders`, `margin`, `acquired_by`, `first_order_date`, and what
    the night foretells, null without a model: `value_class`, `clv_365d`, `clv_3650d` (money) and `p_buy_365d`
    (probability of a purchase in the next 365 days). `new_customer_value`: currency units; None without a model.

    Historic value counts every customer, so that it adds up to mart.customer: messages to people who never bought too.
    """
    parts = {
        "all": pl.lit("all"),
        "acquired_by": pl.col("acquired_by"),
        "cohort_year": pl.col("first_order_date").dt.year().cast(pl.String),
        "value_class": pl.col("value_class"),
    }
    figures = [_figures(customers, dimension, member) for dimension, member in parts.items()]
    figures += [_five_points(customers), _value_shares(customers), _new_customer(new_customer_value)]
    return (
        pl.concat(figures)
        .filter(pl.col("metric_value").is_not_null())
        .with_columns(as_of_date=pl.lit(as_of), unit=pl.col("metric").replace_strict(UNITS), currency=pl.lit(currency))
        .sort(_KEY)
    )


def _figures(customers: pl.LazyFrame, dimension: str, member: pl.Expr) -> pl.LazyFrame:
    return (
        customers.group_by(member=member.fill_null("unknown"))
        .agg(
            customers=_buyers().cast(pl.Float64),
            historic_value=_units(pl.col("margin")),
            customer_equity=_units(pl.col("clv_365d")),
            customer_equity_3650d=_units(pl.col("clv_3650d")),
            retention_365d=_buying() / pl.col("p_buy_365d").count(),
        )
        .unpivot(_OF_PARTS, index="member", variable_name="metric", value_name="metric_value")
        .select("metric", "metric_value", "member", dimension=pl.lit(dimension))
        .with_columns(pl.col("metric_value").fill_nan(None))
    )


def _five_points(customers: pl.LazyFrame) -> pl.LazyFrame:
    """Each point more of the customers buys what those do who are expected to buy now."""
    worth = _units(pl.col("clv_365d")) / _buying()
    figure = pl.when(_buying() > 0).then(POINTS * _buyers() * worth)
    return customers.select(metric_value=figure).select(
        metric=pl.lit("five_points_retention"),
        metric_value="metric_value",
        member=pl.lit("all"),
        dimension=pl.lit("all"),
    )


def _value_shares(customers: pl.LazyFrame) -> pl.LazyFrame:
    value = pl.col("clv_365d").drop_nulls()
    # Of few customers the top percent is one.
    tops = {str(percent): value.top_k((value.len() * percent + 99) // 100).sum() for percent in TOP_PERCENTS}
    shares = [pl.when(value.sum() > 0).then(top / value.sum()).alias(name) for name, top in tops.items()]
    return (
        customers.select(shares)
        .unpivot(variable_name="member", value_name="metric_value")
        .select(
            metric=pl.lit("value_share"), metric_value="metric_value", member="member", dimension=pl.lit("top_percent")
        )
    )


def _new_customer(value: float | None) -> pl.LazyFrame:
    told = {"metric": "new_customer_value_3650d", "metric_value": value, "member": "all", "dimension": "all"}
    return pl.LazyFrame([told], schema_overrides={"metric_value": pl.Float64})


def _buyers() -> pl.Expr:
    return (pl.col("orders") > 0).sum()


def _units(money: pl.Expr) -> pl.Expr:
    """Sum in currency units; null where nothing is told."""
    return pl.when(money.count() > 0).then(money.sum() / MONEY_SCALE)


def _buying() -> pl.Expr:
    """Expected number of customers who buy in the next 365 days.

    Counted in billionths: a sum of floats depends on its order in the last digit, which differs from run to run.
    """
    return (pl.col("p_buy_365d") * BILLION).round().cast(pl.Int64).sum() / BILLION
