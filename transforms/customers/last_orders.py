"""The latest orders of each customer with what was in them, for people to read. Shard-local."""

import polars as pl


def last_orders(orders: pl.LazyFrame, lines: pl.LazyFrame, products: pl.LazyFrame, most: int) -> pl.LazyFrame:
    """The latest `most` orders of each customer, the newest first.

    `orders`: mart.purchase_order. `lines`: mart.purchase_line. `products`: mart.product. Gives `customer_id`,
    `order_key`, `order_id`, `order_date`, `customer_paid`, `refunded`, `currency` and `goods`, a list of texts such as
    `2 × teapot`, the dearest first.
    """
    newest = orders.sort("ordered_at", "order_key", descending=True)
    name = pl.coalesce("product_name", pl.col("product_key").str.split("/").list.last())
    pieces = pl.when(pl.col("quantity") > 1).then(pl.concat_str("quantity", pl.lit(" × "))).otherwise(pl.lit(""))
    goods = (
        lines.filter("is_goods")
        .join(products.select("product_key", "product_name"), on="product_key", how="left")
        .sort("order_key", pl.col("amount").neg(), "line_index")
        .group_by("order_key", maintain_order=True)
        .agg(goods=pl.concat_str(pieces, name))
    )
    return (
        newest.group_by("customer_id", maintain_order=True)
        .head(most)
        .join(goods, on="order_key", how="left")
        .select(
            "customer_id",
            "order_key",
            "order_id",
            "order_date",
            "ordered_at",
            "customer_paid",
            "refunded",
            "currency",
            pl.col("goods").fill_null(pl.lit([], pl.List(pl.String))),
        )
        .sort("customer_id", "ordered_at", "order_key", descending=[False, True, True])
        .drop("ordered_at")
    )
