"""contact.contact_point: how a customer can be reached, and what they said about it. Shard-local by customer."""

from datetime import date

import polars as pl

ADDRESS_COLUMNS = {"email": "email", "sms": "phone"}
"""Channel -> column of the account that holds its address."""
MASKS = r"[*＊#$]|密文"
"""A masked address is no address: number parsers take `138****1234` for a valid number."""


def contact_points(accounts: pl.LazyFrame, consents: pl.LazyFrame, ids: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """contact.contact_point for marketing; what was said last up to `as_of` counts, and `unknown` where nothing was.

    `accounts`: staged.customer_account. `consents`: staged.consent. `ids`: `account_key`, `customer_id`.
    """
    addresses = pl.concat(
        [
            accounts.select("account_key", channel=pl.lit(channel), address=pl.col(column).str.strip_chars())
            for channel, column in ADDRESS_COLUMNS.items()
        ]
    ).filter(pl.col("address").is_not_null() & ~pl.col("address").str.contains(MASKS))
    is_known = (pl.col("happened_date") <= as_of).fill_null(True)
    said = consents.filter(is_known & (pl.col("purpose") == "marketing"))
    word = pl.col("consent_state", "happened_at", "evidence")
    # Lists that do not say when: nobody is written to who may have refused since.
    at_the_latest = pl.when(pl.col("consent_state") == "refused").then("known_at")
    in_time = said.sort(pl.coalesce("happened_at", at_the_latest), pl.col("consent_state") == "refused")
    latest = in_time.group_by("account_key", "channel", maintain_order=True).agg(word.last())
    refusal_first = (pl.col("consent_state") != "refused", pl.col("happened_at"), pl.col("consent_state"))
    return (
        addresses.join(latest, on=["account_key", "channel"], how="left")
        .join(ids, on="account_key")
        .with_columns(
            pl.col("consent_state").fill_null("unknown"), address=_comparable(pl.col("channel"), pl.col("address"))
        )
        .sort(*refusal_first)
        .group_by("customer_id", "channel", "address")
        .agg(word.first())
        .with_columns(purpose=pl.lit("marketing"), consent_at="happened_at")
        .sort("customer_id", "channel", "address")
    )


def _comparable(channel: pl.Expr, address: pl.Expr) -> pl.Expr:
    return pl.when(channel == "email").then(address.str.to_lowercase()).otherwise(address)
