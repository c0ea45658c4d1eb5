"""The time ahead that the models are asked about."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

DAYS_A_YEAR = 365.0


def refuse_negative(name: str, value: float) -> None:
    """Raise ValueError unless `value` is a finite number from 0."""
    if not 0 <= value < np.inf:
        raise ValueError(f"{name} is {value}; it is a number from 0")


def discount_a_day(yearly_rate: float) -> float:
    """The rate d at which exp(-d * days) counts a purchase as (1 + yearly_rate) ** (-days / 365) does.

    Raises ValueError for a negative rate.
    """
    refuse_negative("yearly_rate", yearly_rate)
    return float(np.log1p(yearly_rate)) / DAYS_A_YEAR


def checked_ages(age_days: pl.Series) -> NDArray[np.int64]:
    """Ages to simulate, as whole days. Raises ValueError with how many are missing, negative or not whole."""
    ages = age_days.cast(pl.Float64)
    broken = int((~(ages.is_finite() & (ages >= 0) & (ages == ages.floor())).fill_null(value=False)).sum())
    if broken:
        raise ValueError(f"{broken} of {len(ages)} ages: age_days is missing, negative or not whole")
    return ages.cast(pl.Int64).to_numpy()
