"""Who was brought by whom."""

import numpy as np
import polars as pl

from transforms.simulator.accounts import Accounts
from transforms.simulator.full_world import STORES
from transforms.simulator.lives import Flags, Lives
from transforms.simulator.moments import OPENING_SECOND, instants, moment
from transforms.simulator.process import Ints
from transforms.simulator.setting import Setting


def draw_referrals(setting: Setting, lives: Lives, accounts: Accounts, has_id: pl.Series) -> pl.DataFrame:
    """`referral_id`, `referred_at`, `store` (index), `referrer_account`, `account` (indexes), by time.

    Newcomers' first accounts, each brought by a referrer who already had an account in the same store. `has_id` tells
    by account whether it can be named.
    """
    rng = setting.stream("referrals")
    nameable = has_id.to_numpy()
    tells = (lives.is_referrer & lives.customers.buys)[accounts.person]
    pairs = [
        _of_store(rng, accounts, nameable & (accounts.store == store), tells, setting.world.referred_share)
        for store in range(len(STORES))
    ]
    referrer = np.concatenate([pair[0] for pair in pairs])
    account = np.concatenate([pair[1] for pair in pairs])
    day = accounts.opened_day[account]
    order = np.lexsort((account, day))
    referrer, account, day = referrer[order], account[order], day[order]
    at = moment(day, OPENING_SECOND - 3600 + rng.integers(0, 1800, len(day)))
    return pl.DataFrame(
        {
            "number": np.arange(1, len(day) + 1),
            "referred_at": instants(setting.first, at),
            "store": accounts.store[account],
            "referrer_account": referrer,
            "account": account,
        }
    ).select(
        pl.concat_str(pl.lit("F"), pl.col("number").cast(pl.String).str.zfill(7)).alias("referral_id"),
        pl.exclude("number"),
    )


def _of_store(
    rng: np.random.Generator, accounts: Accounts, is_here: Flags, tells: Flags, referred_share: float
) -> tuple[Ints, Ints]:
    tellers = np.flatnonzero(is_here & tells)
    tellers = tellers[np.argsort(accounts.opened_day[tellers], kind="stable")]
    newcomers = np.flatnonzero(is_here & accounts.is_first)
    before = np.searchsorted(accounts.opened_day[tellers], accounts.opened_day[newcomers], side="left")
    is_brought = (before > 0) & (rng.random(len(newcomers)) < referred_share)
    newcomers, before = newcomers[is_brought], before[is_brought]
    by = tellers[(rng.random(len(newcomers)) * before).astype(np.int64)] if len(newcomers) else newcomers
    # A person's second account may have been opened before the first one here; nobody brings themselves.
    is_other = accounts.person[by] != accounts.person[newcomers]
    return by[is_other], newcomers[is_other]
