"""contact.contact_point: how a customer can be reached, and what they said about it. Shard-local by customer."""

from datetime import date

import polars as pl

ADDRESS_COLUMNS = {"email": "email", "sms": "phone", "phone": "phone"}
"""Channel -> column of the account that holds its address."""
ALWAYS_SHOWN = ("email", "sms")
"""Channels whose addresses stand in the table for marketing, also where nothing was said."""
_WORD = pl.col("consent_state", "said_at", "happened_at", "evidence")
_LAST_WORD = ("said_at", pl.col("consent_state") == "refused", "consent_state")


def contact_points(accounts: pl.LazyFrame, consents: pl.LazyFrame, ids: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """contact.contact_point; what was said last up to `as_of` counts, and `unknown` where nothing was.

    An address stands there for marketing by e-mail and text message, and for whatever else its account said anything
    of: service, telephone calls. Of accounts of one customer with one address the last word counts too, a refusal
    among equals; that one was asked nothing lifts no word of another.

    `accounts`: staged.customer_account. `consents`: staged.consent. `ids`: `account_key`, `customer_id`.
    """
    words = _last_words(consents, as_of)
    shown = pl.LazyFrame({"channel": ALWAYS_SHOWN, "purpose": "marketing"})
    addresses = _addresses(accounts).join(ids, on="account_key")
    spoken_of = words.select("account_key", "channel", "purpose")
    always = addresses.join(shown, on="channel").select("account_key", "channel", "purpose")
    asked = pl.concat([always, spoken_of]).unique()
    says_least_first = pl.col("consent_state") != "unknown"
    return (
        addresses.join(asked, on=["account_key", "channel"])
        .join(words, on=["account_key", "channel", "purpose"], how="left")
        .with_columns(pl.col("consent_state").fill_null("unknown"))
        .sort(says_least_first, *_LAST_WORD, "evidence", nulls_last=False)
        .group_by("customer_id", "channel", "address", "purpose", maintain_order=True)
        .agg(_WORD.last())
        .with_columns(consent_at="happened_at")
        .sort("customer_id", "channel", "address", "purpose")
    )


def _addresses(accounts: pl.LazyFrame) -> pl.LazyFrame:
    """`account_key`, `channel`, `address`."""
    told = pl.concat(
        accounts.select("account_key", channel=pl.lit(channel), address=pl.col(column))
        for channel, column in ADDRESS_COLUMNS.items()
    )
    return told.drop_nulls("address")


def _last_words(consents: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The last word of each account on each channel and purpose, with `said_at`, by which it is the last."""
    is_known = (pl.col("happened_date") <= as_of).fill_null(True)
    # Lists that do not say when: nobody is written to who may have refused since.
    at_the_latest = pl.when(pl.col("consent_state") == "refused").then("known_at")
    said = consents.filter(is_known).with_columns(said_at=pl.coalesce("happened_at", at_the_latest))
    in_time = said.sort(*_LAST_WORD, nulls_last=False)
    return in_time.group_by("account_key", "channel", "purpose", maintain_order=True).agg(_WORD.last())
