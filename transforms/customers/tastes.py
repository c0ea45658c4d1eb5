"""What a customer likes: where most of the money for goods went. Shard-local by customer."""

import polars as pl

from transforms.customers.price_bands import with_band

BANDS = ("low", "middle", "high")


def tastes(lines: pl.LazyFrame, thirds: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `favourite_category`, `favourite_brand`, `price_band`, each null where nothing tells it.

    Of equals the first by name counts, and the lower band. `lines`: mart.purchase_line with `category` and `brand`.
    `thirds`: `price_thirds` of the whole shop.
    """
    goods = lines.filter(pl.col("is_goods") & pl.col("customer_id").is_not_null())
    lowest = pl.col("price_band").replace_strict({band: place for place, band in enumerate(BANDS)}, default=None)
    banded = with_band(goods.filter(pl.col("unit_price") > 0), thirds)
    return (
        _most_spent_on(goods, "category", "favourite_category", pl.col("category"))
        .join(_most_spent_on(goods, "brand", "favourite_brand", pl.col("brand")), how="full", **_BY_CUSTOMER)
        .join(_most_spent_on(banded, "price_band", "price_band", lowest), how="full", **_BY_CUSTOMER)
    )


_BY_CUSTOMER = {"on": "customer_id", "coalesce": True}


def _most_spent_on(goods: pl.LazyFrame, column: str, name: str, among_equals: pl.Expr) -> pl.LazyFrame:
    spent = goods.filter(pl.col(column).is_not_null()).group_by("customer_id", column).agg(pl.col("amount").sum())
    most = pl.col(column).sort_by("amount", among_equals, descending=[True, False]).first()
    return spent.group_by("customer_id").agg(most.alias(name))
