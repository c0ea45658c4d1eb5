"""What the customers allow: words of consent to marketing, and words that take it back."""

import numpy as np
import polars as pl

from transforms.simulator.process import Customers
from transforms.simulator.world import stream

ASKED_SHARES = {"email": 0.75, "sms": 0.5, "wechat": 0.4}
"""How many of those with an address on the channel gave their word, either way, when they opened the account."""
GRANTED_SHARE = 0.8
WITHDRAWN_SHARE = 0.1
"""Of those who granted, how many refuse later."""
WITHDRAWN_BY = {"email": "unsubscribe link", "sms": "STOP by text message", "wechat": "unfollowed"}


def draw_consents(seed: int, customers: Customers, accounts: pl.DataFrame) -> pl.DataFrame:
    """Words on e-mail and SMS: at the opening of the account, and for some a later refusal.

    `accounts` has a row a customer in order of arrival with `account_id`, `opened_at`, `email`, `phone`. Returns
    `account_id`, `said_at`, `channel`, `purpose`, `consent_state`, `evidence`, by time. A customer may have no word
    on a channel, and has none on a channel without an address.
    """
    rng = stream(seed, "consent")
    size = len(customers)
    # A later word needs a day between the first word and the last date.
    after_days = 1 + (rng.random(size) * (customers.age_days - 1)).astype(np.int64)
    known = accounts.with_columns(
        is_sign_up=pl.Series(~customers.buys),
        after_days=pl.Series(after_days),
        can_withdraw=pl.Series(customers.age_days > 1),
    )
    said = [
        *words(rng, "email", known.filter(pl.col("email").is_not_null())),
        # Who signs up to the newsletter says nothing about text messages.
        *words(rng, "sms", known.filter(pl.col("phone").is_not_null()).with_columns(is_sign_up=pl.lit(value=False))),
    ]
    return (
        pl.concat(said)
        .with_columns(purpose=pl.lit("marketing"))
        .select("account_id", "said_at", "channel", "purpose", "consent_state", "evidence")
        .sort("said_at", "account_id", "channel")
    )


def words(rng: np.random.Generator, channel: str, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """First words on a channel, and the later refusals.

    `known` has a row an account that can be reached there: `account_id`, `opened_at`, `is_sign_up`, `can_withdraw`,
    `after_days` (of a refusal). Both frames have `account_id`, `said_at`, `channel`, `consent_state`, `evidence`.
    """
    size = len(known)
    asked = known.with_columns(
        is_asked=pl.col("is_sign_up") | pl.Series(rng.random(size) < ASKED_SHARES[channel]),
        is_granted=pl.col("is_sign_up") | pl.Series(rng.random(size) < GRANTED_SHARE),
        is_withdrawn=pl.col("can_withdraw") & pl.Series(rng.random(size) < WITHDRAWN_SHARE),
    ).filter("is_asked")
    said = asked.select(
        "account_id",
        pl.col("opened_at").alias("said_at"),
        pl.lit(channel).alias("channel"),
        pl.when("is_granted").then(pl.lit("granted")).otherwise(pl.lit("refused")).alias("consent_state"),
        pl.when("is_sign_up").then(pl.lit("newsletter form")).otherwise(pl.lit("checkout form")).alias("evidence"),
    )
    taken_back = asked.filter(pl.col("is_granted") & pl.col("is_withdrawn")).select(
        "account_id",
        (pl.col("opened_at") + pl.duration(days="after_days")).alias("said_at"),
        pl.lit(channel).alias("channel"),
        pl.lit("refused").alias("consent_state"),
        pl.lit(WITHDRAWN_BY[channel]).alias("evidence"),
    )
    return said, taken_back
