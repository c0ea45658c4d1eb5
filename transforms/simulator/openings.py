"""When accounts were opened, and what was said about marketing then and later."""

import numpy as np
import polars as pl

from transforms.simulator.accounts import Accounts
from transforms.simulator.consents import words
from transforms.simulator.full_world import SHOPIFY
from transforms.simulator.lives import Lives
from transforms.simulator.moments import DAY_SECONDS, instants, moment
from transforms.simulator.setting import Setting

FIRST_SIGN_UP_SECOND = 6 * 3600
FORM_SECONDS = (60, 900)
"""An account is opened so long before its first order."""


def draw_openings(setting: Setting, accounts: Accounts, orders: pl.DataFrame) -> pl.Series:
    """`opened_at` by account: minutes before the first order; for who has none that day, some time of it."""
    rng = setting.stream("account")
    size = len(accounts)
    second = rng.integers(FIRST_SIGN_UP_SECOND, DAY_SECONDS, size)
    before = rng.integers(*FORM_SECONDS, size)
    earliest = orders.group_by("account").agg(first=(pl.col("day") * DAY_SECONDS + pl.col("second")).min())
    account, first = earliest["account"].to_numpy(), earliest["first"].to_numpy()
    is_same_day = first // DAY_SECONDS == accounts.opened_day[account]
    account, first = account[is_same_day], first[is_same_day]
    second[account] = first % DAY_SECONDS - before[account]
    return instants(setting.first, moment(accounts.opened_day, second)).alias("opened_at")


def draw_words(setting: Setting, lives: Lives, accounts: Accounts, shown: pl.DataFrame) -> pl.DataFrame:
    """Words of consent by `account` and `said_day`: `channel`, `consent_state`, `evidence`, `said_at`.

    `said_at` is midnight, which is as good as any time until the first order is drawn. Only accounts that can be named
    and have an address on the channel; WeChat where the platform belongs to it.
    """
    rng = setting.stream("consent")
    age = setting.days - 1 - accounts.opened_day
    midnight = moment(accounts.opened_day, np.zeros(len(accounts), dtype=np.int64))
    known = shown.select(
        "store",
        "email",
        "phone",
        "is_masked",
        is_named=pl.col("account_id").is_not_null(),
        account_id=pl.int_range(pl.len(), dtype=pl.Int64),
        opened_at=instants(setting.first, midnight),
        is_sign_up=pl.Series(~lives.customers.buys[accounts.person]),
        after_days=pl.Series(1 + (rng.random(len(accounts)) * (age - 1)).astype(np.int64)),
        can_withdraw=pl.Series(age > 1),
    ).filter("is_named")
    no_sign_up = known.with_columns(is_sign_up=pl.lit(value=False))
    is_shopify = pl.col("store") == SHOPIFY
    said = [
        *words(rng, "email", known.filter(is_shopify & pl.col("email").is_not_null())),
        *words(rng, "sms", no_sign_up.filter(~pl.col("is_masked") & pl.col("phone").is_not_null())),
        *words(rng, "wechat", no_sign_up.filter(~is_shopify)),
    ]
    return (
        pl.concat(said)
        .rename({"account_id": "account"})
        .with_columns(said_day=(pl.col("said_at") - pl.lit(setting.first)).dt.total_days())
    )


def account_consents(said: pl.DataFrame, opened_at: pl.Series) -> pl.DataFrame:
    """The words at the time of the day at which the account was opened, with `purpose`, by time."""
    opened = opened_at.gather(said["account"])
    return said.with_columns(
        said_at=pl.col("said_at") + (opened - opened.dt.truncate("1d")), purpose=pl.lit("marketing")
    ).sort("said_at", "account", "channel")
