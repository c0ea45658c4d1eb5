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
    alive, quiet = _chunks(
        _pareto if isinstance(model, ParetoNBD) else _leaving_after_purchase, model, asked, x, t_x, age
    )
    pairs, pair_of = np.unique(x + 1j * age, return_inverse=True)
    coming = _chunks(_lived if isinstance(model, ParetoNBD) else _stayed, model, asked, pairs.real, pairs.imag)
    expected, discounted = (alive * values[pair_of] for values in coming)
    return {
        "p_alive": alive,
        "p_no_purchase": quiet,
        "expected_purchases": expected,
        "expected_discounted_purchases": discounted,
    }


def _chunks(
    found: Callable[..., tuple[Floats, Floats]], model: LeavingAfterPurchase | ParetoNBD, asked: Asked, *columns: Floats
) -> list[Floats]:
    begins = range(0, len(columns[0]), CHUNK)
    parts = [found(model, asked, *(values[begin : begin + CHUNK] for values in columns)) for begin in begins]
    return [np.concatenate(one) for one in zip(*parts, strict=True)]


def _leaving_after_purchase(
    model: LeavingAfterPurchase, asked: Asked, x: Floats, t_x: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """P(alive) and P(no purchase), as published, in digits to spare."""
    k, shape = x + model.CHANCES_BEFORE_REPEATS, (model.r + x).astype(np.longdouble)

    def gone_to_alive(days: Floats) -> NDArray[np.longdouble]:
        silent = ((np.longdouble(model.alpha) + days) / (model.alpha + t_x)) ** shape
        return np.where(k > 0, model.a / (model.b + np.maximum(k, 1) - 1) * silent, 0)

    now, then = gone_to_alive(age), gone_to_alive(age + asked.days)
    quiet = ((np.longdouble(model.alpha) + age) / (model.alpha + age + asked.days)) ** shape
    return (1 / (1 + now)).astype(np.float64), (quiet * (1 + then) / (1 + now)).astype(np.float64)


def _stayed(model: LeavingAfterPurchase, asked: Asked, x: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Purchases of who is alive, over his rate (in closed form), his chance of leaving and the days ahead."""
    dropout, weight = _beta(model.a, model.b + x + model.CHANCES_BEFORE_REPEATS)

    def rate(ahead: Floats) -> Floats:
        passed = dropout * (ahead / (model.alpha + age))[:, None]
        staying = (weight * np.exp(-(model.r + x + 1)[:, None] * np.log1p(passed))).sum(axis=1)
        return np.asarray(staying * (model.r + x) / (model.alpha + age))

    return _asked_days(rate, model.alpha + age, asked)


def _pareto(model: ParetoNBD, asked: Asked, x: Floats, t_x: Floats, age: Floats) -> tuple[Floats, Floats]:
    """P(alive) and P(no purchase): alive to the end, or gone at some moment since the last purchase."""

    def undisturbed(days: Floats, x: Floats, t_x: Floats) -> Floats:
        silent = -(model.r + x) * np.log((model.alpha + days) / (model.alpha + t_x))
        return np.asarray(np.exp(silent - model.s * np.log((model.beta + days) / (model.beta + t_x))))

    def either(end: Floats) -> Floats:
        y, width = _double_exponential(4.0, 0.04)
        share, rest = 1 / (1 + np.exp(-y)), 1 / (1 + np.exp(y))
        days = t_x[:, None] + (end - t_x)[:, None] * share
        left = undisturbed(days, x[:, None], t_x[:, None]) * model.s / (model.beta + days)
        gone = (left * width * share * rest).sum(axis=1) * (end - t_x)
        return np.asarray(undisturbed(end, x, t_x) + gone)

    now = either(age)
    return undisturbed(age, x, t_x) / now, either(age + asked.days) / now


def _lived(model: ParetoNBD, asked: Asked, x: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Purchases of who is alive, over both rates (in closed form) and the days ahead."""

    def rate(ahead: Floats) -> Floats:
        lives = ((model.beta + age) / (model.beta + age + ahead)) ** model.s
        return np.asarray(lives * (model.r + x) / (model.alpha + age))

    return _asked_days(rate, model.beta + age, asked)


def _asked_days(rate: Callable[[Floats], Floats], since: Floats, asked: Asked) -> tuple[Floats, Floats]:
    def discounted(ahead: Floats) -> Floats:
        return np.asarray(np.exp(-asked.discount_a_day * ahead) * rate(ahead))

    return _over_days(rate, since, asked.days), _over_days(discounted, since, asked.discounted_days)


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
