"""From occasions to the lines of orders: what lay in the basket, at what price, at what time of the day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.simulator.catalogue import CATEGORIES, DEAREST_CENTS, product_at
from transforms.simulator.process import Customers, Floats, Ints, Occasions
from transforms.simulator.world import PlainWorld, stream

MOST_LINES = 8
FAVOURITE_SHARE = 0.5
QUANTITY_SHARES = (0.78, 0.14, 0.05, 0.02, 0.01)
DISCOUNT_RATES = (0.05, 0.10, 0.15, 0.20, 0.25)
SMALLEST_PRICE_CENTS = 300
"""A basket is not divided into lines or pieces cheaper than this."""

HOUR_WEIGHTS = (1, 2, 4, 5, 6, 6, 7, 7, 6, 6, 6, 7, 8, 9, 11, 12, 10, 6, 3)
FIRST_HOUR = 24 - len(HOUR_WEIGHTS)
"""Nobody orders before five: clocks change at night, and a local time they skip or repeat would not be readable."""
LAST_SECOND = 24 * 3600 - 1


@dataclass(frozen=True, slots=True)
class Lines:
    """Order lines, sorted by customer, day and order."""

    occasion: Ints
    """Index into `Occasions`."""
    is_second_order: NDArray[np.bool_]
    second: Ints
    """Second of the day at which the order was placed; the same on all lines of an order."""
    product: Ints
    """Row in the catalogue."""
    quantity: Ints
    unit_price_cents: Ints
    discount_cents: Ints

    def __len__(self) -> int:
        return len(self.occasion)


def favourite_categories(seed: int, customers: Customers) -> Ints:
    """The category each customer buys `FAVOURITE_SHARE` of the lines from, as a row of `CATEGORIES`."""
    return _categories(stream(seed, "taste"), len(customers))


@dataclass(frozen=True, slots=True)
class Habits:
    """How each occasion's basket is filled: one number for all occasions, or one an occasion."""

    discounted_share: float | Floats
    """Probability that the occasion is discounted."""
    favourite_share: float | Floats = FAVOURITE_SHARE
    """Probability that a line is from the favourite category for its own sake."""


def draw_lines(
    seed: int, customers: Customers, occasions: Occasions, world: PlainWorld, habits: Habits | None = None
) -> Lines:
    """Lines whose amounts (pieces times price less discount) add up to the occasion's spend.

    They do so within half a cent a piece: a price has two decimals. Without `habits` everyone has those of `world`.
    """
    habits = habits or Habits(world.discounted_share)
    rng = stream(seed, "basket")
    count = _line_counts(rng, occasions.spend_cents)
    occasion = np.repeat(np.arange(len(occasions)), count)
    paid = _divide(rng, occasions.spend_cents, occasion, count)

    is_discounted = rng.random(len(occasions)) < habits.discounted_share
    rate = np.where(is_discounted, rng.choice(DISCOUNT_RATES, len(occasions)), 0.0)[occasion]
    before_discount = paid / (1 - rate)
    quantity = _quantities(rng, before_discount)
    # A discount can take up the odd cents; without one the price is rounded to the nearest cent.
    unit_price = np.where(rate > 0, np.ceil(before_discount / quantity), np.rint(paid / quantity)).astype(np.int64)
    unit_price = np.maximum(unit_price, 1)
    discount = np.where(rate > 0, quantity * unit_price - paid, 0)

    taste = stream(seed, "category")
    favourite = favourite_categories(seed, customers)[occasions.customer[occasion]]
    favourite_share = np.broadcast_to(habits.favourite_share, len(occasions))[occasion]
    category = np.where(taste.random(len(occasion)) < favourite_share, favourite, _categories(taste, len(occasion)))

    times = stream(seed, "time of day")
    is_last = np.concatenate([occasion[1:] != occasion[:-1], [True]])
    is_split = (times.random(len(occasions)) < world.split_share) & (count > 1)
    is_second_order = is_last & is_split[occasion]
    second = _seconds(times, len(occasions))
    later = np.minimum(second + times.integers(600, 5400, len(occasions)), LAST_SECOND)
    return Lines(
        occasion=occasion,
        is_second_order=is_second_order,
        second=np.where(is_second_order, later[occasion], second[occasion]),
        product=product_at(category, unit_price.astype(np.float64)),
        quantity=quantity,
        unit_price_cents=unit_price,
        discount_cents=discount,
    )


def _line_counts(rng: np.random.Generator, spend_cents: Ints) -> Ints:
    wanted = np.minimum(1 + rng.poisson(0.9, len(spend_cents)), MOST_LINES)
    affordable = np.maximum(spend_cents // SMALLEST_PRICE_CENTS, 1)
    needed = np.ceil(spend_cents / (DEAREST_CENTS * len(QUANTITY_SHARES)))
    return np.maximum(np.minimum(wanted, affordable), needed).astype(np.int64)


def _divide(rng: np.random.Generator, total: Ints, group: Ints, count: Ints) -> Ints:
    """Each total divided over the rows of its group by random weights, exactly and with no row below one cent."""
    weight = 0.25 + rng.gamma(2.0, 1.0, len(group))
    running = np.cumsum(weight)
    last = np.cumsum(count) - 1
    start = np.concatenate([[0.0], running[last][:-1]])
    # The last row of a group reaches exactly 1 of the whole, because both differences are the same subtraction.
    reached = (running - start[group]) / (running[last] - start)[group]
    cents: Ints = np.rint(reached * total[group]).astype(np.int64)
    first = last - count + 1
    parts = np.diff(cents, prepend=0)
    parts[first] = cents[first]
    return parts


def _quantities(rng: np.random.Generator, gross: NDArray[np.float64]) -> Ints:
    wanted = 1 + rng.choice(len(QUANTITY_SHARES), len(gross), p=QUANTITY_SHARES)
    affordable = np.maximum(gross // SMALLEST_PRICE_CENTS, 1)
    needed = np.ceil(gross / DEAREST_CENTS)
    return np.clip(np.maximum(np.minimum(wanted, affordable), needed), 1, len(QUANTITY_SHARES)).astype(np.int64)


def _seconds(rng: np.random.Generator, size: int) -> Ints:
    shares = np.array(HOUR_WEIGHTS) / sum(HOUR_WEIGHTS)
    return rng.choice(len(shares), size, p=shares) * 3600 + rng.integers(0, 3600, size) + FIRST_HOUR * 3600


def _categories(rng: np.random.Generator, size: int) -> Ints:
    weights = 1 / (3 + np.arange(len(CATEGORIES)))
    return rng.choice(len(CATEGORIES), size, p=weights / weights.sum())
