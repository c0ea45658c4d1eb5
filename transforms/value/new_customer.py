"""What a customer is worth on the day of the first purchase."""

from typing import Protocol

import polars as pl

from transforms.clv.margin_rate import MarginRate

TEN_YEARS_DAYS = 3650


class Purchases(Protocol):
    """A model of purchases."""

    def expected_discounted_purchases(self, history: pl.DataFrame, days: float, yearly_rate: float) -> pl.Series:
        """Of each row of `history`."""


class Spend(Protocol):
    """A model of spend."""

    def expected_spend(self, history: pl.DataFrame) -> pl.Series:
        """Of each row of `history`."""


def new_customer_value(purchases: Purchases, spend: Spend, rate: MarginRate, yearly_rate: float) -> float:
    """Expected value of ten years after the first purchase, that one left out; currency units."""
    told = {"x": [0], "t_x_days": [0], "age_days": [0], "mean_spend": [None]}
    history = pl.DataFrame(told, schema_overrides={"mean_spend": pl.Float64})
    coming = purchases.expected_discounted_purchases(history, TEN_YEARS_DAYS, yearly_rate)
    return float(coming[0] * spend.expected_spend(history)[0] * rate.shop)
