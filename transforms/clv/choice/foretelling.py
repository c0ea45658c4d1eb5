"""What a model, or no model at all, says at a past day of the 90 days after it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.clv.choice.candidates import PurchaseModel
from transforms.clv.choice.season import OFF, Season
from transforms.clv.choice.windows import HORIZON_DAYS, Window

Floats = NDArray[np.float64]

SUREST = 1e-6
"""Nobody is called surer than this: one mistake would weigh as much as all else."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """Of each customer of a window, in row order."""

    expected: Floats
    """Purchase occasions in the 90 days after."""
    p_none: Floats
    """Probability of none."""
    loglik: Floats | None = None
    """Log-likelihood of the 90 days as they came; None for what is no model of them."""

    def log_loss(self, window: Window) -> Floats:
        """Of whether each bought."""
        p_none = np.clip(self.p_none, SUREST, 1 - SUREST)
        return -np.where(window.came > 0, np.log1p(-p_none), np.log(p_none))

    def brier(self, window: Window) -> Floats:
        """Squared distance of the probability from what came."""
        squared: Floats = (self.p_none - (window.came == 0)) ** 2
        return squared

    def squared_error(self, window: Window) -> Floats:
        """Of the number of occasions."""
        squared: Floats = (self.expected - window.came) ** 2
        return squared


def foretold(model: PurchaseModel, window: Window, season: Season = OFF) -> Foretold:
    """By a model fitted at the window's day, in the operational days of `season`.

    With a season the log-likelihood is left out: a density by operational days is not one by days.
    """
    now = season.history(window.now, window.cut_off)
    days = season.days_ahead(window.cut_off, HORIZON_DAYS)
    expected, p_none = model.expected_purchases(now, days), model.p_no_purchase(now, days)
    if season.kind != "off":
        return Foretold(expected.to_numpy(), p_none.to_numpy())
    loglik = model.log_predictive(window.now, window.later)
    return Foretold(expected.to_numpy(), p_none.to_numpy(), loglik.to_numpy())


def last_period(window: Window) -> Foretold:
    """As often as in the 90 days before; somebody who came c times comes again with (c + 1/2) / (c + 3/2)."""
    return Foretold(window.came_before, 1 / (window.came_before + 1.5))


def own_rate(window: Window) -> Foretold:
    """At each customer's own rate so far, x / T, for ever; half an occasion more for the probability of none."""
    x, age = (window.now[name].cast(pl.Float64).to_numpy() for name in ("x", "age_days"))
    in_horizon = HORIZON_DAYS / np.maximum(age, 1.0)
    return Foretold(x * in_horizon, np.exp(-(x + 0.5) * in_horizon))


BASELINES = {"last_period": last_period, "own_rate": own_rate}
"""Ways of foretelling that need no model, under their names in mart.model_quality."""
