"""mart.cohort_retention: of those who first bought in a month, how many bought again in each month since."""

from datetime import date

import polars as pl


def cohort_months(orders: pl.LazyFrame, refunds: pl.LazyFrame) -> pl.LazyFrame:
    """Who bought and what came in, by cohort and calendar month. Shard-local by customer; sums of shards add up.

    `orders`: mart.purchase_order, `refunds`: mart.refund, both up to the night. Gives `cohort_month` and `month` (first
    days of shop-local months), `active` and `net_revenue` (money). A refund that names no order counts on its own day;
    one from before the first order, whose purchase the exports do not hold, counts in the first month.
    """
    month = pl.col("order_date").dt.month_start()
    known = orders.filter(pl.col("customer_id").is_not_null())
    first = known.group_by("customer_id").agg(cohort_month=month.min())
    bought = known.group_by("customer_id", month=month).agg(pl.col("net_revenue").sum(), active=pl.lit(1, pl.Int64))
    given_back = refunds.filter(pl.col("order_key").is_null()).select(
        "customer_id",
        month=pl.col("refund_date").dt.month_start(),
        net_revenue=-pl.col("amount"),
        active=pl.lit(0, pl.Int64),
    )
    return (
        pl.concat([bought.select(given_back.collect_schema().names()), given_back])
        .join(first, on="customer_id")
        .group_by("cohort_month", month=pl.max_horizontal("month", "cohort_month"))
        .agg(pl.col("active", "net_revenue").sum())
        .sort("cohort_month", "month")
    )


def cohort_retention(months: pl.LazyFrame, as_of: date, currency: str) -> pl.LazyFrame:
    """mart.cohort_retention, a row for every month since, also without a purchase. A merge over all shards.

    `months`: `cohort_months` of all shards, one under the other. The month of `as_of` has a row too, marked by
    `is_complete`: without it revenue would not add up to the facts.
    """
    keys = ["cohort_month", "month"]
    sums = months.group_by(keys).agg(pl.col("active", "net_revenue").sum())
    start, month = pl.col("cohort_month"), pl.col("month")
    number = 12 * (month.dt.year() - start.dt.year()) + month.dt.month() - start.dt.month()
    return (
        sums.filter(start == month)
        .select("cohort_month", customers="active")
        .with_columns(month=pl.date_ranges("cohort_month", pl.lit(as_of.replace(day=1)), "1mo"))
        .explode("month")
        .join(sums, on=keys, how="left")
        .with_columns(pl.col("active", "net_revenue").fill_null(0))
        .with_columns(
            month_number=number.cast(pl.Int64),
            currency=pl.lit(currency),
            is_complete=month.dt.month_end() <= pl.lit(as_of),
        )
        .sort("cohort_month", "month_number")
    )
