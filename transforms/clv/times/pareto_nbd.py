"""Pareto/NBD: purchases at a constant rate until the customer leaves, which may be at any time.

Schmittlein, Morrison and Colombo (1987), "Counting Your Customers", Management Science 33; Fader and Hardie (2005),
"A Note on Deriving the Pareto/NBD Model and Related Expressions". The purchase rate of a customer is Gamma(r, alpha)
over customers, the rate of leaving Gamma(s, beta). Whether somebody leaves does not depend on how often he buys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import digamma, exprel, gammaln

from transforms.clv.fitting.fit import LogLikelihood, Search, maximise
from transforms.clv.fitting.fitted import FittedTimes
from transforms.clv.fitting.horizon import checked_ages, discount_a_day, refuse_negative
from transforms.clv.history import PurchaseCounts, distinct_pairs, purchase_counts
from transforms.clv.times.death_first import DeathFirst, Pairs, Rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRIOR_S = 0.5
"""Median of the weak prior on s; that on beta has its median at alpha, so that neither depends on the unit of time."""

_PLACES, _WIDTHS = np.polynomial.legendre.leggauss(32)
_SMALLEST_RATE = 1e-300
_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True)
class ParetoNBD(FittedTimes):
    """A fitted Pareto/NBD. `alpha` and `beta` are in days, `r` and `s` have no unit; `loglik` is of times in days.

    Methods take a history (one row a customer with `x`, `t_x_days`, `age_days`), give a Float64 Series in row order,
    and raise ValueError as `history.purchase_counts` does.
    """

    NAME: ClassVar[str] = "pareto_nbd"

    r: float
    alpha: float
    s: float
    beta: float

    @classmethod
    def fit(cls, history: pl.DataFrame, start: Mapping[str, float] | None = None) -> Self:
        """Maximum likelihood over the rows of `history`, each counted `weight` times if it has that column.

        `start` (r, alpha, s and beta, each from `fit.SMALLEST` to `fit.LARGEST`) is one more place to search from.

        Raises NoFit where the data do not determine the model (see `fit.maximise`), among it NothingGained where they
        show no sign of customers leaving: at s = 0 the model is the NBD and calls everyone alive. Raises ValueError for
        a history or a start that cannot be.
        """
        search = Search.over(history, log_likelihood)
        best = maximise(search.likelihood, _starts(search), search.without_leaving, start)
        return search.model(cls, best)

    @classmethod
    def fit_with_weak_prior(cls, history: pl.DataFrame) -> Self:
        """Highest posterior density under a weak prior on leaving, for shops where `fit` finds NothingGained.

        ln s and ln beta are Normal around ln 0.5 and ln alpha with variance 1; r and alpha are left to the data.
        `loglik` is the likelihood alone, `covariance` that of the posterior. Raises NoFit and ValueError as `fit` does.
        """
        search = Search.over(history, log_likelihood)
        best = maximise(search.likelihood.with_prior(_with_prior), _starts(search))
        return search.model(cls, search.without_prior(best))

    def log_likelihood(self, history: pl.DataFrame) -> pl.Series:
        """Logarithm of the density of each history's purchase times, in days (see the function `log_likelihood`)."""
        counts = purchase_counts(history)
        shape = self.r + counts.x
        constant = gammaln(shape) - gammaln(self.r) + self.r * np.log(self.alpha) + self.s * np.log(self.beta)

        def undisturbed(days: Ints) -> Floats:
            log: Floats = -shape * np.log(self.alpha + days) - self.s * np.log(self.beta + days)
            return log

        gone = np.maximum(self._death_first(counts.x, counts.t_x_days), _TINY)
        alive = np.maximum(1 - self._death_first(counts.x, counts.age_days), _TINY)
        ended = np.log(alive) + undisturbed(counts.age_days), np.log(gone) + undisturbed(counts.t_x_days)
        return pl.Series("log_likelihood", constant + np.logaddexp(*ended))

    def p_alive(self, history: pl.DataFrame) -> pl.Series:
        """Probability of not having left by `as_of` (Schmittlein et al. 1987)."""
        return pl.Series("p_alive", self._p_alive(purchase_counts(history)))

    def p_no_purchase(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Probability of buying nothing in the `days` after `as_of`: L(x, t_x, T + days) / L(x, t_x, T)."""
        refuse_negative("days", days)
        counts = purchase_counts(history)
        gone = self._death_first(counts.x, counts.t_x_days)
        now, then = (gone + self._quiet(counts, later) for later in (0.0, days))
        return pl.Series("p_no_purchase", np.minimum(then / now, 1.0))

    def expected_purchases(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Expected purchase occasions in the `days` after `as_of` (Schmittlein et al. 1987).

        P(alive) (r + x) / (alpha + T) times the days expected to be lived; stable at s = 1, where the published form is
        0 / 0.
        """
        refuse_negative("days", days)
        counts = purchase_counts(history)
        lived = self._days_lived(np.arange(counts.age_days.max(initial=0) + 1), days)
        return pl.Series("expected_purchases", self._purchases_a_day(counts) * lived[counts.age_days])

    def expected_discounted_purchases(self, history: pl.DataFrame, days: float, yearly_rate: float) -> pl.Series:
        """The same, an occasion after u days counted (1 + yearly_rate) ** (-u / 365): continuous, not in slices.

        By parts, as in `AliveCustomers.discounted_purchases`. Relative error under 1e-9 while
        s * log(1 + days / beta) < 30.
        """
        refuse_negative("days", days)
        counts, rate = purchase_counts(history), discount_a_day(yearly_rate)
        every_age = np.arange(counts.age_days.max(initial=0) + 1)
        longest = np.log1p(days / (self.beta + every_age))
        lived = np.exp(-rate * days) * self._days_lived(every_age, days)
        for place, width in zip((1 + _PLACES) / 2, _WIDTHS / 2, strict=True):
            elapsed = (self.beta + every_age) * np.expm1(longest * place)
            slope = longest * (self.beta + every_age + elapsed)
            lived += width * rate * slope * np.exp(-rate * elapsed) * self._days_lived(every_age, elapsed)
        values = self._purchases_a_day(counts) * lived[counts.age_days]
        return pl.Series("expected_discounted_purchases", values)

    def simulate(self, age_days: pl.Series, seed: int) -> pl.DataFrame:
        """One new customer a row of `age_days` (whole days) who behaves as the model says: a history to fit or score.

        Gives `x`, `t_x_days` (to the nearest day, so that it is not early on average) and `age_days`. The model knows
        no days: two purchases of one day count as two. Raises ValueError for an age that cannot be.
        """
        age, random = checked_ages(age_days), np.random.default_rng(seed)
        rate = random.gamma(self.r, 1 / self.alpha, len(age))
        rate_of_leaving = np.maximum(random.gamma(self.s, 1 / self.beta, len(age)), _SMALLEST_RATE)
        alive_days = np.minimum(age, random.exponential(size=len(age)) / rate_of_leaving)
        x = random.poisson(rate * alive_days)
        # The last of x uniform moments.
        last = alive_days * np.where(x > 0, random.beta(np.maximum(x, 1), 1.0), 0.0)
        return pl.DataFrame({"x": x, "t_x_days": np.rint(last).astype(np.int64), "age_days": age})

    def _p_alive(self, counts: PurchaseCounts) -> Floats:
        gone = self._death_first(counts.x, counts.t_x_days)
        # Nobody is more alive than at his last purchase, which rounding does not know.
        alive: Floats = np.minimum(self._survival(counts, 0.0) / (gone + self._quiet(counts, 0.0)), 1.0)
        return alive

    def _death_first(self, x: Ints, days: Ints, later: float = 0.0) -> Floats:
        some_x, some_days, pair_of = distinct_pairs(x, days)
        pairs = Pairs.of(some_x, some_days, later)
        return pairs.probability(Rates(self.r, self.alpha, self.s, self.beta)).take(pair_of)

    def _survival(self, counts: PurchaseCounts, later: float) -> Floats:
        """Probability of neither buying nor leaving from the last purchase to `later` days after `as_of`."""

        def survival(part: PurchaseCounts) -> Floats:
            days, (age, t_x) = np.arange(part.age_days.max(initial=0) + 1), (part.age_days, part.t_x_days)
            bought, bought_before = np.log(self.alpha + days + later), np.log(self.alpha + days)
            lived, lived_before = np.log(self.beta + days + later), np.log(self.beta + days)
            survived: Floats = (self.r + part.x) * (bought_before.take(t_x) - bought.take(age))
            survived += self.s * (lived_before.take(t_x) - lived.take(age))
            np.exp(survived, out=survived)
            return survived

        return counts.each_part(survival)

    def _quiet(self, counts: PurchaseCounts, later: float) -> Floats:
        """Probability of the same, and that the next thing after it is a purchase."""
        return self._survival(counts, later) * (1 - self._death_first(counts.x, counts.age_days, later))

    def _purchases_a_day(self, counts: PurchaseCounts) -> Floats:
        purchases: Floats = self._p_alive(counts) * (self.r + counts.x) / (self.alpha + counts.age_days)
        return purchases

    def _days_lived(self, age_days: Ints, days: float | Floats) -> Floats:
        """Days out of the next `days` that a customer alive at `age_days` is expected to live."""
        exposure = self.beta + age_days
        growth = np.log1p(days / exposure)
        expected: Floats = exposure * growth * np.asarray(exprel((1 - self.s) * growth))
        return expected


def log_likelihood(counts: PurchaseCounts, weight: NDArray[np.int64]) -> LogLikelihood:
    """Log-likelihood of weighted histories as a function of log (r, alpha, s, beta), with its gradient.

    Integrating lambda ** x exp(-(lambda + mu) T), alive, plus the same to every moment from t_x to T times mu, gone at
    that moment, over both distributions (Fader and Hardie 2005) gives, with h of `death_first`,

        G(r+x) / G(r)  alpha^r beta^s  [(1 - h_x(T)) E(T) + h_x(t_x) E(t_x)],  E(t) = (alpha+t)^-(r+x) (beta+t)^-s.
    """
    x, t_x, age = counts.x, counts.t_x_days, counts.age_days
    (at_end, end_of), (at_last, last_of) = _distinct(x, age), _distinct(x, t_x)
    ends = len(at_end.x)
    pairs = Pairs.of(np.concatenate((at_end.x, at_last.x)), np.concatenate((at_end.days, at_last.days)))
    every_x = np.arange(x.max() + 1.0)
    with_x = np.bincount(x, weights=weight)
    customers = float(weight.sum())

    def value_and_gradient(theta: Floats) -> tuple[float, Floats]:
        rates = Rates(*np.exp(theta).tolist())
        death = pairs.with_derivatives(rates)
        alive, gone = (
            _Term.alive(rates, at_end, death, slice(ends)),
            _Term.gone(rates, at_last, death, slice(ends, None)),
        )
        log_odds = gone.log[last_of] - alive.log[end_of]
        smaller = np.exp(-np.abs(log_odds))
        larger = weight / (1 + smaller)
        is_gone = log_odds > 0
        with_alive = np.bincount(end_of, weights=np.where(is_gone, larger * smaller, larger))
        with_gone = np.bincount(last_of, weights=np.where(is_gone, larger, larger * smaller))
        # np.sum and not @: BLAS splits a long product by its number of threads, and the last digits follow.
        by_row = (weight * (np.maximum(log_odds, 0.0) + np.log1p(smaller))).sum()
        constant = rates.r * np.log(rates.alpha) + rates.s * np.log(rates.beta) - gammaln(rates.r)
        value = (
            (with_x * gammaln(rates.r + every_x)).sum()
            + customers * constant
            + (np.bincount(end_of, weights=weight) * alive.log).sum()
            + by_row
        )
        of_constant = (
            customers * (np.log(rates.alpha) - digamma(rates.r)) + (with_x * digamma(rates.r + every_x)).sum(),
            customers * rates.r / rates.alpha,
            customers * np.log(rates.beta),
            customers * rates.s / rates.beta,
        )
        gradient = np.array(of_constant)
        gradient += (alive.slope * with_alive).sum(axis=1) + (gone.slope * with_gone).sum(axis=1)
        return float(value), gradient * np.exp(theta)

    return value_and_gradient


@dataclass(frozen=True, slots=True)
class _Distinct:
    x: Ints
    days: Ints


def _distinct(x: Ints, days: Ints) -> tuple[_Distinct, Ints]:
    *pairs, pair_of = distinct_pairs(x, days)
    return _Distinct(*pairs), pair_of


@dataclass(frozen=True, slots=True)
class _Term:
    """Logarithm of one of the two terms of the likelihood at each pair; slopes by r, alpha, s and beta (rows)."""

    log: Floats
    slope: Floats

    @classmethod
    def alive(cls, rates: Rates, at: _Distinct, death: DeathFirst, of: slice) -> Self:
        buys_first = np.maximum(1 - death.h[of], _TINY)
        shape, a, b = rates.r + at.x, rates.alpha + at.days, rates.beta + at.days
        slope = (
            -death.by_r[of] / buys_first - np.log(a),
            -shape / a * (1 - death.h_next[of]) / buys_first,
            -death.by_s[of] / buys_first - np.log(b),
            -shape / a * death.h_next[of] / buys_first,
        )
        return cls(np.log(buys_first) - shape * np.log(a) - rates.s * np.log(b), np.array(slope))

    @classmethod
    def gone(cls, rates: Rates, at: _Distinct, death: DeathFirst, of: slice) -> Self:
        dies_first = np.maximum(death.h[of], _TINY)
        shape, a, b = rates.r + at.x, rates.alpha + at.days, rates.beta + at.days
        slope = (
            death.by_r[of] / dies_first - np.log(a),
            -shape / a * death.h_next[of] / dies_first,
            death.by_s[of] / dies_first - np.log(b),
            (shape / a * death.h_next[of] - rates.s / b) / dies_first,
        )
        return cls(np.log(dies_first) - shape * np.log(a) - rates.s * np.log(b), np.array(slope))


def _starts(search: Search) -> list[list[dict[str, float]]]:
    """All leave sooner or later; or some do at once and the others hardly ever; or all alike, but late.

    The first of these again at the rates at which they came if nobody left.
    """
    sooner_or_later = ((0.3, 0.5), (0.6, 2.0), (1.5, 10.0))
    kinds = (
        (search.at_their_pace(0.3, 1.0, 3.0), sooner_or_later),
        (search.at_their_pace(1.0, 10.0), ((0.2, 0.01), (0.2, 0.001))),
        (search.at_their_pace(0.3, 1.0, 3.0), ((5.0, 100.0),)),
        ([search.never_left], sooner_or_later),
    )
    return [
        [{**rate, "s": s, "beta": occasions * search.days_an_occasion} for rate in rates for s, occasions in leaving]
        for rates, leaving in kinds
    ]


def _with_prior(loglik: LogLikelihood) -> LogLikelihood:
    def log_posterior(theta: Floats) -> tuple[float, Floats]:
        value, gradient = loglik(theta)
        s, beta = theta[2] - np.log(PRIOR_S), theta[3] - theta[1]
        return value - float(s * s + beta * beta) / 2, gradient - np.array([0.0, -beta, s, beta])

    return log_posterior
