"""Money back: some by chance, some asked for by hagglers, and after bad quality."""

import numpy as np
import polars as pl

from transforms.simulator.causes import QUALITY, Departures
from transforms.simulator.lives import Lives
from transforms.simulator.moments import between, end_of, instants, moment
from transforms.simulator.setting import Setting

FULL_SHARE = 0.6
HAGGLER_SHARE = 0.25
"""Of the orders of hagglers: a part is paid back."""
LONGEST_DAYS = 10


def with_refunds(setting: Setting, orders: pl.DataFrame, lives: Lives, departures: Departures) -> pl.DataFrame:
    """Orders with `refunded_cents` (zero for most) and `refunded_at` (null for those).

    The whole of what was paid, shipping too, or a part of the goods. Nothing is paid back after the last date.
    """
    rng, world, days = setting.stream("refunds"), setting.world, setting.days
    size = len(orders)
    person, day = orders["person"].to_numpy(), orders["day"].to_numpy()
    goods = orders["goods_cents"].to_numpy()
    paid = goods + orders["shipping_cents"].to_numpy()
    is_planted = orders["is_anchor"].to_numpy() & (departures.shown[person] == QUALITY)
    chance = rng.random(size)
    is_haggled = lives.is_haggler[person] & (chance < HAGGLER_SHARE)
    until = np.where(is_planted, departures.shown_until_day[person], day + rng.integers(1, LONGEST_DAYS, size))
    is_refunded = is_planted | ((is_haggled | (chance < world.refunded_share)) & (until < days))
    is_refunded &= orders["is_paid"].to_numpy()
    is_full = (rng.random(size) < FULL_SHARE) & ~is_haggled
    part = np.maximum((goods * rng.uniform(0.1, 0.6, size)).astype(np.int64), 1)
    start = moment(day, orders["second"].to_numpy())
    at = between(start, end_of(until), rng.uniform(0.2, 0.9, size))
    return orders.with_columns(
        refunded_cents=pl.Series(np.where(is_refunded, np.where(is_full, paid, part), 0)).cast(pl.Int32),
        refunded_at=instants(setting.first, np.where(is_refunded, at, -1)),
    )
