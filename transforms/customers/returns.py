"""What a customer got back. Shard-local by customer."""

import polars as pl

from transforms.customers.purchases import unlinked_refunds


def returns(orders: pl.LazyFrame, refunds: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `refund_rate` (null where nothing was paid), `refunded_orders`, `last_refund_date`.

    `orders`: mart.purchase_order. `refunds`: mart.refund.
    """
    of_orders = orders.group_by("customer_id").agg(
        paid=pl.col("customer_paid").sum(),
        refunded=pl.col("refunded").sum(),
        refunded_orders=(pl.col("refunded") > 0).sum(),
    )
    latest = refunds.group_by("customer_id").agg(last_refund_date=pl.col("refund_date").max())
    back = pl.col("refunded") + pl.col("unlinked").fill_null(0)
    return (
        of_orders.join(unlinked_refunds(refunds), on="customer_id", how="left")
        .join(latest, on="customer_id", how="full", coalesce=True)
        .with_columns(refund_rate=pl.when(pl.col("paid") > 0).then(back / pl.col("paid")))
    )
