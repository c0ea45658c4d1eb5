"""Whether a customer waits for discounts. Shard-local by customer, but for `stores_with_discounts`."""

import polars as pl


def stores_with_discounts(orders: pl.LazyFrame) -> pl.LazyFrame:
    """`store_id` of the stores whose exports tell discounts: those with any. A merge over all shards.

    Without this, customers of a store that tells none would all seem to pay full prices. `orders`: staged or mart.
    """
    return orders.filter(pl.col("discount") > 0).select("store_id").unique().sort("store_id")


def discounts(orders: pl.LazyFrame, lines: pl.LazyFrame, stores: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `discount_share`, `promotion_share`, `discount_depth`, `full_price_share`, of `stores` alone.

    `orders`: mart.purchase_order. `lines`: mart.purchase_line with `store_id`. `stores`: `stores_with_discounts`.
    """
    taken_off, undiscounted = pl.col("discount"), pl.col("customer_paid") + pl.col("discount")
    of_orders = orders.join(stores, on="store_id", how="semi").group_by("customer_id")
    is_promoted = pl.col("discount") > 0
    of_goods = lines.filter("is_goods").join(stores, on="store_id", how="semi").group_by("customer_id")
    spent, promoted, off = pl.col("spent"), pl.col("promoted"), pl.col("off")
    return (
        of_orders.agg(pl.col("customer_paid", "discount").sum())
        .select("customer_id", discount_share=_share(taken_off, undiscounted))
        .join(
            of_goods.agg(
                spent=pl.col("amount").sum(),
                promoted=pl.col("amount").filter(is_promoted).sum(),
                off=pl.col("discount").filter(is_promoted).sum(),
            ).select(
                "customer_id",
                promotion_share=_share(promoted, spent),
                full_price_share=_share(spent - promoted, spent),
                discount_depth=pl.when(off > 0).then(_share(off, promoted + off)),
            ),
            on="customer_id",
            how="left",
        )
    )


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)
