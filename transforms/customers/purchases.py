"""What a customer bought and what the shop kept of it. Shard-local by customer."""

import polars as pl


def purchases(orders: pl.LazyFrame, refunds: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `first_order_date`, `last_order_date`, `orders`, `customer_paid`, `net_revenue`, `margin` (money).

    `orders`: mart.purchase_order. `refunds`: mart.refund; one that names no order lowers the customer's revenue.
    """
    bought = orders.group_by("customer_id").agg(
        first_order_date=pl.col("order_date").min(),
        last_order_date=pl.col("order_date").max(),
        orders=pl.len(),
        customer_paid=pl.col("customer_paid").sum(),
        kept=pl.col("net_revenue").sum(),
    )
    both = bought.join(unlinked_refunds(refunds), on="customer_id", how="full", coalesce=True)
    net_revenue = pl.col("kept").fill_null(0) - pl.col("unlinked").fill_null(0)
    return both.with_columns(net_revenue=net_revenue, margin=net_revenue).drop("kept", "unlinked")


def unlinked_refunds(refunds: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `unlinked`: money given back that no order accounts for. `refunds`: mart.refund."""
    unlinked = refunds.filter(pl.col("order_key").is_null())
    return unlinked.group_by("customer_id").agg(unlinked=pl.col("amount").sum())
