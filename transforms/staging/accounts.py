"""Accounts and consents from customer exports and orders. Shard-local, but for `customer_accounts`."""

import polars as pl

from transforms.contracts import staged
from transforms.staging.days import local_date
from transforms.staging.merging import REPEATS, from_latest_file

ACCOUNT = ["store_id", "account_id"]
WORD = [*ACCOUNT, "channel", "purpose", "happened_at"]
FIRST_ORDER = ["order_key", "region", "acquired_by"]
TOLD_BY_ACCOUNT_FILE = ["customer_name", "email", "phone", "region", "acquired_by", "is_business"]


def kept_accounts(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The row of each account that counts: last line of the latest file. `rows`: row.customer_account, `file_rank`."""
    last = pl.all().sort_by("line_number").last()
    repeats = pl.len().cast(pl.Int64).alias(REPEATS)
    return from_latest_file(rows, ACCOUNT).group_by(ACCOUNT).agg(last, repeats).with_columns(account_key=_account_key())


def named_accounts(kept_lines: pl.LazyFrame) -> pl.LazyFrame:
    """What one shard's order lines and refunds tell of each account; `customer_accounts` merges them.

    An account that only ever got money back has no `first_order_at`.
    """
    return _first_told(
        kept_lines.filter(pl.col("account_key").is_not_null()).select(
            *FIRST_ORDER,
            "account_key",
            "store_id",
            "known_at",
            "happened_at",
            first_order_at=pl.when(~pl.col("is_refund")).then("happened_at"),
        )
    )


def _first_told(told: pl.LazyFrame) -> pl.LazyFrame:
    first = pl.col(FIRST_ORDER).sort_by("happened_at", *FIRST_ORDER, nulls_last=True).first()
    return told.group_by("account_key", "store_id").agg(
        first, pl.col("known_at", "happened_at", "first_order_at").min()
    )


def customer_accounts(kept: pl.LazyFrame, named: pl.LazyFrame) -> pl.LazyFrame:
    """staged.customer_account: every account that a customer export or an order names. A merge over all shards.

    `kept`: `kept_accounts`. `named`: `named_accounts`. A customer export counts more than the first order.
    """
    return (
        kept.select("account_key", "store_id", "happened_at", "known_at", *TOLD_BY_ACCOUNT_FILE)
        .join(_first_told(named), on=["account_key", "store_id"], how="full", coalesce=True, suffix="_ordered")
        .with_columns(
            happened_at=pl.min_horizontal("happened_at", "happened_at_ordered"),
            known_at=pl.min_horizontal("known_at", "known_at_ordered"),
            region=pl.coalesce("region", "region_ordered"),
            acquired_by=pl.coalesce("acquired_by", "acquired_by_ordered"),
        )
        .select(staged.CUSTOMER_ACCOUNT.column_names)
        .sort("account_key")
    )


def kept_consents(rows: pl.LazyFrame, timezone: str) -> pl.LazyFrame:
    """staged.consent with `file_id` and `repeats`. `rows`: row.consent, `file_rank`.

    Words of one account on one channel and purpose at one instant are one: the latest file's; a refusal among equals.
    """
    refusal_first = pl.all().sort_by(pl.col("consent_state") != "refused", "consent_state", "line_number").first()
    repeats = pl.len().cast(pl.Int64).alias(REPEATS)
    return (
        from_latest_file(rows, WORD)
        .group_by(WORD)
        .agg(refusal_first, repeats)
        .with_columns(account_key=_account_key(), happened_date=local_date(pl.col("happened_at"), timezone))
        .sort("account_key", "channel", "purpose", "happened_at")
    )


def _account_key() -> pl.Expr:
    return pl.concat_str("store_id", pl.lit("/"), "account_id")
