"""mart.product_health: what buyers of an article say, send back and do next. Summaries of shards, then a merge."""

from datetime import date, timedelta

import polars as pl

from transforms.customers.reviews import without_spam
from transforms.staging.told_refunds import NOT_ITEMISED

SETTLED = timedelta(days=180)
"""After so long without an order, having bought an article last says that the customer left after it."""
RECENT = timedelta(days=90)
FEWEST_REVIEWS = 3
"""On either side of a trend."""
_SUMS = ("buyers", "units", "amount", "given_back", "last_bought", "settled_buyers")


def product_summaries(lines: pl.LazyFrame, orders: pl.LazyFrame, refunds: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`product_key` and, of one shard's customers, what `_SUMS` names; sums of shards add up.

    `given_back` (money) is each article's part of refunds that name an order and no article. `lines`:
    mart.purchase_line, `orders`: mart.purchase_order, of one shard. `refunds`: mart.refund of all shards, for one may
    not say whose it is.
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
    back = _given_back(goods, placed, refunds.filter(pl.col("refund_date") <= as_of))
    return (
        sold.join(of_buyers, on="product_key", how="left")
        .join(back, on="product_key", how="left")
        .select("product_key", pl.col(_SUMS).fill_null(0))
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
    named = refunds.filter(pl.col("refund_date") <= as_of).group_by("product_key").agg(named=pl.col("amount").sum())
    last, settled = pl.col("last_bought"), pl.col("settled_buyers")
    return (
        products.filter("is_goods")
        .select("product_key")
        .join(summaries.group_by("product_key").agg(pl.col(_SUMS).sum()), on="product_key", how="left")
        .join(named, on="product_key", how="left")
        .join(_ratings(reviews, as_of), on="product_key", how="left")
        .with_columns(pl.col(*_SUMS, "named", "reviews").fill_null(0))
        .with_columns(
            as_of_date=pl.lit(as_of),
            currency=pl.lit(currency),
            refund_rate=_share(pl.col("named") + pl.col("given_back"), pl.col("amount")),
            lost_rate=_share(last, settled),
            shop_lost_rate=_share(last.sum(), settled.sum()),
        )
        .sort("product_key")
    )


def _given_back(goods: pl.LazyFrame, orders: pl.LazyFrame, refunds: pl.LazyFrame) -> pl.LazyFrame:
    """`product_key`, `given_back`: refunds of whole orders, in proportion to what was paid for each line."""
    of_orders = refunds.filter(pl.col("product_key").str.ends_with(f"/{NOT_ITEMISED}")).group_by("order_key")
    back = of_orders.agg(back=pl.col("amount").sum()).join(orders.select("order_key", "customer_paid"), on="order_key")
    # Products of two amounts do not fit into 64 bits.
    part = pl.col("amount").cast(pl.Int128) * pl.col("back").cast(pl.Int128) // pl.col("customer_paid")
    return (
        goods.join(back.filter(pl.col("customer_paid") > 0), on="order_key")
        .group_by("product_key")
        .agg(given_back=part.cast(pl.Int64).sum())
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
