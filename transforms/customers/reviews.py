"""What a customer says of what they bought. Shard-local by customer."""

import polars as pl


def reviews(told: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `reviews`, `mean_rating`, `last_rating`, `last_review_date`, `last_review_text`.

    `told`: staged.review with `customer_id`; spam counts for nothing.
    """
    in_time = without_spam(told).sort("happened_at", "review_key")
    return in_time.group_by("customer_id", maintain_order=True).agg(
        reviews=pl.len(),
        mean_rating=pl.col("rating").mean(),
        last_rating=pl.col("rating").last(),
        last_review_date=pl.col("happened_date").last(),
        last_review_text=pl.col("review_text").last(),
    )


def without_spam(told: pl.LazyFrame) -> pl.LazyFrame:
    """Reviews that are a buyer's word. `told`: staged.review."""
    return told.filter(pl.col("review_state").ne_missing(pl.lit("spam")))
