"""What a customer likes: where most of the money for goods went, and at which prices. Shard-local by customer."""

import polars as pl

from transforms.customers.price_bands import with_band

BANDS = ("low", "middle", "high")


def tastes(lines: pl.LazyFrame, thirds: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `favourite_category`, `favourite_brand`, `price_band`, each null where nothing tells it.

    Of equals the first by name counts. `lines`: mart.purchase_line with `category` and `brand`. `thirds`:
    `price_thirds` of the whole shop.
    """
    goods = lines.filter(pl.col("is_goods") & pl.col("customer_id").is_not_null())
    categories = _most_spent_on(goods, "category", "favourite_category")
    brands = _most_spent_on(goods, "brand", "favourite_brand")
    likes = categories.join(brands, on="customer_id", how="full", coalesce=True)
    return likes.join(_price_band(goods, thirds), on="customer_id", how="full", coalesce=True)


def _most_spent_on(goods: pl.LazyFrame, column: str, name: str) -> pl.LazyFrame:
    spent = goods.filter(pl.col(column).is_not_null()).group_by("customer_id", column).agg(pl.col("amount").sum())
    most = pl.col(column).sort_by("amount", column, descending=[True, False]).first()
    return spent.group_by("customer_id").agg(most.alias(name))


def _price_band(goods: pl.LazyFrame, thirds: pl.LazyFrame) -> pl.LazyFrame:
    """The band of most lines; of equals the one with more money, then the lower.

    By money alone nearly everybody would seem to buy dear: one dear line outweighs several cheap ones.
    """
    banded = with_band(goods.filter(pl.col("unit_price") > 0), thirds).filter(pl.col("price_band").is_not_null())
    sums = banded.group_by("customer_id", "price_band").agg(pl.col("amount").sum(), lines=pl.len())
    place = pl.col("price_band").replace_strict({band: place for place, band in enumerate(BANDS)})
    most = pl.col("price_band").sort_by("lines", "amount", place, descending=[True, True, False]).first()
    return sums.group_by("customer_id").agg(price_band=most)
