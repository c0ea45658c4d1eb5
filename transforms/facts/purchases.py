"""Orders, lines and refunds up to a night, each under its customer. Shard-local by customer, once ids are joined on."""

from datetime import date

import polars as pl


def with_customer(facts: pl.LazyFrame, ids: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Rows up to `as_of` with `customer_id`, null without an account, in the order of `facts`.

    `ids`: `account_key`, `customer_id`.
    """
    up_to_night = facts.filter(pl.col("happened_date") <= as_of)
    return up_to_night.join(ids, on="account_key", how="left", maintain_order="left")


def order_facts(orders: pl.LazyFrame, refunds: pl.LazyFrame) -> pl.LazyFrame:
    """mart.purchase_order without its costs. A refund that names its order lowers that order's net revenue.

    It does so by its amount, but not below zero where a payment held shipping and tax; all given back leaves nothing.

    `orders`: staged.purchase_order with `customer_id`; `refunds`: staged.refund of those orders, both up to the night.
    The order of `orders` stays.
    """
    linked = (
        refunds.filter(pl.col("order_key").is_not_null()).group_by("order_key").agg(refunded=pl.col("amount").sum())
    )
    paid, back, net = pl.col("customer_paid"), pl.col("refunded"), pl.col("customer_paid") - pl.col("deductions")
    # Products of two amounts do not fit into 64 bits.
    in_proportion = (back.cast(pl.Int128) * net.cast(pl.Int128) // paid).cast(pl.Int64)
    of_net = pl.when(paid > 0).then(pl.max_horizontal(in_proportion, pl.min_horizontal(back, net))).otherwise(back)
    return (
        orders.join(linked, on="order_key", how="left", maintain_order="left")
        .with_columns(back.fill_null(0), order_date="happened_date", ordered_at="happened_at")
        .with_columns(net_revenue=net - pl.when(back > 0).then(of_net).otherwise(0))
    )


def line_facts(lines: pl.LazyFrame) -> pl.LazyFrame:
    """mart.purchase_line. `lines`: staged.order_line with `customer_id`, up to the night; their order stays."""
    return lines.with_columns(order_date="happened_date")


def refund_facts(refunds: pl.LazyFrame) -> pl.LazyFrame:
    """mart.refund. `refunds`: staged.refund with `customer_id`, up to the night; their order stays."""
    return refunds.with_columns(refund_date="happened_date", refunded_at="happened_at")


def freshness(orders: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """mart.freshness. `orders`: staged.purchase_order; a merge over all shards."""
    last = (
        orders.filter(pl.col("happened_date") <= as_of)
        .group_by("store_id")
        .agg(last_order_date=pl.col("happened_date").max())
    )
    return last.with_columns(
        as_of_date=pl.lit(as_of), days_since_last_order=(pl.lit(as_of) - pl.col("last_order_date")).dt.total_days()
    ).sort("store_id")
