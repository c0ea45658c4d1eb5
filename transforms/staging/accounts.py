"""Accounts and consents from customer exports and orders. Shard-local, but for `customer_accounts`."""

import polars as pl

from transforms.contracts import staged
from transforms.staging.days import local_date
from transforms.staging.merging import REPEATS, from_latest_file

ACCOUNT = ["store_id", "account_id"]
WORD = [*ACCOUNT, "channel", "purpose", "happened_at"]
FIRST_ORDER = ["order_key", "region", "acquired_by"]
CONTACT = ["buyer_key", "customer_name", "email", "phone"]
NAMES = ["customer_name", "recipient_name"]
TOLD_BY_ACCOUNT_FILE = [*CONTACT, "region", "acquired_by", "is_business"]


def kept_accounts(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The row of each account that counts: last line of the latest file. `rows`: row.customer_account, `file_rank`.

    Rows without an account, whose number the platform hides, are left out.
    """
    repeats = pl.len().cast(pl.Int64).alias(REPEATS)
    known = rows.filter(pl.col("account_id").is_not_null())
    by_line = from_latest_file(known, ACCOUNT).sort("line_number")
    return by_line.group_by(ACCOUNT).agg(pl.all().last(), repeats).with_columns(account_key=_account_key())


def named_accounts(orders_and_refunds: pl.LazyFrame) -> pl.LazyFrame:
    """What one shard's orders and refunds tell of each account; `customer_accounts` merges them.

    An account that only ever got money back has no `first_order_at`.
    """
    return _first_told(
        orders_and_refunds.filter(pl.col("account_key").is_not_null()).select(
            *FIRST_ORDER,
            "account_key",
            "store_id",
            "known_at",
            "happened_at",
            first_order_at=pl.when(~pl.col("is_refund")).then("happened_at"),
        )
    )


def named_by_orders(orders: pl.LazyFrame) -> pl.LazyFrame:
    """What one shard's exports of orders tell of each account, as `named_accounts`; unpaid orders name accounts too.

    `orders`: `told_orders.kept_orders`. `first_order_at` is null: the lines of paid orders tell it.
    """
    named = orders.filter(pl.col("account_key").is_not_null())
    no_instant = pl.lit(None, pl.Datetime("us", "UTC"))
    return _first_told(
        named.select(*FIRST_ORDER, "account_key", "store_id", "known_at", "happened_at", first_order_at=no_instant)
    )


def told_contacts(orders: pl.LazyFrame) -> pl.LazyFrame:
    """`account_key` and `CONTACT` as one shard's orders tell them, and `told_at`, when they last did."""
    named = orders.filter(pl.col("account_key").is_not_null() & pl.any_horizontal(pl.col(CONTACT).is_not_null()))
    return named.group_by("account_key", *CONTACT).agg(told_at=pl.col("happened_at").max())


def told_names(orders: pl.LazyFrame) -> pl.LazyFrame:
    """staged.account_name as one shard's exports of orders tell it."""
    named = orders.filter(pl.col("account_key").is_not_null() & pl.any_horizontal(pl.col(NAMES).is_not_null()))
    return named.group_by("account_key", *NAMES).agg(orders=pl.len().cast(pl.Int64))


def account_names(accounts: pl.LazyFrame, told: pl.LazyFrame) -> pl.LazyFrame:
    """staged.account_name, sorted. A merge over all shards.

    `accounts`: staged.customer_account. `told`: `told_names`.
    """
    nobody, never = pl.lit(None, pl.String), pl.lit(0, pl.Int64)
    named = accounts.filter(pl.col("customer_name").is_not_null())
    exported = named.select("account_key", "customer_name", recipient_name=nobody, orders=never)
    key = staged.ACCOUNT_NAME.key
    return pl.concat([exported, told]).group_by(key).agg(pl.col("orders").sum()).sort(key)


def _first_told(told: pl.LazyFrame) -> pl.LazyFrame:
    # Sorted before, not within the groups: that takes a third of the time.
    in_time = told.sort("happened_at", *FIRST_ORDER, nulls_last=True)
    return in_time.group_by("account_key", "store_id").agg(
        pl.col(FIRST_ORDER).first(), pl.col("known_at", "happened_at", "first_order_at").min()
    )


def customer_accounts(kept: pl.LazyFrame, named: pl.LazyFrame, contacts: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """staged.customer_account: every account that a customer export or an order names. A merge over all shards.

    `kept`: `kept_accounts`. `named`: `named_accounts` and `named_by_orders`. `contacts`: `told_contacts`, where orders
    tell of the buyer; the latest order does. A customer export counts more than any order.
    """
    accounts = _of_files_and_orders(kept, named)
    return accounts if contacts is None else _filled_in(accounts, contacts)


def _filled_in(accounts: pl.LazyFrame, contacts: pl.LazyFrame) -> pl.LazyFrame:
    latest = [pl.col(name).sort_by("told_at", *CONTACT).drop_nulls().last() for name in CONTACT]
    told = contacts.group_by("account_key").agg(latest)
    return (
        accounts.join(told, on="account_key", how="left", suffix="_ordered")
        .with_columns(pl.coalesce(name, f"{name}_ordered").alias(name) for name in CONTACT)
        .select(staged.CUSTOMER_ACCOUNT.column_names)
        .sort("account_key")
    )


def _of_files_and_orders(kept: pl.LazyFrame, named: pl.LazyFrame) -> pl.LazyFrame:
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
    repeats = pl.len().cast(pl.Int64).alias(REPEATS)
    return (
        from_latest_file(rows, WORD)
        .sort(pl.col("consent_state") != "refused", "consent_state", "line_number")
        .group_by(WORD)
        .agg(pl.all().first(), repeats)
        .with_columns(account_key=_account_key(), happened_date=local_date(pl.col("happened_at"), timezone))
        .sort("account_key", "channel", "purpose", "happened_at")
    )


def _account_key() -> pl.Expr:
    return pl.concat_str("store_id", pl.lit("/"), "account_id")
