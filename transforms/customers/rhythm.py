"""When a customer buys and how much at a time. Shard-local by customer."""

from datetime import time

import polars as pl

FEWEST_ORDERS = 3
"""With fewer, a favourite weekday or hour is chance."""
HOURS = 24


def rhythm(orders: pl.LazyFrame, timezone: str) -> pl.LazyFrame:
    """`customer_id`, `favourite_weekday`, `favourite_hour`, `units_per_order`, `usual_gap_days`.

    `orders`: mart.purchase_order. `timezone` is the zone of the shop's days and hours.
    """
    known = orders.filter(pl.col("customer_id").is_not_null())
    units = known.group_by("customer_id").agg(units_per_order=pl.col("units").sum() / pl.len())
    return (
        units.join(_favourite_weekday(known), on="customer_id", how="left")
        .join(_favourite_hour(known, timezone), on="customer_id", how="left")
        .join(_usual_gap(known), on="customer_id", how="left")
    )


def _favourite_weekday(orders: pl.LazyFrame) -> pl.LazyFrame:
    """The one with most orders; null where no single one has."""
    weekdays = orders.group_by("customer_id", weekday=pl.col("order_date").dt.weekday()).agg(orders=pl.len())
    most = pl.col("weekday").filter(pl.col("orders") == pl.col("orders").max())
    favourite = pl.when(most.len() == 1).then(most.min())
    return _frequent(weekdays).group_by("customer_id").agg(favourite_weekday=favourite)


def _favourite_hour(orders: pl.LazyFrame, timezone: str) -> pl.LazyFrame:
    """The hour of the median order: the one from which all hours are least far away around the clock.

    Of equals the first of the day. A mean would put orders at 23 and 1 o'clock at noon.
    """
    local = pl.col("ordered_at").dt.convert_time_zone(timezone)
    # Exports that tell the day alone have all orders at midnight.
    timed = orders.filter(local.dt.time() != time())
    hours = timed.group_by("customer_id", hour=local.dt.hour().cast(pl.Int64)).agg(orders=pl.len())
    often = _frequent(hours)
    apart = (pl.col("hour") - pl.col("hour_other")).abs()
    distance = pl.min_horizontal(apart, HOURS - apart) * pl.col("orders_other").cast(pl.Int64)
    nearest = pl.col("hour").sort_by("distance", "hour").first()
    return (
        often.join(often, on="customer_id", suffix="_other")
        .group_by("customer_id", "hour")
        .agg(distance=distance.sum())
        .group_by("customer_id")
        .agg(favourite_hour=nearest)
    )


def _frequent(counts: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of customers with enough `orders` in all."""
    totals = counts.group_by("customer_id").agg(pl.col("orders").sum()).filter(pl.col("orders") >= FEWEST_ORDERS)
    return counts.join(totals, on="customer_id", how="semi")


def _usual_gap(orders: pl.LazyFrame) -> pl.LazyFrame:
    days = orders.select("customer_id", "order_date").unique().sort("customer_id", "order_date")
    is_same = pl.col("customer_id") == pl.col("customer_id").shift()
    gap = (pl.col("order_date") - pl.col("order_date").shift()).dt.total_days()
    gaps = days.select("customer_id", gap=pl.when(is_same).then(gap)).drop_nulls()
    return gaps.group_by("customer_id").agg(usual_gap_days=pl.col("gap").median())
