"""What losing a customer costs. A merge over all shards."""

import polars as pl


def losses(scores: pl.LazyFrame, profiles: pl.LazyFrame, new_customer: int) -> pl.LazyFrame:
    """`customer_id`, `loss_3650d` (money): own value of ten years, that of those one brought, and winning a new one.

    Null where the own value is. Those whom they brought in turn are not counted: it is not known that they would not
    have come. `scores`: `customer_id`, `clv_3650d` (money). `profiles`: mart.customer. `new_customer`: money.
    """
    brought = (
        profiles.select("customer_id", "referred_by_customer_id")
        .filter(pl.col("referred_by_customer_id").is_not_null())
        .join(scores, on="customer_id")
        .group_by(customer_id="referred_by_customer_id")
        .agg(brought=pl.col("clv_3650d").sum())
    )
    loss = pl.col("clv_3650d") + pl.col("brought").fill_null(0) + new_customer
    return scores.join(brought, on="customer_id", how="left").select("customer_id", loss_3650d=loss)
