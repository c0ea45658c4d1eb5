"""A stack: the models that told the past best, each with the weight that would have told it best.

Yao, Vehtari, Simpson and Gelman (2018), "Using Stacking to Average Bayesian Predictive Distributions", Bayesian
Analysis 13: weights of a mean of densities, none below 0 and 1 in all, that make most of the log-likelihood of what
came.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, minimize

from transforms.clv.choice.candidates import Candidate, PurchaseModel, fit_or_stand_in
from transforms.clv.choice.choices import Reason

Floats = NDArray[np.float64]

STACK = "stack"
LEAST_WEIGHT = 0.05
"""What would have less is left out: every member costs as much as a model alone."""
_ACCURACY = 1e-9
_IMPOSSIBLE = 1e-200
_DIGITS = 3
"""More of them tell nothing, and the last ones depend on the order of customers."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Fitted models and their weights. Methods take a history and answer as those of the members."""

    members: tuple[Candidate, ...]
    weights: tuple[float, ...]

    def log_predictive(self, now: pl.DataFrame, later: pl.DataFrame) -> pl.Series:
        """Log-likelihood of what came from each history of `now` to that of `later`: of the mean of the densities."""
        logliks = [member.model.log_predictive(now, later).to_numpy() for member in self.members]
        highest = np.max(logliks, axis=0)
        density = _mixed(np.array(self.weights), np.exp(np.array(logliks) - highest))
        return pl.Series("log_predictive", np.log(density) + highest)

    def p_alive(self, history: pl.DataFrame) -> pl.Series:
        """Probability of not having left by `as_of`."""
        return self._mean(lambda model: model.p_alive(history))

    def p_no_purchase(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Probability of buying nothing in the `days` after `as_of`."""
        return self._mean(lambda model: model.p_no_purchase(history, days))

    def expected_purchases(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Expected purchase occasions in the `days` after `as_of`."""
        return self._mean(lambda model: model.expected_purchases(history, days))

    def expected_discounted_purchases(self, history: pl.DataFrame, days: float, yearly_rate: float) -> pl.Series:
        """The same, discounted."""
        return self._mean(lambda model: model.expected_discounted_purchases(history, days, yearly_rate))

    def refitted(self, history: pl.DataFrame) -> "Stack":
        """The same families and weights on other data. Raises NoFit where one of them finds no fit."""
        return Stack(tuple(fit_or_stand_in(member.family, history) for member in self.members), self.weights)

    def to_json(self) -> str:
        """The members' parameters, and the weights."""
        names = [member.name for member in self.members]
        members = [json.loads(member.model.to_json()) for member in self.members]
        return json.dumps({"model": STACK, "names": names, "weights": self.weights, "members": members})

    def _mean(self, quantity: Callable[[PurchaseModel], pl.Series]) -> pl.Series:
        total = quantity(self.members[0].model) * self.weights[0]
        for member, weight in zip(self.members[1:], self.weights[1:], strict=True):
            total = total + quantity(member.model) * weight
        return total


def assumptions(candidate: Candidate) -> list[Reason]:
    """Priors that have a say; one reason a model, for in a season a member may stand in for what is another member."""
    members = candidate.model.members if isinstance(candidate.model, Stack) else (candidate,)
    told = (Reason("purchases", member.assumption, member.name) for member in members if member.assumption)
    return list(dict.fromkeys(told))


def refitted(plain: Candidate, history: pl.DataFrame) -> Candidate:
    """The same family, or stack, on other data; raises NoFit where these determine no model."""
    if isinstance(plain.model, Stack):
        return Candidate(plain.family, plain.name, plain.model.refitted(history))
    return fit_or_stand_in(plain.family, history)


def stacking_weights(logliks: Mapping[str, Floats]) -> dict[str, float]:
    """The weight of each model worth `LEAST_WEIGHT` or more, of sum 1.

    `logliks`: of each model the log-likelihood of what came, of the same customers in the same order.
    """
    names = list(logliks)
    weights = dict(zip(names, _best_weights([logliks[name] for name in names]).tolist(), strict=True))
    kept = [name for name in names if weights[name] >= LEAST_WEIGHT]
    if len(kept) < len(names):
        return stacking_weights({name: logliks[name] for name in kept})
    return weights


def _best_weights(logliks: list[Floats]) -> Floats:
    """The log-likelihood is concave in the weights, so that there is one best place and any search finds it."""
    densities = np.exp(np.array(logliks) - np.max(logliks, axis=0))

    def loss(weights: Floats) -> float:
        return -float(np.log(_mixed(weights, densities)).mean())

    def slope(weights: Floats) -> Floats:
        by_weight: Floats = -(densities / _mixed(weights, densities)).mean(axis=1)
        return by_weight

    models = len(densities)
    found = minimize(
        loss,
        np.full(models, 1 / models),
        jac=slope,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * models,
        constraints=LinearConstraint(np.ones(models), 1.0, 1.0),
        options={"ftol": _ACCURACY},
    )
    weights: Floats = np.clip(found.x, 0.0, 1.0).round(_DIGITS)
    weights[weights.argmax()] += 1 - weights.sum()
    return weights.round(_DIGITS)


def _mixed(weights: Floats, densities: Floats) -> Floats:
    # np.sum and not @: BLAS splits a long product by its number of threads, and the last digits follow.
    mixed: Floats = (weights[:, None] * densities).sum(axis=0)
    # A search may try without the one model that holds what came of somebody possible.
    return np.maximum(mixed, _IMPOSSIBLE)
