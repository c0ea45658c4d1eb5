"""Season: days that count for more, because the whole shop buys more on them.

An index by month: repeat purchases that came over those a model without season expects of the customers there were.
Growth of the shop and the ageing of its customers are in the expectation, so they are not taken for season; the level
of each 365 days is taken out, so neither is a good or a bad year.

- `ratio`: the index of the last 365 days stretches the time ahead. Histories stay as they are.
- `clock`: the index of two years or more stretches histories too. Models then see operational days, in which there is
  no season, as in a time-changed Poisson process (Cox and Lewis 1966, section 3.2).
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from transforms.clv.choice.candidates import PurchaseModel

Floats = NDArray[np.float64]

YEAR_DAYS = 365
MOST_YEARS = 3
PRIOR_OCCASIONS = 25.0
"""Occasions as expected that every month is given on top, so that an index of few purchases stays near 1."""
_POINTS = 48


@dataclass(frozen=True, slots=True)
class Season:
    """How much a day of each month counts, January first; over 365 days they add up to about 365 operational days."""

    kind: str
    months: tuple[float, ...] = (1.0,) * 12

    def days_ahead(self, as_of: date, days: int) -> float:
        """Operational days in the `days` after `as_of`."""
        if self.kind == "off":
            return float(days)
        return float(self._of_days(as_of, days).sum())

    def history(self, history: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """`purchase_history` as of `as_of`, its `t_x_days` and `age_days` in operational days where it is a clock."""
        if self.kind != "clock" or history.is_empty():
            return history
        origin: date = history["first_date"].min()  # type: ignore[assignment]
        elapsed = np.concatenate(([0.0], self._of_days(origin, (as_of - origin).days).cumsum()))
        first, last = (
            elapsed[(history[name] - origin).dt.total_days().to_numpy()] for name in ("first_date", "last_date")
        )
        # Whole days, because models keep tables by day; a repeat is never on the day of the first.
        t_x = np.maximum(np.rint(last - first), history["x"].to_numpy() > 0).astype(np.int64)
        age = np.maximum(np.rint(elapsed[-1] - first).astype(np.int64), t_x)
        return history.with_columns(t_x_days=pl.Series(t_x), age_days=pl.Series(age))

    def _of_days(self, after: date, days: int) -> Floats:
        return np.array(self.months)[_months(after + timedelta(days=1), days)]


OFF = Season("off")


def daily_activity(occasions: pl.LazyFrame, history: pl.LazyFrame) -> pl.LazyFrame:
    """`happened_date`, `new` and `repeats`: first and further occasions of all customers on each day that has any.

    `occasions`: a row a customer and day; `history`: `purchase_history` of the same customers. A merge over all shards.
    """
    every = occasions.group_by("happened_date").agg(occasions=pl.len().cast(pl.Int64))
    new = history.group_by(happened_date="first_date").agg(new=pl.len().cast(pl.Int64))
    both = every.join(new, on="happened_date", how="left").with_columns(pl.col("new").fill_null(0))
    return both.select("happened_date", "new", repeats=pl.col("occasions") - pl.col("new")).sort("happened_date")


def history_days(activity: pl.DataFrame, until: date) -> int:
    """Days from the first occasion ever to `until`; 0 without any."""
    first: date | None = activity["happened_date"].min()  # type: ignore[assignment]
    return (until - first).days if first else 0


def season(kind: str, model: PurchaseModel, activity: pl.DataFrame, until: date) -> Season:
    """The season of `kind` as the days up to `until` tell it: of the last 365 for a ratio, of up to three years else.

    `model` was fitted without season up to `until`; `activity` is `daily_activity`, days after `until` are not looked
    at. Needs 365 days of history for `ratio`, 730 for `clock`.
    """
    if kind == "off":
        return OFF
    known = activity.filter(pl.col("happened_date") <= until)
    first: date = known["happened_date"].min()  # type: ignore[assignment]
    days = (until - first).days + 1
    expected = _expected_repeats(model, _by_day(known, "new", first, days))
    came, month = _by_day(known, "repeats", first, days), _months(first, days)
    years = 1 if kind == "ratio" else min(days // YEAR_DAYS, MOST_YEARS)
    of_month, prior = np.zeros(12), np.zeros(12)
    for year in range(years):
        window = slice(days - (year + 1) * YEAR_DAYS, days - year * YEAR_DAYS)
        level = came[window].sum() / max(expected[window].sum(), 1e-9)
        of_month += np.bincount(month[window], came[window], 12)
        prior += np.bincount(month[window], level * expected[window], 12)
    index = (of_month + PRIOR_OCCASIONS) / (prior + PRIOR_OCCASIONS)
    every_day = index[_months(until - timedelta(days=YEAR_DAYS - 1), YEAR_DAYS)]
    return Season(kind, tuple((index / every_day.mean()).tolist()))


def _expected_repeats(model: PurchaseModel, new: Floats) -> Floats:
    """Repeat occasions expected on each day of customers as they came."""
    just_come = pl.DataFrame({"x": [0], "t_x_days": [0], "age_days": [0]})
    places = np.unique(np.rint(np.geomspace(1, len(new) + 1, _POINTS)))
    reached = [model.expected_purchases(just_come, days)[0] for days in places.tolist()]
    curve = PchipInterpolator(np.concatenate(([0.0], places)), np.array([0.0, *reached]))
    on_day = np.diff(curve(np.arange(len(new) + 1.0)))
    return np.concatenate(([0.0], np.convolve(new, on_day)[: len(new) - 1]))


def _by_day(activity: pl.DataFrame, name: str, first: date, days: int) -> Floats:
    counts = np.zeros(days)
    counts[(activity["happened_date"] - first).dt.total_days().to_numpy()] = activity[name].to_numpy()
    return counts


def _months(first: date, days: int) -> NDArray[np.int64]:
    """Month of each of so many days from `first`, January 0."""
    every = np.datetime64(first, "D") + np.arange(days)
    return every.astype("datetime64[M]").astype(np.int64) % 12
