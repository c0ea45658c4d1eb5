"""What a customer bought and what the shop kept of it. Shard-local by customer."""

import polars as pl


def purchases(orders: pl.LazyFrame, refunds: pl.LazyFrame, spent: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `first_order_date`, `last_order_date`, `orders`, `customer_paid`, `net_revenue`, `margin` (money).

    `orders`: mart.purchase_order. `refunds`: mart.refund; one that names no order lowers the customer's revenue.
    `spent`: `customer_id`, `spent` (money), any number of rows a customer: what else lowers margin.
    """
    bought = orders.group_by("customer_id").agg(
        first_order_date=pl.col("order_date").min(),
        last_order_date=pl.col("order_date").max(),
        orders=pl.len(),
        customer_paid=pl.col("customer_paid").sum(),
        net_revenue=pl.col("net_revenue").sum(),
        margin=pl.col("margin").sum(),
    )
    spending = spent.group_by("customer_id").agg(pl.col("spent").sum())
    unlinked, revenue = pl.col("unlinked").fill_null(0), pl.col("net_revenue").fill_null(0)
    return (
        bought.join(unlinked_refunds(refunds), on="customer_id", how="full", coalesce=True)
        .join(spending, on="customer_id", how="full", coalesce=True)
        .with_columns(
            net_revenue=revenue - unlinked,
            margin=pl.col("margin").fill_null(0) - unlinked - pl.col("spent").fill_null(0),
        )
        .drop("unlinked", "spent")
    )


def unlinked_refunds(refunds: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `unlinked`: money given back that no order accounts for. `refunds`: mart.refund."""
    unlinked = refunds.filter(pl.col("order_key").is_null())
    return unlinked.group_by("customer_id").agg(unlinked=pl.col("amount").sum())
