"""Who leaves for a cause, what shows of it, and who shows the same without leaving."""

from dataclasses import dataclass

import numpy as np

from transforms.simulator.assortment import STALE_AFTER_DAYS
from transforms.simulator.lives import Flags, Lives
from transforms.simulator.process import Ints, Occasions
from transforms.simulator.setting import Setting

CAUSES = ("quality", "service", "assortment", "price")
QUALITY, SERVICE, ASSORTMENT, PRICE = range(len(CAUSES))
NONE = -1
LEAST_OCCASIONS = np.array([1, 1, 3, 3])
"""A habit cannot narrow or turn to promotions before it is one."""
LURE = np.array([1.0, 1.0, 8.0, 3.0])
"""Weights of the causes where all are possible; many people never come to a third occasion."""
FEWEST_DAYS, MOST_DAYS = 10, 30
"""From the last occasion to the cause date, in which the traces lie."""


@dataclass(frozen=True, slots=True)
class Departures:
    """One entry a person; days are calendar days, -1 where there is none. Occasions are those that took place."""

    cause: Ints
    """Index into `CAUSES` of the cause the person left for, or `NONE`."""
    cause_day: Ints
    last_visit_day: Ints
    """Day of the last occasion of those who leave for a cause; the number of the shop's days for all others."""
    is_stayer: Flags
    """Bought, and is alive at the last date."""
    shown: Ints
    """Index into `CAUSES` of the traces planted, or `NONE`: of the true cause, or false ones of a stayer."""
    changed_day: Ints
    """Day of the occasion before the anchor, from which a habit changes; the anchor's where it is the first."""
    anchor_day: Ints
    """Day of the occasion after which the traces lie: the last one of those who leave."""
    shown_until_day: Ints


def draw_departures(
    setting: Setting, lives: Lives, occasions: Occasions, stale_from_day: Ints
) -> tuple[Departures, Occasions]:
    """Who leaves when for what, and the occasions that are left.

    A cause comes an exponential time after the arrival, competes with the person's own end, and strikes at the occasion
    before it: nothing is bought after that one, and the person counts as gone 10 to 30 days later, on the cause date.
    `stale_from_day` is, by person, the day from which the favourite category brings no news.
    """
    rng, world, days = setting.stream("cause"), setting.world, setting.days
    size = len(lives)
    buys = lives.customers.buys
    count = np.bincount(occasions.customer, minlength=size)
    start = np.cumsum(count) - count

    comes_at = lives.arrived_at + rng.exponential(world.cause_after_days, size)
    comes_day = setting.season.day(comes_at)
    key = occasions.customer * (days + 1) + occasions.day
    last_before = np.searchsorted(key, np.arange(size) * (days + 1) + comes_day, side="right") - 1
    position = np.where(buys, last_before - start, 0)
    last_day = occasions.day[np.minimum(start + position, len(occasions) - 1)]
    cause = _pick(rng, lives, position + 1, last_day, stale_from_day)
    cause_day = last_day + _wait(rng, size)
    leaves = (
        buys
        & (rng.random(size) < world.prone_share)
        & (comes_at < days)
        & (comes_day <= lives.death_day)
        & (cause_day < days)
        & (cause_day <= lives.death_day)
    )
    is_stayer = buys & ~leaves & (lives.death_day == days)

    traces = setting.stream("traces")
    seen_at = np.minimum((traces.random(size) * count).astype(np.int64), np.maximum(count - 1, 0))
    seen_day = occasions.day[np.minimum(start + seen_at, len(occasions) - 1)]
    seeming = _pick(traces, lives, seen_at + 1, seen_day, stale_from_day)
    chance = traces.random(size)
    is_shown = (leaves & (chance >= world.noise.traceless_share)) | (
        is_stayer & (chance < world.noise.stayer_trace_share)
    )
    at = np.where(leaves, position, seen_at)
    anchor = np.minimum(start + at, len(occasions) - 1)
    anchor_day = occasions.day[anchor]
    shown_until = np.where(leaves, cause_day, np.minimum(anchor_day + _wait(traces, size), days - 1))
    departures = Departures(
        cause=np.where(leaves, cause, NONE),
        cause_day=np.where(leaves, cause_day, NONE),
        last_visit_day=np.where(leaves, anchor_day, days),
        is_stayer=is_stayer,
        shown=np.where(is_shown, np.where(leaves, cause, seeming), NONE),
        changed_day=np.where(is_shown, occasions.day[np.where(at > 0, anchor - 1, anchor)], NONE),
        anchor_day=np.where(is_shown, anchor_day, NONE),
        shown_until_day=np.where(is_shown, shown_until, NONE),
    )
    index = np.arange(len(occasions))
    takes_place = ~leaves[occasions.customer] | (index <= (start + position)[occasions.customer])
    return departures, Occasions(
        customer=occasions.customer[takes_place],
        day=occasions.day[takes_place],
        spend_cents=occasions.spend_cents[takes_place],
    )


def _pick(rng: np.random.Generator, lives: Lives, occasions: Ints, day: Ints, stale_from_day: Ints) -> Ints:
    """A cause a person that is possible after so many occasions, on that day, weighted by `LURE`."""
    possible = occasions[:, np.newaxis] >= LEAST_OCCASIONS
    possible[:, ASSORTMENT] &= day >= stale_from_day + STALE_AFTER_DAYS
    # Who never pays the full price shows nothing by buying on promotion.
    possible[:, PRICE] &= ~lives.is_promotion_only
    # Exponential clocks: the first to ring is a draw in proportion to the weights.
    rings_at = rng.exponential(1.0, possible.shape) / LURE
    picked: Ints = np.where(possible, rings_at, np.inf).argmin(axis=1)
    return picked


def _wait(rng: np.random.Generator, size: int) -> Ints:
    return rng.integers(FEWEST_DAYS, MOST_DAYS + 1, size)
