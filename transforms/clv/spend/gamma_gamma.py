"""Gamma-Gamma: what a customer spends on an occasion, independent of how often he comes.

Fader, Hardie and Lee (2005), "RFM and CLV", J. of Marketing Research 42; Fader and Hardie (2013), "The Gamma-Gamma
model of monetary value". Spend on an occasion is Gamma(p, nu) for a customer, nu is Gamma(q, v) over customers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import betaln, digamma, gammaln

from transforms.clv.fitting.fit import GLANCE_ROWS, Likelihood, LogLikelihood, NoFit, draft, maximise
from transforms.clv.fitting.fitted import Fitted, covariance_of, data_hash
from transforms.clv.fitting.parts import runs
from transforms.clv.history import distinct_spends, refuse_first

Floats = NDArray[np.float64]

_LARGE_SHAPE = 1e3
"""From here on what Stirling's series leaves out is below the rounding."""


@dataclass(frozen=True, slots=True)
class GammaGamma(Fitted):
    """A fitted Gamma-Gamma. `v` is in currency units, `p` and `q` have no unit; q > 1, so that the mean exists.

    `loglik` is the log-likelihood of the `customers` with an occasion that cost something. A history has one row a
    customer with `x` occasions, repeats alone or all, and their `mean_spend` (Float64 currency units, null where
    x = 0).
    """

    NAME: ClassVar[str] = "gamma_gamma"

    p: float
    q: float
    v: float

    @classmethod
    def fit(cls, history: pl.DataFrame, start: Mapping[str, float] | None = None) -> Self:
        """Maximum likelihood over the rows with x > 0 and mean_spend > 0, each `weight` times if that column is there.

        `start` (p, q and v) is one more place to search from. Bounds are `fit.SMALLEST` and `fit.LARGEST`, of v in
        units of the customers' mean of `mean_spend`.

        Raises NoFit where the data do not determine the model (see `fit.maximise`) or the mean spend it implies is
        infinite (q <= 1), ValueError for a history or a start that cannot be.
        """
        spenders = distinct_spends(_checked(history).filter(pl.col("x") > 0, pl.col("mean_spend") > 0))
        spend, weight = (spenders[name].to_numpy() for name in ("mean_spend", "weight"))
        customers = int(weight.sum())
        if customers == 0:
            raise NoFit("no customer has an occasion that cost something")
        # In units of the mean, the same starts and bounds serve yen and dinars; v and the density scale back exactly.
        unit = float((weight * spend).sum()) / customers
        starts = [[{"p": p, "q": q, "v": (q - 1) / p} for p in (1.0, 4.0, 16.0)] for q in (1.5, 4.0)]

        def loglik(part: pl.DataFrame) -> LogLikelihood:
            x, spend, weight = (part[name].to_numpy() for name in ("x", "mean_spend", "weight"))
            return log_likelihood(x, spend / unit, weight)

        likelihood = Likelihood.over(spenders, loglik, lambda drawn: draft(drawn, GLANCE_ROWS))
        if start is not None and "v" in start:
            start = {**start, "v": start["v"] / unit}
        best = maximise(likelihood, starts, start=start)
        p, q, v = (best.parameters[name] for name in ("p", "q", "v"))
        if q <= 1:
            raise NoFit(f"spend differs so much between customers that its mean is infinite (q = {q:.3g})")
        return cls(
            p,
            q,
            v * unit,
            loglik=best.loglik - customers * float(np.log(unit)),
            customers=customers,
            covariance=covariance_of(best.information),
            data_hash=data_hash(spenders),
        )

    def log_likelihood(self, history: pl.DataFrame) -> pl.Series:
        """Logarithm of the density of each customer's mean spend, in currency units; 0 where none cost anything.

        Raises ValueError for a history that cannot be.
        """
        checked = _checked(history)
        x, spend = checked["x"].to_numpy(), checked["mean_spend"].fill_null(0.0).to_numpy()
        paid = (x > 0) & (spend > 0)
        value = np.zeros(len(x))
        shape, mean = self.p * x[paid], spend[paid]
        total = x[paid] * mean
        value[paid] = self.q * (np.log(self.v) - np.log(self.v + total)) - np.log(mean) - betaln(shape, self.q)
        value[paid] -= shape * np.log1p(self.v / total)
        return pl.Series("log_likelihood", value)

    def expected_spend(self, history: pl.DataFrame) -> pl.Series:
        """Expected spend on an occasion, currency units, Float64 in row order (Fader and Hardie 2013, equation 5).

        p (v + x mean_spend) / (p x + q - 1): the customer's own mean drawn towards the population mean p v / (q - 1),
        which is the answer where x = 0. Raises ValueError for a history that cannot be.
        """
        x, spent = pl.col("x"), pl.col("x") * pl.col("mean_spend").fill_null(0.0)
        expected = self.p * (self.v + spent) / (self.p * x + (self.q - 1))
        return _checked(history).select(expected_spend=expected).to_series()

    def simulate(self, x: pl.Series, seed: int) -> pl.DataFrame:
        """One new customer a row of `x` (repeat occasions) who spends as the model says: a history to fit or score.

        Gives `x` and `mean_spend` (currency units, null where x = 0). Raises ValueError for an `x` that cannot be.
        """
        occasions = _checked(pl.DataFrame({"x": x, "mean_spend": 1.0}))["x"].to_numpy()
        random = np.random.default_rng(seed)
        nu = random.gamma(self.q, 1 / self.v, len(occasions))
        bought = np.maximum(occasions, 1)
        mean = pl.Series(random.gamma(self.p * bought) / (nu * bought))
        return pl.DataFrame({"x": occasions}).with_columns(mean_spend=pl.when(pl.col("x") > 0).then(mean))


def log_likelihood(x: NDArray[np.int64], spend: Floats, weight: NDArray[np.int64]) -> LogLikelihood:
    """Log-likelihood of the mean spends over x occasions as a function of log (p, q, v), with its gradient.

    Fader and Hardie (2013), equation 1a: given nu the mean is Gamma(p x, nu x), and nu integrates out to

        G(px+q) / (G(px) G(q))  v^q  spend^(px-1)  x^(px)  (v + x spend)^-(px+q).
    """
    # Rows sorted by x have few runs; others more, which cost time and change nothing.
    begins = runs(x)
    count, with_count = x[begins], np.add.reduceat(weight, begins)
    total = x * spend
    log_spend, log_total = (float((weight * np.log(money)).sum()) for money in (spend, total))
    customers = float(weight.sum())

    def value_and_gradient(theta: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(theta)
        above = weight * np.log1p(v / total)
        # Of (v + x spend), with all that is multiplied by p left as small as it is.
        log_mixed, by_purchase = above.sum() + log_total, (x * above).sum()
        rise, by_shape = _rise(p * count, q)
        value = (
            (with_count * rise).sum()
            + customers * (q * np.log(v) - gammaln(q))
            - log_spend
            - p * by_purchase
            - q * log_mixed
        )
        gradient = (
            (with_count * count * by_shape).sum() - by_purchase,
            (with_count * digamma(p * count + q)).sum() + customers * (np.log(v) - digamma(q)) - log_mixed,
            customers * q / v - (weight * (p * x + q) / (v + total)).sum(),
        )
        return float(value), np.array(gradient) * (p, q, v)

    return value_and_gradient


def _rise(shape: Floats, q: float) -> tuple[Floats, Floats]:
    """The logarithm of G(shape+q) / G(shape), and its slope by shape.

    Where the shape is large the two terms are nearly equal, and their difference would be noise: by Stirling's series.
    """
    both = shape + q
    ratio, gap = np.log1p(q / shape), q / (shape * both)
    series = (shape - 0.5) * ratio + q * (np.log(both) - 1) - gap / 12
    slope = ratio + gap / 2 + gap * (1 / shape + 1 / both) / 12
    is_large = shape > _LARGE_SHAPE
    return (
        np.where(is_large, series, gammaln(both) - gammaln(shape)),
        np.where(is_large, slope, digamma(both) - digamma(shape)),
    )


def _checked(history: pl.DataFrame) -> pl.DataFrame:
    columns = ["x", "mean_spend", *(["weight"] if "weight" in history.columns else [])]
    checked = history.select(columns).with_columns(pl.col("mean_spend").cast(pl.Float64))
    if not checked["x"].dtype.is_integer():
        checked = checked.with_columns(pl.col("x").cast(pl.Float64))
    x, spend = pl.col("x"), pl.col("mean_spend")
    rules = {
        "x is missing or not a number": ~x.is_finite().fill_null(value=False),
        "x is negative or not whole": (x < 0) | (x != x.floor()),
        "mean_spend is not a number": ~spend.is_finite(),
        "mean_spend < 0": spend < 0,
        "mean_spend is missing with x > 0": (x > 0) & spend.is_null(),
    }
    refuse_first(checked, rules)
    return checked.with_columns(x.cast(pl.Int64))
