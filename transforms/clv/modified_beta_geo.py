"""MBG/NBD: purchases at a constant rate until the customer leaves, which may be right after any purchase.

Batislam, Denizel and Filiztekin (2007), Int. J. of Research in Marketing 24; Wagner and Hoppe (2008), ibid. 25. The
rate lambda of a customer is Gamma(r, alpha) over customers, the probability p of leaving after a purchase Beta(a, b).
Unlike in BG/NBD the first purchase counts too, so a one-time buyer need not be alive.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, log_expit

from transforms.clv.beta_geo_expectation import AliveCustomers
from transforms.clv.fit import LogLikelihood, Maximum, Search, maximise, read_parameters
from transforms.clv.history import PurchaseCounts, purchase_counts
from transforms.clv.horizon import discount_a_day, refuse_negative

Floats = NDArray[np.float64]

MODEL = "mbg_nbd"
PRIOR_A_B = (0.5, 2.0)
"""Medians of the weak prior: a fifth of customers leaves after a purchase, give or take."""


@dataclass(frozen=True, slots=True)
class ModifiedBetaGeo:
    """A fitted MBG/NBD. `alpha` is in days, the other parameters have no unit.

    `loglik` is the log-likelihood of the `customers` it was fitted to, times in days. Methods take a history (one row a
    customer with `x`, `t_x_days`, `age_days`), give a Float64 Series in row order, and raise ValueError as
    `history.purchase_counts` does.
    """

    r: float
    alpha: float
    a: float
    b: float
    loglik: float
    customers: int

    @classmethod
    def fit(cls, history: pl.DataFrame) -> Self:
        """Maximum likelihood over the rows of `history`, each counted `weight` times if it has that column.

        Raises NoFit where the data do not determine the model (see `fit.maximise`), among it NothingGained where they
        show no sign of customers leaving: in a growing shop the likelihood is often highest at a = 0, which is the NBD
        and calls everyone alive. Raises ValueError for a history that cannot be.
        """
        search = Search.over(history, log_likelihood)
        return cls._at(maximise(search.loglik, search.sketch, _starts(search), search.without_leaving), search)

    @classmethod
    def fit_with_weak_prior(cls, history: pl.DataFrame) -> Self:
        """Highest posterior density under a weak prior on leaving, for shops where `fit` finds NothingGained.

        ln a and ln b are Normal around ln 0.5 and ln 2 with variance 1; neither depends on the unit of time, and r and
        alpha are left to the data. `loglik` is the likelihood alone. Raises NoFit and ValueError as `fit` does.
        """
        search = Search.over(history, log_likelihood)
        best = maximise(_with_prior(search.loglik), _with_prior(search.sketch), _starts(search))
        return cls._at(best, search)

    @classmethod
    def _at(cls, best: Maximum, search: Search) -> Self:
        theta = np.log([best.parameters[name] for name in ("r", "alpha", "a", "b")])
        return cls(**best.parameters, loglik=search.loglik(theta)[0], customers=search.customers)

    def p_alive(self, history: pl.DataFrame) -> pl.Series:
        """Probability of not having left by `as_of` (Batislam et al. 2007; Wagner and Hoppe 2008).

        1 / (1 + a / (b + x) ((alpha + T) / (alpha + t_x)) ** (r + x)); under 1 for one-time buyers too.
        """
        return pl.Series("p_alive", np.exp(log_expit(self._log_odds(purchase_counts(history)))))

    def p_no_purchase(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Probability of buying nothing in the `days` after `as_of`: L(x, t_x, T + days) / L(x, t_x, T)."""
        refuse_negative("days", days)
        counts = purchase_counts(history)
        log_odds = self._log_odds(counts)
        quiet = -(self.r + counts.x) * np.log1p(days / (self.alpha + counts.age_days))
        # In logarithms, because for a frequent buyer both terms are far below the rounding of 1.
        return pl.Series("p_no_purchase", np.exp(np.logaddexp(log_expit(log_odds) + quiet, log_expit(-log_odds))))

    def expected_purchases(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Expected purchase occasions in the `days` after `as_of`.

        P(alive) times the expectation of a customer known to be alive, whose dropout probability is Beta(a, b + x + 1).
        Relative error as of `AliveCustomers.purchases`.
        """
        refuse_negative("days", days)
        counts = purchase_counts(history)
        return pl.Series("expected_purchases", self._when_alive(counts, lambda alive: alive.purchases(days)))

    def expected_discounted_purchases(self, history: pl.DataFrame, days: float, yearly_rate: float) -> pl.Series:
        """The same, an occasion after s days counted (1 + yearly_rate) ** (-s / 365): continuous, not in slices."""
        refuse_negative("days", days)
        counts, rate = purchase_counts(history), discount_a_day(yearly_rate)
        values = self._when_alive(counts, lambda alive: alive.discounted_purchases(days, rate))
        return pl.Series("expected_discounted_purchases", values)

    def to_json(self) -> str:
        """Parameters, log-likelihood and customers as one JSON object; `from_json` gives back an equal model."""
        return json.dumps({"model": MODEL} | asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The model that `to_json` wrote. Raises ValueError for any other text."""
        return cls(**read_parameters(text, MODEL, [field.name for field in fields(cls)]))

    def _log_odds(self, counts: PurchaseCounts) -> Floats:
        silence = np.log(self.alpha + counts.age_days) - np.log(self.alpha + counts.t_x_days)
        log_odds: Floats = np.log(self.b + counts.x) - np.log(self.a) - (self.r + counts.x) * silence
        return log_odds

    def _when_alive(self, counts: PurchaseCounts, quantity: Callable[[AliveCustomers], Floats]) -> Floats:
        if not len(counts.x):
            return np.empty(0)
        # The quantity depends on x and T alone: a million customers have some 16,000 different pairs.
        ages = int(counts.age_days.max()) + 1
        pairs, pair_of = np.unique(counts.x * ages + counts.age_days, return_inverse=True)
        x, age_days = np.divmod(pairs, ages)
        alive = AliveCustomers(self.r + x, self.alpha + age_days, self.a, self.b + x + 1.0)
        p_alive: Floats = np.exp(log_expit(self._log_odds(counts)))
        return p_alive * quantity(alive)[pair_of]


def _starts(search: Search) -> list[dict[str, float]]:
    return [
        {"r": r, "alpha": r * search.days_an_occasion, "a": a, "b": b}
        for r in (0.3, 1.0, 3.0)
        for a, b in ((0.2, 2.0), (1.0, 2.0), (0.5, 0.5))
    ]


def log_likelihood(counts: PurchaseCounts, weight: NDArray[np.int64]) -> LogLikelihood:
    """Log-likelihood of weighted histories as a function of log (r, alpha, a, b), with its gradient.

    Integrating lambda ** x exp(-lambda T) (1 - p) ** (x + 1) + lambda ** x exp(-lambda t_x) p (1 - p) ** x, alive or
    gone since the last purchase, over both distributions gives, with B the Beta function,

        G(r+x) alpha^r / G(r)  B(a, b+x) / B(a, b)  [(b+x) (alpha+T)^-(r+x) + a (alpha+t_x)^-(r+x)] / (a+b+x).
    """
    x, t_x, age = counts.x, counts.t_x_days, counts.age_days
    every_x, every_day = np.arange(x.max() + 1.0), np.arange(age.max() + 1.0)
    with_x = np.bincount(x, weights=weight)
    with_age = np.bincount(age, weights=weight)
    purchases_with_age = np.bincount(age, weights=weight * x)
    customers = float(weight.sum())

    def value_and_gradient(theta: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(theta)
        log_day, one_by_day = np.log(alpha + every_day), 1 / (alpha + every_day)
        # The first term of the bracket is a sum over x and one over T; what is left a row is the odds of being gone.
        silence = log_day[age] - log_day[t_x]
        shape = r + x
        log_odds = shape * silence + (np.log(a) - np.log(b + every_x))[x]
        log_bracket = np.logaddexp(0.0, log_odds)
        gone = weight * np.exp(log_odds - log_bracket)
        gone_with_x = np.bincount(x, weights=gone)
        shape_with_age = r * with_age + purchases_with_age
        by_x = gammaln(r + every_x) + gammaln(b + every_x) + np.log(b + every_x) - gammaln(a + b + every_x + 1)
        constant = r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b)
        # np.sum and not @: BLAS splits a long product by its number of threads, and the last digits follow.
        value = (weight * log_bracket).sum() + (with_x * by_x).sum() + customers * constant
        value -= (shape_with_age * log_day).sum()

        lost = digamma(a + b) - digamma(a + b + every_x + 1)
        gradient = (
            (with_x * (digamma(r + every_x) - digamma(r) + np.log(alpha))).sum()
            - (with_age * log_day).sum()
            + (gone * silence).sum(),
            customers * r / alpha
            - (shape_with_age * one_by_day).sum()
            + (gone * shape * (one_by_day[age] - one_by_day[t_x])).sum(),
            (with_x * lost).sum() + gone.sum() / a,
            (with_x * (digamma(b + every_x) - digamma(b) + lost)).sum()
            + ((with_x - gone_with_x) / (b + every_x)).sum(),
        )
        return float(value), np.array(gradient) * (r, alpha, a, b)

    return value_and_gradient


def _with_prior(loglik: LogLikelihood) -> LogLikelihood:
    def log_posterior(theta: Floats) -> tuple[float, Floats]:
        value, gradient = loglik(theta)
        away = np.concatenate((np.zeros(2), theta[2:] - np.log(PRIOR_A_B)))
        return value - float((away**2).sum()) / 2, gradient - away

    return log_posterior
