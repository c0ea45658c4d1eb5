"""Maximum likelihood for the value models: one way to search, and one set of rules for what counts as an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from transforms.clv.fitting.fitted import Fitted, covariance_of, data_hash
from transforms.clv.history import PurchaseCounts, distinct_histories, purchase_counts

Floats = NDArray[np.float64]
Model = TypeVar("Model", bound=Fitted)
LogLikelihood = Callable[[Floats], tuple[float, Floats]]
"""Log-likelihood of all customers and its gradient, as a function of the logarithms of the parameters."""

SMALLEST, LARGEST = 1e-5, 1e6
"""Range of every parameter, in its own unit."""

WEAKEST_INFORMATION = 0.1
"""Least curvature of the log-likelihood in any direction of the log-parameters: a standard error of about 3, that is, a
factor of 20 either way. What is known less well than that is not known."""

LARGEST_DECREMENT = 1e-6
"""Log-likelihood that one more Newton step may still promise."""

LEAST_GAIN = 1.0
"""Log-likelihood a model must gain over a simpler one inside it, for each further parameter (Akaike 1974)."""

DRAFT_ROWS = 10_000
GLANCE_ROWS = 1_000
GLANCE_DAYS = 64
"""Different days in a glance at histories."""

_ROUGHLY = 1e-9
_CLIMB_STEPS = 200
_HALVINGS = 30
_LEAST_CURVATURE = 1e-3
_STEP = 1e-4
_SHORTEST_STEP = 1e-12
_NEWTON_STEPS = 8
_CHORD_STEPS = 8
_NAMED_SHARE = 0.2


class NoFit(Exception):
    """The data do not determine the model's parameters. `reason` says why and names no customer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NothingGained(NoFit):
    """The model does no better than a simpler one at its edge; the parameters that tell them apart are not known."""


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where the log-likelihood is highest: parameters by name, and its value there."""

    parameters: dict[str, float]
    loglik: float
    information: Floats
    """Observed information of the logarithms of the parameters, in their order."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The log-likelihood of all customers, and two that cost less and are good enough to search on."""

    whole: LogLikelihood
    sketch: LogLikelihood
    """Of a `draft`."""
    glance: LogLikelihood
    """Of some of these."""

    @classmethod
    def over(
        cls,
        distinct: pl.DataFrame,
        loglik: Callable[[pl.DataFrame], LogLikelihood],
        glance: Callable[[pl.DataFrame], pl.DataFrame],
    ) -> Self:
        """The `loglik` of distinct, weighted, sorted rows, of their draft, and of the `glance` of it if it is long."""
        drawn = draft(distinct)
        sketch = loglik(drawn)
        return cls(loglik(distinct), sketch, loglik(glance(drawn)) if drawn.height > GLANCE_ROWS else sketch)

    def with_prior(self, prior: Callable[[LogLikelihood], LogLikelihood]) -> Self:
        """Each of the three changed by `prior` into a posterior density."""
        return type(self)(prior(self.whole), prior(self.sketch), prior(self.glance))


@dataclass(frozen=True, slots=True)
class Simpler:
    """A model at the edge of another: what the data would be saying if it did as well, and how well it does."""

    finding: str
    loglik: float
    parameters: int
    """How many it has."""


@dataclass(frozen=True, slots=True)
class Search:
    """What the fit of a model of purchase times starts from."""

    likelihood: Likelihood
    without_leaving: Simpler
    """The NBD, which every model of leaving contains."""
    days_an_occasion: float
    """Mean days between purchases of those who came back; at least one."""
    never_left: dict[str, float]
    """r and alpha of the NBD; far from them, which top a climb ends at is chance."""
    customers: int
    data_hash: str

    @classmethod
    def over(
        cls, history: pl.DataFrame, log_likelihood: Callable[[PurchaseCounts, NDArray[np.int64]], LogLikelihood]
    ) -> Self:
        """The likelihood of the distinct rows of `history`. Raises NoFit if nobody bought again."""
        distinct = distinct_histories(history)
        counts, weight = purchase_counts(distinct), distinct["weight"].to_numpy()
        customers, repeats = int(weight.sum()), int((weight * counts.x).sum())
        if repeats == 0:
            raise NoFit(f"none of {customers} customers bought again")
        days_an_occasion = max(1.0, float((weight * counts.t_x_days).sum()) / repeats)
        nbd = _nbd(counts, weight)
        top = _climb(nbd, np.log([1.0, days_an_occasion]), _ROUGHLY)
        without_leaving = Simpler("no sign that customers leave", nbd(top)[0], len(top))
        never_left = dict(zip(("r", "alpha"), np.exp(top).tolist(), strict=True))
        likelihood = Likelihood.over(
            distinct, lambda part: log_likelihood(purchase_counts(part), part["weight"].to_numpy()), _coarse
        )
        return cls(likelihood, without_leaving, days_an_occasion, never_left, customers, data_hash(distinct))

    def at_their_pace(self, *r: float) -> list[dict[str, float]]:
        """Each r, and the alpha with which all come at the mean pace of those who came back."""
        return [{"r": one, "alpha": one * self.days_an_occasion} for one in r]

    def without_prior(self, best: Maximum) -> Maximum:
        """`best` of a posterior, its `loglik` that of the data alone."""
        return replace(best, loglik=self.likelihood.whole(np.log(list(best.parameters.values())))[0])

    def model(self, of: type[Model], best: Maximum) -> Model:
        """The fitted model of a class whose fields are the parameters found."""
        return of(
            **best.parameters,
            loglik=best.loglik,
            customers=self.customers,
            covariance=covariance_of(best.information),
            data_hash=self.data_hash,
        )


def draft(distinct: pl.DataFrame, rows: int = DRAFT_ROWS) -> pl.DataFrame:
    """Every n-th of the sorted, weighted, distinct rows, at most `rows`: enough to start the search from."""
    return distinct.gather_every(max(1, -(-distinct.height // rows)))


def _coarse(distinct: pl.DataFrame) -> pl.DataFrame:
    """A few distinct histories in coarse days, to look where the likelihood may be high."""
    # Upwards, so that who bought again still did so on a later day.
    unit = 1 + pl.col("age_days").max() // GLANCE_DAYS
    coarse = distinct.with_columns((pl.col("t_x_days", "age_days") + unit - 1) // unit * unit)
    return draft(distinct_histories(coarse), GLANCE_ROWS)


def maximise(
    likelihood: Likelihood,
    starts: Sequence[Sequence[dict[str, float]]],
    simpler: Simpler | None = None,
    start: Mapping[str, float] | None = None,
) -> Maximum:
    """The parameters of highest likelihood, all positive, searched on their logarithms.

    `starts` holds some kinds of explanation, of each some places: a likelihood may have a top for every kind. BFGS on
    the glance from the best place of each kind; on the sketch from the best end, and from `start` if there is one; on
    the whole steps with the curvature of the sketch, or BFGS again where these lead nowhere; then Newton steps with a
    Hessian differenced from the gradient, until a further one promises less than `LARGEST_DECREMENT`.

    Raises NothingGained if the best point gains less than `LEAST_GAIN` a parameter over the `simpler` model, and NoFit
    if it lies on a bound, if the likelihood is flat there in some direction (`WEAKEST_INFORMATION`), or if it is no
    maximum. Raises ValueError for a `start` of other names or outside the bounds.
    """
    glance, sketch, whole = likelihood.glance, likelihood.sketch, likelihood.whole
    names = list(starts[0][0])
    kinds = [[np.log([place[name] for name in names]) for place in kind] for kind in starts]
    places = [max(kind, key=lambda theta: glance(theta)[0]) for kind in kinds]
    ends = [max((_climb(glance, place, _ROUGHLY) for place in places), key=lambda theta: glance(theta)[0])]
    if glance is not sketch and _is_on_a_bound(ends[0]).any():
        # What is nothing at a glance may be something at a longer look, and there is no way back from a bound.
        ends += places
    if start is not None:
        ends.append(_logarithms(start, names))
    theta = max((_climb(sketch, end, _ROUGHLY) for end in ends), key=lambda theta: sketch(theta)[0])
    theta, value, gradient = _approach(whole, sketch, theta)
    if simpler is not None:
        _refuse_no_gain(value, len(theta), simpler)
    return _polish(whole, theta, value, gradient, names)


def _logarithms(start: Mapping[str, float], names: list[str]) -> Floats:
    if set(start) != set(names):
        raise ValueError(f"start holds {', '.join(start)}; the parameters are {', '.join(names)}")
    for name in names:
        if not SMALLEST <= start[name] <= LARGEST:
            raise ValueError(f"start has {name} = {start[name]}; it is a number from {SMALLEST:g} to {LARGEST:g}")
    return np.array([np.log(start[name]) for name in names])


def _climb(loglik: LogLikelihood, start: Floats, least_gain: float = 1e-13) -> Floats:
    """Where a search by BFGS ends; it stops at a step that gains less than `least_gain` of the log-likelihood.

    SciPy's searches call BLAS, whose threads wait for each other: on a busy machine ten times as long as this.
    """
    theta, (value, gradient) = start, loglik(start)
    information, is_fresh = _downwards(_information(loglik, theta, gradient)), True
    for _ in range(_CLIMB_STEPS):
        # What a bound holds back stays there; the others bend as they do while it stays.
        free = (theta > np.log(SMALLEST)) & (gradient < 0) | (theta < np.log(LARGEST)) & (gradient > 0)
        step = np.zeros_like(theta)
        step[free] = _uphill(information[np.ix_(free, free)], gradient[free])
        step = step / max(1.0, np.abs(step).max())
        for _ in range(_HALVINGS):
            ahead: Floats = np.clip(theta + step, np.log(SMALLEST), np.log(LARGEST))
            reached, slope = loglik(ahead)
            if reached > value:
                break
            step = step / 2
        gain = reached - value
        if gain > 0:
            moved, bent = ahead - theta, gradient - slope
            theta, value, gradient = ahead, reached, slope
        if gain > least_gain * max(1.0, abs(value)):
            information, is_fresh = _updated(information, moved, bent), False
        elif is_fresh:
            break
        else:
            # It may have stopped because what it had learned of the curvature no longer held.
            information, is_fresh = _downwards(_information(loglik, theta, gradient)), True
    return theta


def _bends(information: Floats) -> tuple[Floats, Floats]:
    """Curvatures and their directions; where the likelihood bends upwards, as if it bent downwards just as much."""
    if not np.isfinite(information).all():
        return np.ones(len(information)), np.eye(len(information))
    curvatures, directions = np.linalg.eigh(information)
    return np.maximum(np.abs(curvatures), _LEAST_CURVATURE), directions


def _downwards(information: Floats) -> Floats:
    curvatures, directions = _bends(information)
    downwards: Floats = (directions * curvatures) @ directions.T
    return downwards


def _uphill(information: Floats, gradient: Floats) -> Floats:
    """A Newton step; unlike a solution of the equations there always is one."""
    curvatures, directions = _bends(information)
    step: Floats = directions @ ((directions.T @ gradient) / curvatures)
    return step


def _updated(information: Floats, moved: Floats, bent: Floats) -> Floats:
    """By what the last step showed (Nocedal and Wright 2006, equation 6.19); bent upwards it stays."""
    believed = information @ moved
    shown, foreseen = (moved * bent).sum(), (moved * believed).sum()
    if not min(shown, foreseen) > 0:
        return information
    updated: Floats = information - np.outer(believed, believed) / foreseen + np.outer(bent, bent) / shown
    return updated


def _approach(loglik: LogLikelihood, sketch: LogLikelihood, theta: Floats) -> tuple[Floats, float, Floats]:
    """Near the maximum, value and gradient there; a step costs one pass, for a draft bends nearly as the whole."""
    value, gradient = loglik(theta)
    drawn, slope = sketch(theta)
    information = _information(sketch, theta, slope) * (value / drawn)
    if np.isfinite(information).all() and np.linalg.eigvalsh(information)[0] > WEAKEST_INFORMATION:
        for _ in range(_CHORD_STEPS):
            step = _uphill(information, gradient)
            if float((gradient * step).sum()) / 2 < LARGEST_DECREMENT / 100:
                return theta, value, gradient
            # Beyond a bound the likelihood may be higher than any that a climb, or the simpler model, can reach.
            if np.abs(step).max() > 1 or _is_on_a_bound(theta + step).any():
                break
            before, slope, (value, gradient) = value, gradient, loglik(theta + step)
            if not value > before:
                break
            theta, information = theta + step, _updated(information, step, slope - gradient)
    theta = _climb(loglik, theta)
    return theta, *loglik(theta)


def _polish(loglik: LogLikelihood, theta: Floats, value: float, gradient: Floats, names: list[str]) -> Maximum:
    for _ in range(_NEWTON_STEPS):
        _refuse_bounds(theta, names)
        information = _information(loglik, theta, gradient)
        _refuse_flat(information, names)
        step = np.linalg.solve(information, gradient)
        decrement = float((gradient * step).sum()) / 2
        if decrement < LARGEST_DECREMENT / 100:
            break
        while (reached := loglik(theta + step))[0] < value and np.abs(step).max() > _SHORTEST_STEP:
            step = step / 2
        theta, (value, gradient) = theta + step, reached
    if not decrement < LARGEST_DECREMENT:
        raise NoFit(f"the search stopped where the log-likelihood still rises (by about {decrement:.2g})")
    return Maximum(dict(zip(names, np.exp(theta).tolist(), strict=True)), value, information)


def _information(loglik: LogLikelihood, theta: Floats, gradient: Floats) -> Floats:
    matrix = np.stack([(gradient - loglik(theta + move)[1]) / _STEP for move in _STEP * np.eye(len(theta))])
    return (matrix + matrix.T) / 2


def _nbd(counts: PurchaseCounts, weight: NDArray[np.int64]) -> LogLikelihood:
    """Log-likelihood of log (r, alpha) where nobody leaves: G(r+x) / G(r) alpha^r (alpha+T)^-(r+x)."""
    every_x, every_day = np.arange(counts.x.max() + 1.0), np.arange(counts.age_days.max() + 1.0)
    with_x = np.bincount(counts.x, weights=weight)
    with_age = np.bincount(counts.age_days, weights=weight)
    purchases_with_age = np.bincount(counts.age_days, weights=weight * counts.x)

    def value_and_gradient(theta: Floats) -> tuple[float, Floats]:
        r, alpha = np.exp(theta)
        silence = np.log1p(every_day / alpha)
        value = (with_x * (gammaln(r + every_x) - gammaln(r) - every_x * theta[1])).sum()
        value -= ((r * with_age + purchases_with_age) * silence).sum()
        by_r = (with_x * (digamma(r + every_x) - digamma(r))).sum() - (with_age * silence).sum()
        by_alpha = ((r * with_age * every_day / alpha - purchases_with_age) / (alpha + every_day)).sum()
        return float(value), np.array([by_r * r, by_alpha * alpha])

    return value_and_gradient


def _refuse_no_gain(reached: float, parameters: int, simpler: Simpler) -> None:
    gain = reached - simpler.loglik
    if gain < LEAST_GAIN * (parameters - simpler.parameters):
        raise NothingGained(f"{simpler.finding}: the log-likelihood gains {max(gain, 0.0):.2g} over the simpler model")


def _is_on_a_bound(value: Floats) -> NDArray[np.bool_]:
    is_on_a_bound: NDArray[np.bool_] = (value <= np.log(SMALLEST) + 0.01) | (value >= np.log(LARGEST) - 0.01)
    return is_on_a_bound


def _refuse_bounds(theta: Floats, names: list[str]) -> None:
    for name, value, is_on_a_bound in zip(names, theta, _is_on_a_bound(theta), strict=True):
        if is_on_a_bound:
            raise NoFit(f"{name} ran to {np.exp(value):.3g}, the edge of what it may be")


def _refuse_flat(information: Floats, names: list[str]) -> None:
    if not np.isfinite(information).all():
        raise NoFit("the log-likelihood is not finite where the search ended")
    curvatures, directions = np.linalg.eigh(information)
    if curvatures[0] < WEAKEST_INFORMATION:
        shares = directions[:, 0] ** 2
        flat = " and ".join(name for name, share in zip(names, shares, strict=True) if share > _NAMED_SHARE)
        raise NoFit(f"the data do not tell {flat}: the likelihood is flat there (curvature {curvatures[0]:.2g})")
