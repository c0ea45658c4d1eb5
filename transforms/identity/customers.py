"""Groups of accounts become customers, under ids that reveal nothing."""

import polars as pl

from transforms.identity.keyed_hash import hmac_sha256_hex

ID_DIGITS = 20


def customer_ids(accounts: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """`account_key`, `customer_id`, in the order of `accounts`. A merge: accounts of a group can lie in any shard.

    `accounts`: `account_key`, `group_key`, `first_order_at`. The id is made from the account of the group with the
    earliest order (tie: the smallest account key), so that a later account joining the group does not change it.
    """
    placed = accounts.with_columns(place=pl.int_range(pl.len(), dtype=pl.UInt32))
    # Most accounts are alone, and grouping them all takes ten times as long.
    together = placed.filter(pl.col("group_key").is_duplicated())
    earliest = (
        together.sort("first_order_at", "account_key", nulls_last=True)
        .group_by("group_key", maintain_order=True)
        .agg(id_place=pl.col("place").first())
    )
    named = placed.join(earliest, on="group_key", how="left", maintain_order="left")
    own = own_id(pl.col("account_key"), key)
    return named.select("account_key", customer_id=own.gather(pl.coalesce("id_place", "place")))


def own_id(account_key: pl.Expr, key: str) -> pl.Expr:
    """Customer id that the account would have alone: every id that was ever in use is that of an account."""
    return pl.lit("c") + hmac_sha256_hex(account_key, key).str.head(ID_DIGITS)


def shard_of(customer_id: pl.Expr, shards: int) -> pl.Expr:
    """Shard of a customer: the id is a hash already."""
    return customer_id.str.slice(1, 8).str.to_integer(base=16, dtype=pl.Int64) % shards


def is_tried(customer_id: pl.Expr, share: float) -> pl.Expr:
    """Whether a customer is among a share of all that is the same every night; the id is a hash already."""
    # Digits that `shard_of` does not look at, so that every shard gives its part. As text: a filter that is pushed
    # down to a Parquet scan sees an empty string where the id is null, and to_integer fails on that.
    return customer_id.str.slice(9, 8) < ("g" if share >= 1 else f"{int(share * 16**8):08x}")
