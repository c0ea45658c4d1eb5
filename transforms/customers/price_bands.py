"""Which prices of a category are low, which high: thirds of what the shop sold. Summaries of shards, then a merge."""

import polars as pl


def price_counts(lines: pl.LazyFrame) -> pl.LazyFrame:
    """`category` (null where untold), `unit_price` (money), `lines`, of one shard's goods; gifts left out.

    `lines`: mart.purchase_line with `category`.
    """
    sold = lines.filter(pl.col("is_goods") & (pl.col("unit_price") > 0))
    return sold.group_by("category", "unit_price").agg(lines=pl.len().cast(pl.Int64))


def price_thirds(counts: pl.LazyFrame) -> pl.LazyFrame:
    """`category`, `low_until`, `middle_until` (money): highest prices of the lower two thirds. A merge over all shards.

    A third ends at the lowest price that so many lines do not exceed; equal prices are never parted. A category of one
    price alone has none. `counts`: `price_counts` of all shards, one under the other.
    """
    prices = counts.group_by("category", "unit_price").agg(pl.col("lines").sum())
    totals = prices.group_by("category").agg(total=pl.col("lines").sum(), prices=pl.len())
    so_far = pl.col("lines").cum_sum().over("category", order_by="unit_price")
    price = pl.col("unit_price")
    return (
        prices.with_columns(so_far=so_far)
        .join(totals.filter(pl.col("prices") > 1), on="category", nulls_equal=True)
        .group_by("category")
        .agg(
            low_until=price.filter(3 * pl.col("so_far") >= pl.col("total")).min(),
            middle_until=price.filter(3 * pl.col("so_far") >= 2 * pl.col("total")).min(),
        )
        .sort("category")
    )


def with_band(lines: pl.LazyFrame, thirds: pl.LazyFrame) -> pl.LazyFrame:
    """`lines` with `price_band`: low, middle, high; null where the category has no thirds. `thirds`: `price_thirds`."""
    price = pl.col("unit_price")
    # Where the lower two thirds end at one price, that price is low.
    band = (
        pl.when(price <= pl.col("low_until"))
        .then(pl.lit("low"))
        .when(price <= pl.col("middle_until"))
        .then(pl.lit("middle"))
        .when(price > pl.col("middle_until"))
        .then(pl.lit("high"))
    )
    return lines.join(thirds, on="category", how="left", nulls_equal=True).with_columns(price_band=band)
