"""What BG/NBD and MBG/NBD have in common: a customer buys at a constant rate and may leave right after a purchase.

The rate lambda is Gamma(r, alpha) over customers, the probability p of leaving after a purchase Beta(a, b). The two
models differ only in whether the first purchase was a chance to leave. After k such chances a history has the
likelihood

    lambda ** x [(1 - p) ** k exp(-lambda T) + p (1 - p) ** (k - 1) exp(-lambda t_x)]:

alive, or gone since the last purchase, which it takes a chance for (k > 0).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import betainc, betaln, digamma, gammaln, log_expit

from transforms.clv.fitting.fit import LogLikelihood, Search, maximise
from transforms.clv.fitting.fitted import FittedTimes
from transforms.clv.fitting.horizon import checked_ages, discount_a_day, refuse_negative
from transforms.clv.fitting.parts import at_once, parts_of, runs
from transforms.clv.history import PurchaseCounts, distinct_pairs, purchase_counts
from transforms.clv.times.beta_geo_expectation import AliveCustomers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SMALLEST_P = 1e-300
_LARGEST_LOG, _NEVER = 500.0, -1e300
"""Above the one, exp is slow and soon overflows; of the other it is 0, and unlike -inf that can be subtracted."""


@dataclass(frozen=True, slots=True)
class LeavingAfterPurchase(FittedTimes):
    """`alpha` is in days, the other parameters have no unit; `loglik` is of times in days.

    Methods take a history (one row a customer with `x`, `t_x_days`, `age_days`), give a Float64 Series in row order,
    and raise ValueError as `history.purchase_counts` does.
    """

    CHANCES_BEFORE_REPEATS: ClassVar[int]
    """1 if a customer may leave right after the first purchase, else 0."""

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, history: pl.DataFrame, start: Mapping[str, float] | None = None) -> Self:
        """Maximum likelihood over the rows of `history`, each counted `weight` times if it has that column.

        `start` (r, alpha, a and b, each from `fit.SMALLEST` to `fit.LARGEST`) is one more place to search from.

        Raises NoFit where the data do not determine the model (see `fit.maximise`), among it NothingGained where they
        show no sign of customers leaving: in a growing shop the likelihood is often highest at a = 0, which is the NBD
        and calls everyone alive. Raises ValueError for a history or a start that cannot be.
        """
        search = Search.over(history, cls.log_likelihood_of)
        best = maximise(search.likelihood, starts(search), search.without_leaving, start)
        return search.model(cls, best)

    @classmethod
    def log_likelihood_of(cls, counts: PurchaseCounts, weight: Ints) -> LogLikelihood:
        """Of weighted histories, as a function of the logarithms of the parameters."""
        return log_likelihood(counts, weight, cls.CHANCES_BEFORE_REPEATS)

    def log_likelihood(self, history: pl.DataFrame) -> pl.Series:
        """Logarithm of the density of each history's purchase times, in days."""
        counts = purchase_counts(history)
        x = np.arange(counts.x.max(initial=0) + 1)
        by_x = gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha)
        by_x += betaln(self.a, self.b + self._chances(x)) - betaln(self.a, self.b)
        log_day = np.log(self.alpha + np.arange(counts.age_days.max(initial=0) + 1))

        def density(part: PurchaseCounts) -> Floats:
            alive = by_x.take(part.x) - (self.r + part.x) * log_day.take(part.age_days)
            either: Floats = alive - log_expit(self._log_odds(part))
            return either

        return pl.Series("log_likelihood", counts.each_part(density))

    def p_alive(self, history: pl.DataFrame) -> pl.Series:
        """Probability of not having left by `as_of`.

        1 / (1 + a / (b + k - 1) ((alpha + T) / (alpha + t_x)) ** (r + x)), and 1 before the first chance to leave.
        """
        return pl.Series("p_alive", purchase_counts(history).each_part(self._p_alive))

    def p_no_purchase(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Probability of buying nothing in the `days` after `as_of`: L(x, t_x, T + days) / L(x, t_x, T)."""
        refuse_negative("days", days)

        def none(counts: PurchaseCounts) -> Floats:
            odds = self._odds(counts)
            silence = np.log1p(days / (self.alpha + np.arange(counts.age_days.max(initial=0) + 1)))
            quiet = np.exp(-(self.r + counts.x) * silence.take(counts.age_days))
            # Alive and quiet, or gone: no difference from 1, for a frequent buyer both are far below its rounding.
            nothing: Floats = np.minimum((odds * quiet + 1) / (odds + 1), 1.0)
            return nothing

        return pl.Series("p_no_purchase", purchase_counts(history).each_part(none))

    def expected_purchases(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Expected purchase occasions in the `days` after `as_of`.

        P(alive) times the expectation of a customer known to be alive, whose dropout probability is Beta(a, b + k).
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

    def p_purchases(self, n: int, days: float) -> float:
        """Probability that a new customer makes just `n` repeat purchases in the first `days`.

        To hold against how many customers of an age did (Fader, Hardie and Lee 2005, equation 8). Raises ValueError
        for a negative number.
        """
        refuse_negative("n", n)
        refuse_negative("days", days)
        passed, k = days / (self.alpha + days), int(self._chances(np.array(n)))
        log_just_n = gammaln(self.r + n) - gammaln(self.r) - gammaln(n + 1) + self.r * np.log1p(-passed)
        just_n = np.exp(log_just_n) * passed**n
        at_least_n = betainc(n, self.r, passed) if n else 1.0
        stays = np.exp(betaln(self.a, self.b + k) - betaln(self.a, self.b))
        leaves = np.exp(betaln(self.a + 1, self.b + k - 1) - betaln(self.a, self.b)) if k else 0.0
        return float(stays * just_n + leaves * at_least_n)

    def simulate(self, age_days: pl.Series, seed: int) -> pl.DataFrame:
        """One new customer a row of `age_days` (whole days) who behaves as the model says: a history to fit or score.

        Gives `x`, `t_x_days` (to the nearest day, so that it is not early on average) and `age_days`. The model knows
        no days: two purchases of one day count as two. Raises ValueError for an age that cannot be.
        """
        age, random = checked_ages(age_days), np.random.default_rng(seed)
        rate = random.gamma(self.r, 1 / self.alpha, len(age))
        p = np.clip(random.beta(self.a, self.b, len(age)), _SMALLEST_P, 1 - np.finfo(np.float64).epsneg)
        would_buy = random.poisson(rate * age)
        chances_survived = np.floor(random.exponential(size=len(age)) / -np.log1p(-p))
        x = np.minimum(would_buy, chances_survived + 1 - self.CHANCES_BEFORE_REPEATS).astype(np.int64)
        # The x-th of would_buy uniform moments.
        last = age * np.where(x > 0, random.beta(np.maximum(x, 1), would_buy - x + 1), 0.0)
        return pl.DataFrame({"x": x, "t_x_days": np.rint(last).astype(np.int64), "age_days": age})

    def _chances(self, x: Ints) -> Ints:
        return x + self.CHANCES_BEFORE_REPEATS

    def _log_odds(self, counts: PurchaseCounts) -> Floats:
        log_day = np.log(self.alpha + np.arange(counts.age_days.max(initial=0) + 1))
        k = self._chances(np.arange(counts.x.max(initial=0) + 1))
        stays = np.where(k > 0, np.log(self.b + np.maximum(k, 1) - 1) - np.log(self.a), np.inf)
        silence = log_day.take(counts.age_days) - log_day.take(counts.t_x_days)
        log_odds: Floats = stays.take(counts.x) - (self.r + counts.x) * silence
        return log_odds

    def _odds(self, counts: PurchaseCounts) -> Floats:
        """Of being alive, up to `_LARGEST_LOG`."""
        odds: Floats = np.exp(np.minimum(self._log_odds(counts), _LARGEST_LOG))
        return odds

    def _p_alive(self, counts: PurchaseCounts) -> Floats:
        odds = self._odds(counts)
        alive: Floats = odds / (odds + 1)
        return alive

    def _when_alive(self, counts: PurchaseCounts, quantity: Callable[[AliveCustomers], Floats]) -> Floats:
        if not len(counts.x):
            return np.empty(0)
        x, age_days, pair_of = distinct_pairs(counts.x, counts.age_days)
        k = self._chances(x).astype(np.float64)
        alive = AliveCustomers(
            self.r + x.astype(np.float64), self.alpha + age_days.astype(np.float64), self.a, self.b + k
        )
        expected = counts.each_part(self._p_alive)
        expected *= quantity(alive)[pair_of]
        return expected


def starts(search: Search) -> list[list[dict[str, float]]]:
    """Where to begin: all leave sooner or later; or some at once and the others hardly ever; or all alike, but late.

    The first of these again at the rates at which they came if nobody left.
    """
    sooner_or_later = ((0.2, 2.0), (1.0, 2.0), (0.5, 0.5))
    kinds = (
        (search.at_their_pace(0.3, 1.0, 3.0), sooner_or_later),
        (search.at_their_pace(1.0, 10.0), ((0.02, 0.02), (0.02, 0.1))),
        (search.at_their_pace(0.3, 1.0, 3.0), ((5.0, 100.0),)),
        ([search.never_left], sooner_or_later),
    )
    return [[{**rate, "a": a, "b": b} for rate in rates for a, b in leaving] for rates, leaving in kinds]


def log_likelihood(counts: PurchaseCounts, weight: Ints, chances_before_repeats: int) -> LogLikelihood:
    """Log-likelihood of weighted histories as a function of log (r, alpha, a, b), with its gradient.

    Integrating the module's likelihood over both distributions gives, with B the Beta function,

        G(r+x) alpha^r / G(r)  B(a, b+k) / B(a, b)  [(alpha+T)^-(r+x) + a / (b+k-1) (alpha+t_x)^-(r+x)].
    """
    x, age = counts.x, counts.age_days
    every_x, every_day = np.arange(x.max() + 1.0), np.arange(age.max() + 1.0)
    every_k = every_x + chances_before_repeats
    may_be_gone = every_k > 0
    # Who is gone took the last chance and none before.
    stayed = np.maximum(every_k - 1, 0.0)
    with_x = np.bincount(x, weights=weight)
    with_age = np.bincount(age, weights=weight)
    purchases_with_age = np.bincount(age, weights=weight * x)
    customers = float(weight.sum())
    parts = [_Part.of(x[rows], counts.t_x_days[rows], age[rows], weight[rows]) for rows in parts_of(len(x))]

    def value_and_gradient(theta: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(theta)
        log_day, one_by_day = np.log(alpha + every_day), 1 / (alpha + every_day)
        # The first term of the bracket is a sum over x and one over T; what is left a row is the odds of being gone.
        log_leaving = np.where(may_be_gone, np.log(a) - np.log(b + stayed), _NEVER)
        sums: Floats = np.sum(at_once(lambda part: part.sums(r, log_day, one_by_day, log_leaving), parts), axis=0)
        by_row, gone_silence, gone_slope = sums[:3].tolist()
        gone_with_x = sums[3:]
        shape_with_age = r * with_age + purchases_with_age
        by_x = gammaln(r + every_x) + gammaln(b + every_k) - gammaln(a + b + every_k)
        constant = r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b)
        value = by_row + (with_x * by_x).sum() + customers * constant - (shape_with_age * log_day).sum()

        lost = digamma(a + b) - digamma(a + b + every_k)
        gradient = (
            (with_x * (digamma(r + every_x) - digamma(r) + np.log(alpha))).sum()
            - (with_age * log_day).sum()
            + gone_silence,
            customers * r / alpha - (shape_with_age * one_by_day).sum() + gone_slope,
            (with_x * lost).sum() + gone_with_x.sum() / a,
            (with_x * (digamma(b + every_k) - digamma(b) + lost)).sum() - (gone_with_x / (b + stayed)).sum(),
        )
        return float(value), np.array(gradient) * (r, alpha, a, b)

    return value_and_gradient


@dataclass(frozen=True, slots=True)
class _Part:
    """Some weighted histories, fastest where sorted by x."""

    x: Ints
    t_x: Ints
    age: Ints
    weight: Floats
    begins: Ints
    """Where each run of one x begins."""

    @classmethod
    def of(cls, x: Ints, t_x: Ints, age: Ints, weight: Ints) -> Self:
        return cls(x, t_x, age, weight.astype(np.float64), runs(x))

    def sums(self, r: float, log_day: Floats, one_by_day: Floats, log_leaving: Floats) -> Floats:
        """Of the logarithm of the bracket, its slopes by r and alpha, and who is gone of each x, one after another.

        `log_day` is log(alpha + day), `one_by_day` its slope, `log_leaving` the logarithm of a / (b + k - 1) by x.
        """
        silence = log_day.take(self.age)
        silence -= log_day.take(self.t_x)
        slope = one_by_day.take(self.age)
        slope -= one_by_day.take(self.t_x)
        shape = r + self.x
        slope *= shape
        shape *= silence
        log_odds = log_leaving.take(self.x)
        log_odds += shape
        # Each step into an array that is there already: to take new ones costs a third of the time.
        odds = np.minimum(log_odds, _LARGEST_LOG)
        log_odds -= odds
        np.exp(odds, out=odds)
        either = 1 + odds
        gone = np.divide(odds, either, out=odds)
        gone *= self.weight
        log_odds += np.log(either, out=either)
        log_odds *= self.weight
        silence *= gone
        slope *= gone
        with_x = np.bincount(self.x[self.begins], np.add.reduceat(gone, self.begins), len(log_leaving))
        # np.sum and not @: BLAS splits a long product by its number of threads, and the last digits follow.
        return np.concatenate(((log_odds.sum(), silence.sum(), slope.sum()), with_x))
