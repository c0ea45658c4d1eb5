"""What a customer is worth on the day of the first purchase."""

from datetime import date

import polars as pl

from transforms.clv.models import Models
from transforms.clv.scores import LONG_DAYS

_JUST_COME = {"x": [0], "t_x_days": [0], "age_days": [0], "mean_spend": [None]}


def new_customer_value(models: Models, as_of: date, yearly_rate: float) -> float | None:
    """Expected value of ten years after a first purchase on `as_of`, that one left out; currency units.

    At the spend of customers of whom none is known, and the shop's margin rate. None without a model of both.
    """
    if models.purchases is None or models.spend is None:
        return None
    history = pl.DataFrame(_JUST_COME, schema_overrides={"mean_spend": pl.Float64})
    ahead = models.season.days_ahead(as_of, LONG_DAYS)
    coming = models.purchases.expected_discounted_purchases(history, ahead, yearly_rate)
    return float(coming[0] * models.spend.expected_spend(history)[0] * models.worth.margin_rate.shop)
