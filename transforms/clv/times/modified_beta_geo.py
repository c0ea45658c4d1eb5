"""MBG/NBD: purchases at a constant rate until the customer leaves, which may be right after any purchase.

Batislam, Denizel and Filiztekin (2007), Int. J. of Research in Marketing 24; Wagner and Hoppe (2008), ibid. 25. Unlike
in BG/NBD the first purchase counts too, so a one-time buyer need not be alive.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.clv.fitting.fit import LogLikelihood, Search, maximise
from transforms.clv.times.leaving_after_purchase import LeavingAfterPurchase, starts

Floats = NDArray[np.float64]

PRIOR_A_B = (0.5, 2.0)
"""Medians of the weak prior: a fifth of customers leaves after a purchase, give or take."""
_MEDIANS = np.array([np.nan, np.nan, *PRIOR_A_B])


@dataclass(frozen=True, slots=True)
class ModifiedBetaGeo(LeavingAfterPurchase):
    """A fitted MBG/NBD: k = x + 1 chances to leave."""

    NAME: ClassVar[str] = "mbg_nbd"
    CHANCES_BEFORE_REPEATS: ClassVar[int] = 1

    @classmethod
    def fit_with_weak_prior(cls, history: pl.DataFrame) -> Self:
        """Highest posterior density under a weak prior on leaving, for shops where `fit` finds NothingGained.

        ln a and ln b are Normal around ln 0.5 and ln 2 with variance 1; neither depends on the unit of time, and r and
        alpha are left to the data. `loglik` is the likelihood alone, `covariance` that of the posterior. Raises NoFit
        and ValueError as `fit` does.
        """
        search = Search.over(history, cls.log_likelihood_of)
        posterior = search.likelihood.with_prior(lambda loglik: weak_prior(loglik, _MEDIANS))
        return search.model(cls, search.without_prior(maximise(posterior, starts(search))))


def weak_prior(loglik: LogLikelihood, medians: Floats) -> LogLikelihood:
    """`loglik` plus a Normal of variance 1 around the logarithm of each median; nan leaves a parameter to the data."""
    has_prior, middle = np.isfinite(medians), np.log(medians)

    def log_posterior(theta: Floats) -> tuple[float, Floats]:
        value, gradient = loglik(theta)
        away = np.where(has_prior, theta - middle, 0.0)
        return value - float((away**2).sum()) / 2, gradient - away

    return log_posterior
