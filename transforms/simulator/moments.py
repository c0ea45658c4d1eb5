"""Instants after an order: when somebody complains, answers, reviews, pays back."""

from datetime import date

import numpy as np
import polars as pl

from transforms.simulator.process import Floats, Ints

DAY_SECONDS = 86_400
OPENING_SECOND = 5 * 3600
"""Nothing is written down before five, when clocks change."""


def moment(day: Ints, second: Ints) -> Ints:
    """Seconds since the first date's midnight."""
    return day * DAY_SECONDS + second


def end_of(day: Ints | int) -> Ints:
    """The last second of a day."""
    return np.asarray(day) * DAY_SECONDS + DAY_SECONDS - 1


def between(start: Ints, end: Ints, share: Floats) -> Ints:
    """The moment by `share` of the way from start to end, never at night."""
    return awake(start + ((end - start) * share).astype(np.int64))


def awake(at: Ints) -> Ints:
    """The moment, or the morning of its day where it is at night. Never earlier, and on the same day."""
    second = at % DAY_SECONDS
    return np.where(second < OPENING_SECOND, at - second + OPENING_SECOND + second % 3600, at)


def instants(first: date, at: Ints) -> pl.Series:
    """Shop-local instants of moments; null for a negative one."""
    known = np.datetime64(first, "us") + np.maximum(at, 0).astype("timedelta64[s]")
    return pl.select(pl.when(pl.Series(at) >= 0).then(pl.Series(known))).to_series()
