"""Pareto/NBD where what is known of a customer from the start moves how often he buys and how soon he leaves.

Fader and Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models". A customer
with covariates z has alpha exp(-gamma1' z) for alpha and beta exp(-gamma2' z) for beta: exp(gamma1) is the factor by
which one more of a covariate multiplies the mean rate of buying, exp(gamma2) that of leaving.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from transforms.clv.fitting.fit import Likelihood, LogLikelihood, draft, maximise
from transforms.clv.fitting.fitted import Fitted, are_numbers, covariance_of, data_hash
from transforms.clv.history import COUNTS, purchase_counts, refuse
from transforms.clv.times.pareto_nbd import ParetoNBD, log_likelihood

Floats = NDArray[np.float64]

MOST_GROUPS = 64
"""Of customers with the same covariates. Each costs as much as a small Pareto/NBD."""


@dataclass(frozen=True, slots=True)
class ParetoNBDWithCovariates(Fitted):
    """A fitted Pareto/NBD with covariates; `r`, `alpha` (days), `s` and `beta` (days) are those where all z are 0.

    `covariance` is that of (ln r, ln alpha, ln s, ln beta, gamma1, gamma2). Methods take a history as `ParetoNBD` does,
    with the columns `covariates` besides (numbers or Boolean, none missing), and raise ValueError also where these are
    broken or tell more than `MOST_GROUPS` groups of customers apart.
    """

    NAME: ClassVar[str] = "pareto_nbd_covariates"

    r: float
    alpha: float
    s: float
    beta: float
    covariates: tuple[str, ...] = field(kw_only=True)
    gamma1: tuple[float, ...] = field(kw_only=True)
    gamma2: tuple[float, ...] = field(kw_only=True)

    @classmethod
    def fit(cls, history: pl.DataFrame, covariates: Sequence[str]) -> Self:
        """Maximum likelihood over the rows of `history`, each counted `weight` times if it has that column.

        The search starts from the Pareto/NBD without covariates. Raises NoFit where that one or this one is not
        determined by the data, such as by a covariate that is the same for all; ValueError as the methods do.
        """
        names = tuple(covariates)
        plain = ParetoNBD.fit(history)
        distinct = _distinct(history, names)
        # In units of its largest size a covariate of any scale suits the same bounds and the same rule of flatness.
        units = np.array([float(distinct[name].abs().max() or 1.0) for name in names])  # type: ignore[arg-type]
        whole, sketch = (_log_likelihood(part, names, units) for part in (distinct, draft(distinct)))
        # `maximise` searches logarithms: what it calls a parameter is exp(gamma).
        start = plain.parameters | dict.fromkeys(_coefficients(names), 1.0)
        best = maximise(Likelihood(whole, sketch, sketch), [[start]])
        gamma = np.log([best.parameters[name] for name in _coefficients(names)]) / np.tile(units, 2)
        unscaled = np.diag(np.concatenate((np.ones(4), np.tile(units, 2))))
        return cls(
            **{name: best.parameters[name] for name in plain.parameters},
            covariates=names,
            gamma1=tuple(gamma[: len(names)].tolist()),
            gamma2=tuple(gamma[len(names) :].tolist()),
            loglik=best.loglik,
            customers=plain.customers,
            covariance=covariance_of(unscaled @ best.information @ unscaled),
            data_hash=data_hash(distinct),
        )

    @property
    def coefficients(self) -> dict[str, float]:
        """`gamma1_` and `gamma2_` with the covariate's name after it."""
        return dict(zip(_coefficients(self.covariates), (*self.gamma1, *self.gamma2), strict=True))

    @property
    def standard_errors(self) -> dict[str, float]:
        """Of the parameters (delta method) and of the coefficients. Raises ValueError where they were not fitted."""
        errors = self._errors_of_logarithms().tolist()
        sizes = self.parameters | dict.fromkeys(self.coefficients, 1.0)
        return {name: size * error for (name, size), error in zip(sizes.items(), errors, strict=True)}

    def interval(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Of the parameters (symmetric on the log scale) and coefficients. Raises ValueError as `Fitted.interval`."""
        half = ndtri((1 + level) / 2) * self._errors_of_logarithms()
        around = np.concatenate((np.log(list(self.parameters.values())), list(self.coefficients.values())))
        ends = np.stack((around - half, around + half), axis=1)
        ends[:4] = np.exp(ends[:4])
        names = (*self.parameters, *self.coefficients)
        return {name: (low, high) for name, (low, high) in zip(names, ends.tolist(), strict=True)}

    def log_likelihood(self, history: pl.DataFrame) -> pl.Series:
        """As `ParetoNBD.log_likelihood`."""
        return self._by_group(history, lambda model, rows: model.log_likelihood(rows))

    def p_alive(self, history: pl.DataFrame) -> pl.Series:
        """As `ParetoNBD.p_alive`."""
        return self._by_group(history, lambda model, rows: model.p_alive(rows))

    def p_no_purchase(self, history: pl.DataFrame, days: float) -> pl.Series:
        """As `ParetoNBD.p_no_purchase`."""
        return self._by_group(history, lambda model, rows: model.p_no_purchase(rows, days))

    def expected_purchases(self, history: pl.DataFrame, days: float) -> pl.Series:
        """As `ParetoNBD.expected_purchases`."""
        return self._by_group(history, lambda model, rows: model.expected_purchases(rows, days))

    def expected_discounted_purchases(self, history: pl.DataFrame, days: float, yearly_rate: float) -> pl.Series:
        """As `ParetoNBD.expected_discounted_purchases`."""
        return self._by_group(history, lambda model, rows: model.expected_discounted_purchases(rows, days, yearly_rate))

    def _by_group(self, history: pl.DataFrame, quantity: Callable[[ParetoNBD, pl.DataFrame], pl.Series]) -> pl.Series:
        rows, groups = _groups(history, self.covariates)
        values = [quantity(self._model_of(z), rows[index]) for z, index in groups]
        if not values:
            return quantity(self._model_of(np.zeros(len(self.covariates))), rows)
        order = np.argsort(np.concatenate([index for _, index in groups]))
        return pl.concat(values)[order]

    def _model_of(self, z: Floats) -> ParetoNBD:
        alpha, beta = (self.alpha * np.exp(-z @ self.gamma1), self.beta * np.exp(-z @ self.gamma2))
        return ParetoNBD(self.r, float(alpha), self.s, float(beta), loglik=self.loglik, customers=self.customers)

    @classmethod
    def _holds(cls, stored: Mapping[str, Any], more: int = 0) -> bool:
        names = stored["covariates"]
        return (
            isinstance(names, list)
            and all(isinstance(name, str) for name in names)
            and all(are_numbers(stored[gamma], ((len(names),),)) for gamma in ("gamma1", "gamma2"))
            and super(ParetoNBDWithCovariates, cls)._holds(stored, more + 2 * len(names))
        )


def _coefficients(covariates: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{gamma}_{name}" for gamma in ("gamma1", "gamma2") for name in covariates)


def _groups(history: pl.DataFrame, covariates: tuple[str, ...]) -> tuple[pl.DataFrame, list[tuple[Floats, Any]]]:
    """The rows with covariates as numbers, and for each distinct set of these its values and the rows that have it."""
    rows = history.with_columns(pl.col(covariates).cast(pl.Float64))
    for name in covariates:
        refuse(rows, ~pl.col(name).is_finite().fill_null(value=False), f"{name} is missing or not a number")
    numbered = rows.select(covariates).with_row_index("row").group_by(covariates).agg("row").sort(covariates)
    if numbered.height > MOST_GROUPS:
        raise ValueError(
            f"{', '.join(covariates)} tell {numbered.height} groups of customers apart; the model takes {MOST_GROUPS}. "
            "Round them, or cut them into a few classes, or leave one out"
        )
    values = numbered.select(covariates).to_numpy()
    return rows, [(z, index.to_numpy()) for z, index in zip(values, numbered["row"], strict=True)]


def _distinct(history: pl.DataFrame, covariates: tuple[str, ...]) -> pl.DataFrame:
    """Distinct histories and covariates, sorted, with the customers that have them as `weight`."""
    if not covariates or len(set(covariates)) < len(covariates):
        raise ValueError(
            f"covariates are one or more names of columns, each once; here: {', '.join(covariates) or '-'}"
        )
    rows, _ = _groups(history, covariates)
    purchase_counts(rows)
    columns = (*covariates, *COUNTS)
    weight = pl.col("weight").sum() if "weight" in rows.columns else pl.len()
    whole = rows.with_columns(pl.col(COUNTS).cast(pl.Int64))
    return whole.group_by(columns).agg(weight=weight.cast(pl.Int64)).sort(columns)


def _log_likelihood(distinct: pl.DataFrame, covariates: tuple[str, ...], units: Floats) -> LogLikelihood:
    """As a function of (ln r, ln alpha, ln s, ln beta, gamma1, gamma2), coefficients of covariates in `units`.

    A sum of Pareto/NBD likelihoods, one a group; the slope by a coefficient is minus z times that by ln alpha or beta.
    """
    rows, groups = _groups(distinct, covariates)
    parts = [
        (z / units, log_likelihood(purchase_counts(rows[index]), rows["weight"].to_numpy()[index]))
        for z, index in groups
    ]
    many = len(covariates)

    def value_and_gradient(theta: Floats) -> tuple[float, Floats]:
        value, gradient = 0.0, np.zeros(len(theta))
        for z, of_group in parts:
            moved = theta[:4].copy()
            moved[1] -= (z * theta[4 : 4 + many]).sum()
            moved[3] -= (z * theta[4 + many :]).sum()
            more, slope = of_group(moved)
            value += more
            gradient += np.concatenate((slope, -z * slope[1], -z * slope[3]))
        return value, gradient

    return value_and_gradient
