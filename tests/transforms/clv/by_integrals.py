"""What the models say of a history, straight from their story by integrals over what nobody sees: slow and plain.

The models themselves go other ways (closed forms, Gauss-Jacobi, recurrences, Chebyshev polynomials). Every integrand
here is positive, so nothing cancels, and every integral is by the double exponential formula or by Gauss-Legendre with
many more nodes than are needed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.clv.times.leaving_after_purchase import LeavingAfterPurchase
from transforms.clv.times.pareto_nbd import ParetoNBD

Floats = NDArray[np.float64]

CHUNK = 1_000


@dataclass(frozen=True)
class Asked:
    """What is foretold: `days` ahead, and `discounted_days` at `discount_a_day`."""

    days: float
    discounted_days: float
    discount_a_day: float


def outputs(model: LeavingAfterPurchase | ParetoNBD, rows: pl.DataFrame, asked: Asked) -> dict[str, Floats]:
    """P(alive), P(no purchase), expected and discounted purchases of each row, by the model's integrals."""
    x, t_x, age = (rows[name].to_numpy().astype(np.float64) for name in ("x", "t_x_days", "age_days"))
    by_model = _pareto if isinstance(model, ParetoNBD) else _leaving_after_purchase
    parts = [
        by_model(model, x[part], t_x[part], age[part], asked)  # type: ignore[arg-type]
        for part in (slice(begin, begin + CHUNK) for begin in range(0, rows.height, CHUNK))
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _leaving_after_purchase(
    model: LeavingAfterPurchase, x: Floats, t_x: Floats, age: Floats, asked: Asked
) -> dict[str, Floats]:
    """Of rates Gamma(r + x) and chances of leaving Beta(a, b + k) of who is alive; the gone left after the last one."""
    k, shape = x + model.CHANCES_BEFORE_REPEATS, (model.r + x).astype(np.longdouble)

    def gone_to_alive(days: Floats) -> NDArray[np.longdouble]:
        silent = ((np.longdouble(model.alpha) + days) / (model.alpha + t_x)) ** shape
        return np.where(k > 0, model.a / (model.b + np.maximum(k, 1) - 1) * silent, 0)

    now, then = gone_to_alive(age), gone_to_alive(age + asked.days)
    quiet = ((np.longdouble(model.alpha) + age) / (model.alpha + age + asked.days)) ** shape
    alive = 1 / (1 + now)
    dropout, weight = _beta(model.a, model.b + k)
    found = {"p_alive": alive, "p_no_purchase": quiet * (1 + then) / (1 + now)}
    for name, days, discount in _sums(asked):

        def rate(ahead: Floats, discount: float = discount) -> Floats:
            """Expected purchases a day, so many days ahead, of who is alive at `as_of` and may leave by then."""
            passed = dropout * (ahead / (model.alpha + age))[:, None]
            staying = (weight * np.exp(-(model.r + x + 1)[:, None] * np.log1p(passed))).sum(axis=1)
            a_day: Floats = np.exp(-discount * ahead) * staying * (model.r + x) / (model.alpha + age)
            return a_day

        found[name] = alive * _over_days(rate, model.alpha + age, days)
    return {name: values.astype(np.float64) for name, values in found.items()}


def _pareto(model: ParetoNBD, x: Floats, t_x: Floats, age: Floats, asked: Asked) -> dict[str, Floats]:
    """Alive to the end, or gone at some moment since the last purchase, with the density of both."""

    def undisturbed(days: Floats, of: tuple[Floats, ...]) -> Floats:
        x, t_x = of
        silent = -(model.r + x) * np.log((model.alpha + days) / (model.alpha + t_x))
        density: Floats = np.exp(silent - model.s * np.log((model.beta + days) / (model.beta + t_x)))
        return density

    def either(end: Floats) -> Floats:
        y, width = _double_exponential(4.0, 0.04)
        share, rest = 1 / (1 + np.exp(-y)), 1 / (1 + np.exp(y))
        days = t_x[:, None] + (end - t_x)[:, None] * share
        left = undisturbed(days, (x[:, None], t_x[:, None])) * model.s / (model.beta + days)
        gone = (left * width * share * rest).sum(axis=1) * (end - t_x)
        return np.asarray(undisturbed(end, (x, t_x)) + gone)

    now = either(age)
    alive = undisturbed(age, (x, t_x)) / now
    found = {"p_alive": alive, "p_no_purchase": either(age + asked.days) / now}
    for name, days, discount in _sums(asked):

        def rate(ahead: Floats, discount: float = discount) -> Floats:
            lives = ((model.beta + age) / (model.beta + age + ahead)) ** model.s
            a_day: Floats = np.exp(-discount * ahead) * lives * (model.r + x) / (model.alpha + age)
            return a_day

        found[name] = alive * _over_days(rate, model.beta + age, days)
    return found


def _sums(asked: Asked) -> tuple[tuple[str, float, float], ...]:
    return (
        ("expected_purchases", asked.days, 0.0),
        ("expected_discounted_purchases", asked.discounted_days, asked.discount_a_day),
    )


def _over_days(rate: Callable[[Floats], Floats], since: Floats, days: float) -> Floats:
    """The integral of `rate` over the next `days`: in the logarithm of 1 + days / `since`, in which it hardly bends."""
    longest, total = np.log1p(days / since), np.zeros_like(since)
    for place, width in zip(*np.polynomial.legendre.leggauss(48), strict=True):
        grown = longest * (1 + place) / 2
        total += width / 2 * longest * since * np.exp(grown) * rate(since * np.expm1(grown))
    return total


def _double_exponential(end: float, step: float) -> tuple[Floats, Floats]:
    """Places and widths on the whole line that fall off as exp(-exp)."""
    u = np.arange(-end, end + step / 2, step)
    return np.pi * np.sinh(u), step * np.pi * np.cosh(u)


def _beta(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Values of a Beta(a, b) variable and their weights, a row for each b, by the logit."""
    y, width = _double_exponential(6.5, 0.03)
    log_p, log_rest = -np.logaddexp(0, -y), -np.logaddexp(0, y)
    log_weight = a * log_p + b[:, None] * log_rest + np.log(width)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return np.exp(log_p)[None, :], weight / weight.sum(axis=1, keepdims=True)
