"""Groups of accounts become customers, under ids that reveal nothing."""

import polars as pl

from transforms.identity.keyed_hash import hmac_sha256_hex

ID_DIGITS = 20


def customer_ids(accounts: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """`account_key`, `customer_id`. A merge: the accounts of a group can lie in any shard.

    `accounts`: `account_key`, `group_key`, `first_order_at`. The id is made from the account of the group with the
    earliest order (tie: the smallest account key), so that a later account joining the group does not change it.
    """
    # Most accounts are alone, and grouping them all by key takes ten times as long.
    is_together = pl.col("group_key").is_duplicated()
    earliest = (
        accounts.filter(is_together)
        .sort("first_order_at", "account_key", nulls_last=True)
        .group_by("group_key", maintain_order=True)
        .agg(id_account_key=pl.col("account_key").first())
        .with_columns(customer_id=own_id(pl.col("id_account_key"), key))
    )
    together = accounts.join(earliest, on="group_key").select("account_key", "customer_id")
    alone = accounts.filter(~is_together).select("account_key", customer_id=own_id(pl.col("account_key"), key))
    return pl.concat([alone, together]).sort("account_key")


def own_id(account_key: pl.Expr, key: str) -> pl.Expr:
    """Customer id that the account would have alone: every id that was ever in use is that of an account."""
    return pl.lit("c") + hmac_sha256_hex(account_key, key).str.head(ID_DIGITS)


def shard_of(customer_id: pl.Expr, shards: int) -> pl.Expr:
    """Shard of a customer: the id is a hash already."""
    return customer_id.str.slice(1, 8).str.to_integer(base=16, dtype=pl.Int64) % shards
