"""Past days at which a model had to foretell what is known by now (rolling origin)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.clv.history import COUNTS

Floats = NDArray[np.float64]

HORIZON_DAYS = 90
MOST_WINDOWS = 4
"""A year, so that every season is among them."""
LEAST_PAST_DAYS = 90
"""History before a past day that is worth learning from."""


def cut_offs(first: date, until: date) -> list[date]:
    """The latest first: days from which 90 days are over by `until`, with as much history before. At most four."""
    days = [until - timedelta(days=HORIZON_DAYS * (n + 1)) for n in range(MOST_WINDOWS)]
    return [day for day in days if (day - first).days >= LEAST_PAST_DAYS]


@dataclass(frozen=True, slots=True)
class Window:
    """Customers, sorted, as they stood on a past day, and what they did in the 90 days before and after."""

    cut_off: date
    now: pl.DataFrame
    """`purchase_history` as of the day."""
    later: pl.DataFrame
    """`x`, `t_x_days`, `age_days` of the same customers 90 days on."""
    came: Floats
    """Occasions in the 90 days after."""
    came_before: Floats
    """Occasions in the 90 days before, the first ever among them."""

    @classmethod
    def of(cls, cut_off: date, before: pl.DataFrame, now: pl.DataFrame, after: pl.DataFrame) -> Self:
        """`before`, `now`, `after`: `purchase_history` 90 days before, on, and 90 days after `cut_off`."""
        now = now.sort("customer_id")
        later = now.select("customer_id").join(after, on="customer_id", maintain_order="left")
        earlier = now.select("customer_id").join(
            before.select("customer_id", occasions=pl.col("x") + 1), on="customer_id", how="left", maintain_order="left"
        )
        came_before = now["x"] + 1 - earlier["occasions"].fill_null(0)
        came = later["x"] - now["x"]
        return cls(cut_off, now, later.select(COUNTS), _floats(came), _floats(came_before))


def windows(days: Sequence[date], histories: dict[date, pl.DataFrame]) -> list[Window]:
    """A window for each of `days`; `histories`: `purchase_history` as of these days, and 90 days before and after."""
    step = timedelta(days=HORIZON_DAYS)
    return [Window.of(day, histories[day - step], histories[day], histories[day + step]) for day in days]


def _floats(values: pl.Series) -> Floats:
    return values.cast(pl.Float64).to_numpy()
