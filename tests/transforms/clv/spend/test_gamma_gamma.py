"""Gamma-Gamma against quadrature, simulation and its own laws."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special

from transforms.clv.fitting.fit import NoFit
from transforms.clv.spend.gamma_gamma import GammaGamma, log_likelihood

CDNOW = GammaGamma(p=6.25, q=3.74, v=15.44, loglik=0.0, customers=1)


def history(*rows: tuple[int, float | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"x": pl.Int64, "mean_spend": pl.Float64}, orient="row")


@pytest.mark.parametrize(("x", "mean"), [(1, 12.0), (3, 80.0), (40, 33.5)])
def test_likelihood_and_spend_are_means_over_customers(x: int, mean: float) -> None:
    def weighted(nu: float, times: float) -> float:
        density = nu ** (CDNOW.q - 1) * CDNOW.v**CDNOW.q * np.exp(-CDNOW.v * nu) / special.gamma(CDNOW.q)
        shape = CDNOW.p * x
        log_of_mean = shape * np.log(nu * x) + (shape - 1) * np.log(mean) - nu * x * mean - special.gammaln(shape)
        return float(density * np.exp(log_of_mean) * times)

    total = integrate.quad(lambda nu: weighted(nu, 1.0), 0, 5, epsabs=0, epsrel=1e-11)[0]
    spend = integrate.quad(lambda nu: weighted(nu, CDNOW.p / nu), 1e-9, 5, epsabs=0, epsrel=1e-11)[0] / total
    loglik = log_likelihood(np.array([x]), np.array([mean]), np.array([1]))
    assert loglik(np.log([CDNOW.p, CDNOW.q, CDNOW.v]))[0] == pytest.approx(np.log(total), abs=1e-8)
    assert CDNOW.expected_spend(history((x, mean)))[0] == pytest.approx(spend, rel=1e-8)


def test_gradient_is_that_of_the_likelihood() -> None:
    loglik = log_likelihood(np.array([1, 1, 4, 9]), np.array([20.0, 31.5, 12.0, 70.0]), np.array([3, 1, 2, 1]))
    theta = np.log([3.0, 2.5, 20.0])
    for move in np.eye(3) * 1e-5:
        slope = (loglik(theta + move)[0] - loglik(theta - move)[0]) / 2e-5
        assert loglik(theta)[1][move > 0][0] == pytest.approx(slope, rel=1e-6)


def test_the_likelihood_is_no_noise_where_a_customer_always_spends_the_same() -> None:
    # As p grows and p v stays, the density tends to a limit: what is left to gain falls as 1 / p.
    loglik = log_likelihood(np.array([2, 500]), np.array([30.0, 22.0]), np.array([1_000, 1_000]))
    slopes = [loglik(np.log([p, 2.5, 60 / p]))[1] * p for p in (1e4, 1e6)]
    far, farther = (by_p - by_v for by_p, _, by_v in slopes)
    assert farther == pytest.approx(far, rel=1e-3)


def test_without_a_repeat_the_answer_is_the_population_mean() -> None:
    population = 6.25 * 15.44 / 2.74
    assert CDNOW.expected_spend(history((0, None), (1, 0.0)))[0] == pytest.approx(population)


def test_fit_recovers_known_parameters(gamma_gamma_histories: Callable[..., pl.DataFrame]) -> None:
    model = GammaGamma.fit(gamma_gamma_histories(20_000, (6.0, 4.0, 15.0), seed=7))
    assert (model.p, model.q, model.v) == pytest.approx((6.0, 4.0, 15.0), rel=0.1)


def test_fit_does_not_depend_on_currency_or_order(gamma_gamma_histories: Callable[..., pl.DataFrame]) -> None:
    rows = gamma_gamma_histories(2_000, (6.0, 4.0, 15.0), seed=9)
    model = GammaGamma.fit(rows)
    assert GammaGamma.fit(rows.sample(fraction=1.0, shuffle=True, seed=1)) == model
    yen = GammaGamma.fit(rows.with_columns(pl.col("mean_spend") * 1024))
    assert (yen.p, yen.q, yen.v / 1024) == pytest.approx((model.p, model.q, model.v), rel=1e-6)
    assert yen.loglik == pytest.approx(model.loglik - model.customers * np.log(1024))


def test_customers_without_paid_repeats_do_not_move_the_fit(
    gamma_gamma_histories: Callable[..., pl.DataFrame],
) -> None:
    rows = gamma_gamma_histories(2_000, (6.0, 4.0, 15.0), seed=9)
    assert GammaGamma.fit(rows.filter(pl.col("x") > 0)) == GammaGamma.fit(
        pl.concat([rows, history((0, None), (3, 0.0))])
    )


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "no customer has an occasion"),
        ([(0, None), (2, 0.0)], "no customer has an occasion"),
        ([(2, 30.0)] * 50, "the edge of what it may be|the data do not tell"),
        ([(1, 10.0), (1, 30.0)], "the edge of what it may be|the data do not tell"),
    ],
)
def test_fit_declines_what_cannot_be_told(rows: list[tuple[int, float | None]], reason: str) -> None:
    with pytest.raises(NoFit, match=reason):
        GammaGamma.fit(history(*rows))


def test_fit_declines_an_infinite_mean(gamma_gamma_histories: Callable[..., pl.DataFrame]) -> None:
    with pytest.raises(NoFit, match="its mean is infinite"):
        GammaGamma.fit(gamma_gamma_histories(3_000, (4.0, 0.6, 15.0), seed=4))


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ((2, -1.0), "1 of 2 histories: mean_spend < 0"),
        ((2, float("nan")), "1 of 2 histories: mean_spend is not a number"),
        ((2, None), "1 of 2 histories: mean_spend is missing with x > 0"),
        ((-2, 5.0), "1 of 2 histories: x is negative or not whole"),
        ((None, 5.0), "1 of 2 histories: x is missing or not a number"),
    ],
)
def test_an_impossible_history_is_refused(row: tuple[int, float | None], rule: str) -> None:
    rows = history((1, 20.0), row)
    for method in (GammaGamma.fit, CDNOW.expected_spend):
        with pytest.raises(ValueError, match=rule):
            method(rows)


@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1e7)), min_size=1, max_size=6))
def test_spend_lies_between_the_customer_and_the_population(rows: list[tuple[int, float]]) -> None:
    population = CDNOW.p * CDNOW.v / (CDNOW.q - 1)
    for expected, (_, mean) in zip(CDNOW.expected_spend(history(*rows)), rows, strict=True):
        assert min(mean, population) * (1 - 1e-12) <= expected <= max(mean, population) * (1 + 1e-12)
