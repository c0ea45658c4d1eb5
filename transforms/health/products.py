"""mart.product_health: what buyers of an article say, send back and do next. Summaries of shards, then a merge."""

from datetime import date, timedelta

import polars as pl

from transforms.customers.reviews import without_spam

SETTLED = timedelta(days=180)
"""After so long without an order, having bought an article last says that the customer left after it."""
RECENT = timedelta(days=90)
FEWEST_REVIEWS = 3
"""On either side of a trend."""
_SUMS = ("buyers", "units", "amount", "last_bought", "settled_buyers")


def product_summaries(lines: pl.LazyFrame, orders: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`product_key`, `buyers`, `units`, `amount` (money), `last_bought`, `settled_buyers` of one shard's customers.

    Sums of shards add up. `lines`: mart.purchase_line, `orders`: mart.purchase_order, of one shard.
    """
    goods = lines.filter(pl.col("is_goods") & (pl.col("order_date") <= as_of))
    placed = orders.filter(pl.col("order_date") <= as_of)
    last = placed.group_by("customer_id").agg(last_order_date=pl.col("order_date").max())
    day = pl.col("order_date")
    bought = (
        goods.filter(pl.col("customer_id").is_not_null())
        .group_by("product_key", "customer_id")
        .agg(first_date=day.min(), last_date=day.max())
        .join(last, on="customer_id")
    )
    settled = as_of - SETTLED
    is_last = pl.col("last_date") == pl.col("last_order_date")
    of_buyers = bought.group_by("product_key").agg(
        buyers=pl.len().cast(pl.Int64),
        last_bought=(is_last & (pl.col("last_order_date") <= settled)).sum().cast(pl.Int64),
        settled_buyers=(pl.col("first_date") <= settled).sum().cast(pl.Int64),
    )
    sold = goods.group_by("product_key").agg(pl.col("amount").sum(), units=pl.col("quantity").sum())
    return sold.join(of_buyers, on="product_key", how="left").select(
        "product_key", *(pl.col(name).fill_null(0) for name in _SUMS)
    )


def product_health(  # noqa: PLR0913, PLR0917 - what is told of an article stands in that many tables
    products: pl.LazyFrame,
    summaries: pl.LazyFrame,
    refunds: pl.LazyFrame,
    reviews: pl.LazyFrame,
    as_of: date,
    currency: str,
) -> pl.LazyFrame:
    """mart.product_health, a row for every article that is goods, sorted. A merge over all shards.

    `products`: mart.product. `summaries`: `product_summaries` of all shards, one under the other. `refunds`:
    mart.refund. `reviews`: staged.review.
    """
    back = refunds.filter(pl.col("refund_date") <= as_of).group_by("product_key").agg(refunded=pl.col("amount").sum())
    last, settled = pl.col("last_bought"), pl.col("settled_buyers")
    return (
        products.filter("is_goods")
        .select("product_key")
        .join(summaries.group_by("product_key").agg(pl.col(_SUMS).sum()), on="product_key", how="left")
        .join(back, on="product_key", how="left")
        .join(_ratings(reviews, as_of), on="product_key", how="left")
        .with_columns(pl.col(*_SUMS, "refunded", "reviews").fill_null(0))
        .with_columns(
            as_of_date=pl.lit(as_of),
            currency=pl.lit(currency),
            refund_rate=_share(pl.col("refunded"), pl.col("amount")),
            lost_rate=_share(last, settled),
            shop_lost_rate=_share(last.sum(), settled.sum()),
        )
        .sort("product_key")
    )


def _ratings(reviews: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    told = without_spam(reviews).filter(pl.col("happened_date") <= as_of)
    stars, is_recent = pl.col("rating"), pl.col("happened_date") > as_of - RECENT
    recent, before = stars.filter(is_recent), stars.filter(~is_recent)
    has_enough = (recent.len() >= FEWEST_REVIEWS) & (before.len() >= FEWEST_REVIEWS)
    return told.group_by("product_key").agg(
        reviews=pl.len().cast(pl.Int64),
        mean_rating=stars.mean(),
        rating_trend=pl.when(has_enough).then(recent.mean() - before.mean()),
    )


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)
