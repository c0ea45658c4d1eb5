"""The shop's year: how busy each day is, and the clock that stretches the customers' time by it.

A Poisson process whose rate follows the season is a steady one in operational time, the running sum of the intensity
(Cox and Lewis, "The Statistical Analysis of Series of Events", 1966, section 2.3). So purchases stay Pareto/NBD there,
and only the calendar on which they fall is bent.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from transforms.simulator.process import Floats, Ints

MONTH_INTENSITY = (0.85, 0.75, 0.95, 0.95, 1.00, 1.10, 0.90, 0.90, 1.00, 1.00, 1.20, 1.10)
WEEKDAY_INTENSITY = (0.95, 0.95, 0.95, 0.95, 1.05, 1.10, 1.05)

SPRING_FESTIVALS = (
    date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10),
    date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3),
)  # fmt: skip
QIXI = (
    date(2019, 8, 7), date(2020, 8, 25), date(2021, 8, 14), date(2022, 8, 4), date(2023, 8, 22), date(2024, 8, 10),
    date(2025, 8, 29), date(2026, 8, 19), date(2027, 8, 8), date(2028, 8, 26), date(2029, 8, 16), date(2030, 8, 5),
)  # fmt: skip
MID_AUTUMN = (
    date(2019, 9, 13), date(2020, 10, 1), date(2021, 9, 21), date(2022, 9, 10), date(2023, 9, 29), date(2024, 9, 17),
    date(2025, 10, 6), date(2026, 9, 25), date(2027, 9, 15), date(2028, 10, 3), date(2029, 9, 22), date(2030, 9, 12),
)  # fmt: skip
"""Outside 2019 to 2030 the lunar festivals move nobody."""


@dataclass(frozen=True, slots=True)
class Festival:
    """Days around a date on which the shop is busier or quieter than its season."""

    name: str
    days_before: int
    days_after: int
    factor: float
    is_promotion: bool
    month_day: tuple[int, int] | None = None
    """Solar date of every year; else the dates of `dates`."""
    dates: tuple[date, ...] = ()

    def days(self, first: date, until: date) -> list[date]:
        """The festival itself in every year it has between a year before `first` and a year after `until`."""
        if self.month_day is None:
            return list(self.dates)
        month, day = self.month_day
        years = range(max(first.year - 1, date.min.year), min(until.year + 1, date.max.year) + 1)
        return [date(year, month, day) for year in years]


FESTIVALS = (
    Festival("new year goods", 25, -6, 1.5, is_promotion=True, dates=SPRING_FESTIVALS),
    Festival("spring festival", 4, 7, 0.4, is_promotion=False, dates=SPRING_FESTIVALS),
    Festival("women's day", 3, 0, 1.5, is_promotion=True, month_day=(3, 8)),
    Festival("618", 17, 2, 1.5, is_promotion=True, month_day=(6, 18)),
    Festival("qixi", 5, 0, 1.4, is_promotion=False, dates=QIXI),
    Festival("mid-autumn", 10, 0, 1.5, is_promotion=False, dates=MID_AUTUMN),
    Festival("double 11", 10, 1, 2.2, is_promotion=True, month_day=(11, 11)),
    Festival("double 12", 2, 0, 1.8, is_promotion=True, month_day=(12, 12)),
    Festival("christmas", 12, -2, 1.3, is_promotion=False, month_day=(12, 25)),
)


@dataclass(frozen=True, slots=True)
class Season:
    """One value a calendar day, from the first date of the shop to the last."""

    intensity: Floats
    """Purchases a day against the mean of all days, which is 1."""
    is_promotion: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def operational(self, day: Floats) -> Floats:
        """Operational days passed at calendar time `day` (0 = the first date's midnight)."""
        return np.interp(day, np.arange(len(self.intensity) + 1), self._running())

    def day(self, operational: Floats) -> Ints:
        """Calendar day on which operational time falls; the last one for anything later."""
        day: Ints = np.searchsorted(self._running(), operational, side="right").astype(np.int64) - 1
        return np.minimum(day, len(self.intensity) - 1)

    def _running(self) -> Floats:
        return np.concatenate([[0.0], np.cumsum(self.intensity)])


def season(first: date, until: date) -> Season:
    """The season of a shop from `first` to `until`, both included."""
    days = (until - first).days + 1
    dates = [first + timedelta(days=number) for number in range(days)]
    intensity = np.array([MONTH_INTENSITY[day.month - 1] * WEEKDAY_INTENSITY[day.weekday()] for day in dates])
    is_promotion = np.zeros(days, dtype=np.bool_)
    for festival in FESTIVALS:
        for day in festival.days(first, until):
            middle = (day - first).days
            # A window may lie outside the shop's days altogether.
            window = slice(max(middle - festival.days_before, 0), max(middle + festival.days_after + 1, 0))
            intensity[window] *= festival.factor
            is_promotion[window] |= festival.is_promotion
    return Season(intensity=intensity / intensity.mean(), is_promotion=is_promotion)
