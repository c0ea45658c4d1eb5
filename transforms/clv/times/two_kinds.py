"""Two kinds of customers, such as households and dealers, who each buy and leave by a BG/NBD or MBG/NBD of their own.

A finite mixture (McLachlan and Peel 2000, "Finite Mixture Models"): a history's density is that of the first kind times
its share, plus that of the second times the rest, and of which kind a customer is follows from the history by Bayes'
rule. One Gamma distribution of rates has too thin a tail where a few buy ten times as often as the others: it draws
them towards the mean, and the others up.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import betaln, digamma, expit, gammaln, log_expit

from transforms.clv.fitting.fit import LogLikelihood, Maximum, Search, Simpler, maximise
from transforms.clv.fitting.fitted import FittedTimes
from transforms.clv.fitting.parts import at_once, parts_of
from transforms.clv.history import PurchaseCounts
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.leaving_after_purchase import LeavingAfterPurchase, starts
from transforms.clv.times.modified_beta_geo import PRIOR_A_B, ModifiedBetaGeo, weak_prior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FIRST, _SECOND = slice(1, 5), slice(5, 9)
"""Where the parameters of the two kinds are."""

PRIOR_R = 1.0
_MEDIANS = np.array([PRIOR_R, np.nan, *PRIOR_A_B])
"""Of the weak prior on r, alpha, a and b of a kind."""


@dataclass(frozen=True, slots=True)
class TwoKinds(FittedTimes):
    """`odds` is the share of the first kind over that of the second, the smaller; alphas are in days.

    The other parameters have no unit. `loglik` is the likelihood alone, of times in days. Methods take a history and
    answer as those of `KIND`.
    """

    KIND: ClassVar[type[LeavingAfterPurchase]]

    odds: float
    r: float
    alpha: float
    a: float
    b: float
    r_2: float
    alpha_2: float
    a_2: float
    b_2: float

    @classmethod
    def fit(cls, history: pl.DataFrame) -> Self:
        """Highest posterior density over the rows of `history`, each `weight` times if it has that column.

        Of the smaller kind data often tell little but its mean rate. So of either kind a and b have the weak prior of
        `ModifiedBetaGeo.fit_with_weak_prior`, and ln r is Normal around ln 1 with variance 1. Raises NoFit where the
        data do not determine the model, among it NothingGained where one kind does as well, and ValueError for a
        history that cannot be.
        """
        alone = Search.over(history, cls.KIND.log_likelihood_of)
        one = maximise(alone.likelihood.with_prior(lambda loglik: weak_prior(loglik, _MEDIANS)), starts(alone))
        one_kind = Simpler("no sign of two kinds of customers", one.loglik, len(one.parameters))
        both = Search.over(history, cls._log_likelihood)
        medians = np.array([np.nan, *_MEDIANS, *_MEDIANS])
        # A glance is too short to tell which of the tops of a mixture is the highest.
        longer = replace(both.likelihood, glance=both.likelihood.sketch)
        posterior = longer.with_prior(lambda loglik: weak_prior(loglik, medians))
        best = _larger_first(maximise(posterior, _starts(**one.parameters), one_kind))
        return both.model(cls, both.without_prior(best))

    @classmethod
    def _log_likelihood(cls, counts: PurchaseCounts, weight: Ints) -> LogLikelihood:
        return log_likelihood(counts, weight, cls.KIND.CHANCES_BEFORE_REPEATS)

    def log_likelihood(self, history: pl.DataFrame) -> pl.Series:
        """Logarithm of the density of each history's purchase times, in days."""
        return pl.Series("log_likelihood", np.logaddexp(*self._of_kinds(history)))

    def p_alive(self, history: pl.DataFrame) -> pl.Series:
        """Probability of not having left by `as_of`."""
        return self._mean(history, lambda kind: kind.p_alive(history))

    def p_no_purchase(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Probability of buying nothing in the `days` after `as_of`."""
        return self._mean(history, lambda kind: kind.p_no_purchase(history, days))

    def expected_purchases(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Expected purchase occasions in the `days` after `as_of`."""
        return self._mean(history, lambda kind: kind.expected_purchases(history, days))

    def expected_discounted_purchases(self, history: pl.DataFrame, days: float, yearly_rate: float) -> pl.Series:
        """The same, an occasion after s days counted (1 + yearly_rate) ** (-s / 365)."""
        return self._mean(history, lambda kind: kind.expected_discounted_purchases(history, days, yearly_rate))

    @property
    def _kinds(self) -> tuple[LeavingAfterPurchase, LeavingAfterPurchase]:
        first = (self.r, self.alpha, self.a, self.b)
        second = (self.r_2, self.alpha_2, self.a_2, self.b_2)
        return self.KIND(*first, loglik=0.0, customers=0), self.KIND(*second, loglik=0.0, customers=0)

    def _of_kinds(self, history: pl.DataFrame) -> tuple[Floats, Floats]:
        """Logarithm of a kind's share times its density, of each history."""
        log_odds = np.log(self.odds)
        first, second = (kind.log_likelihood(history).to_numpy() for kind in self._kinds)
        return log_expit(log_odds) + first, log_expit(-log_odds) + second

    def _mean(self, history: pl.DataFrame, quantity: Callable[[LeavingAfterPurchase], pl.Series]) -> pl.Series:
        """Over the two kinds, each as probable as the history makes it."""
        first, second = self._of_kinds(history)
        is_first = pl.Series(expit(first - second))
        of_first, of_second = (quantity(kind) for kind in self._kinds)
        return of_first * is_first + of_second * (1 - is_first)


@dataclass(frozen=True, slots=True)
class TwoBetaGeo(TwoKinds):
    """Two kinds that each follow a BG/NBD."""

    NAME: ClassVar[str] = "bg_nbd_2"
    KIND: ClassVar[type[LeavingAfterPurchase]] = BetaGeo


@dataclass(frozen=True, slots=True)
class TwoModifiedBetaGeo(TwoKinds):
    """Two kinds that each follow an MBG/NBD."""

    NAME: ClassVar[str] = "mbg_nbd_2"
    KIND: ClassVar[type[LeavingAfterPurchase]] = ModifiedBetaGeo


def log_likelihood(counts: PurchaseCounts, weight: Ints, chances_before_repeats: int) -> LogLikelihood:
    """Log-likelihood of weighted histories as a function of the logarithms of `TwoKinds`' parameters, with gradient."""
    columns = (counts.x, counts.t_x_days, counts.age_days, weight)
    parts = [_Part(*(values[rows] for values in columns)) for rows in parts_of(len(weight))]
    most_x, most_days = int(counts.x.max()), int(counts.age_days.max())

    def value_and_gradient(theta: Floats) -> tuple[float, Floats]:
        kinds = [_Kind.of(theta[at], most_x, most_days, chances_before_repeats) for at in (_FIRST, _SECOND)]
        sums: Floats = np.sum(at_once(lambda part: part.sums(theta[0], *kinds), parts), axis=0)
        return float(sums[0]), sums[1:]

    return value_and_gradient


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the density of one kind takes: by x, or by day. Slopes are by the logarithms of the parameters."""

    r: float
    constant: Floats
    by_r: Floats
    by_a: Floats
    by_b: Floats
    log_leaving: Floats
    by_b_of_leaving: Floats
    log_day: Floats
    by_alpha: Floats

    @classmethod
    def of(cls, theta: Floats, most_x: int, most_days: int, chances_before_repeats: int) -> Self:
        r, alpha, a, b = np.exp(theta)
        x, day = np.arange(most_x + 1.0), np.arange(most_days + 1.0)
        k = x + chances_before_repeats
        # Who is gone took the last chance and none before.
        stayed = b + np.maximum(k - 1, 0.0)
        lost = digamma(a + b) - digamma(a + b + k)
        return cls(
            r,
            gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + k) - betaln(a, b),
            r * (digamma(r + x) - digamma(r) + np.log(alpha)),
            a * lost,
            b * (digamma(b + k) - digamma(b) + lost),
            np.where(k > 0, np.log(a) - np.log(stayed), -np.inf),
            -b / stayed,
            np.log(alpha + day),
            alpha / (alpha + day),
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """So many rows that what is computed of them stays in the processor's cache."""

    x: Ints
    t_x: Ints
    age: Ints
    weight: Ints

    def sums(self, log_odds: float, first: _Kind, second: _Kind) -> Floats:
        """The log-likelihood, and its slopes by the logarithms of the nine parameters."""
        of_first, slopes_of_first = self._of(first)
        of_second, slopes_of_second = self._of(second)
        of_first += log_expit(log_odds)
        of_second += log_expit(-log_odds)
        is_first = expit(of_first - of_second)
        by_first, by_second = self.weight * is_first, self.weight * (1 - is_first)
        return np.array(
            [
                (self.weight * np.logaddexp(of_first, of_second)).sum(),
                (by_first - self.weight * expit(log_odds)).sum(),
                *((by_first * slope).sum() for slope in slopes_of_first),
                *((by_second * slope).sum() for slope in slopes_of_second),
            ]
        )

    def _of(self, kind: _Kind) -> tuple[Floats, tuple[Floats, ...]]:
        x, shape = self.x, kind.r + self.x
        now, last = kind.log_day[self.age], kind.log_day[self.t_x]
        log_odds = shape * (now - last) + kind.log_leaving[x]
        gone = expit(log_odds)
        density: Floats = kind.constant[x] - shape * now - log_expit(-log_odds)
        slopes = (
            kind.by_r[x] - kind.r * (now - gone * (now - last)),
            kind.r - shape * ((1 - gone) * kind.by_alpha[self.age] + gone * kind.by_alpha[self.t_x]),
            kind.by_a[x] + gone,
            kind.by_b[x] + gone * kind.by_b_of_leaving[x],
        )
        return density, slopes


def _larger_first(best: Maximum) -> Maximum:
    """Which kind is called the first makes no difference to a density."""
    odds, *kinds = best.parameters.values()
    if odds >= 1:
        return best
    swapped = dict(zip(best.parameters, (1 / odds, *kinds[4:], *kinds[:4]), strict=True))
    order, sign = [0, 5, 6, 7, 8, 1, 2, 3, 4], np.array([-1, *[1] * 8])
    return Maximum(swapped, best.loglik, (best.information * np.outer(sign, sign))[np.ix_(order, order)])


def _starts(r: float, alpha: float, a: float, b: float) -> list[list[dict[str, float]]]:
    """From the one kind that fits: a smaller one buys more often; or both differ; or the smaller one leaves early."""

    def start(odds: float, slower: float, faster: float, sooner: float) -> dict[str, float]:
        first = {"r": r, "alpha": alpha * slower, "a": a, "b": b}
        return {"odds": odds, **first, "r_2": r, "alpha_2": alpha / faster, "a_2": a * sooner, "b_2": b}

    return [
        [start(odds, 1.0, faster, 1.0) for odds in (4.0, 20.0) for faster in (3.0, 8.0)],
        [start(odds, 1.5, 2.0, 0.5) for odds in (1.0, 4.0)],
        [start(odds, 1.0, 1.0, 10.0) for odds in (1.0, 4.0)],
    ]
