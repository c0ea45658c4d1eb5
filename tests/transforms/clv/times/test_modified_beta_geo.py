"""MBG/NBD against quadrature, simulation and its own laws."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from transforms.clv.fitting.fit import NoFit
from transforms.clv.history import distinct_histories, purchase_counts
from transforms.clv.times.leaving_after_purchase import log_likelihood
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo

CDNOW = ModifiedBetaGeo(r=0.525, alpha=43.28, a=0.891, b=1.614, loglik=0.0, customers=1)

positive = st.floats(0.01, 50)
models = st.builds(
    ModifiedBetaGeo,
    r=positive,
    alpha=st.floats(1, 5000),
    a=positive,
    b=positive,
    loglik=st.just(0.0),
    customers=st.just(1),
)


@st.composite
def histories(draw: st.DrawFn) -> pl.DataFrame:
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        age = draw(st.integers(0, 5000))
        x = draw(st.integers(0, 300)) if age else 0
        rows.append((x, draw(st.integers(1, age)) if x else 0, age))
    return history(*rows)


def history(*rows: tuple[int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(("x", "t_x_days", "age_days"), pl.Int64), orient="row")


def mean_over_customers(model: ModifiedBetaGeo, function: Callable[[float, float], float]) -> float:
    """Mean of function(lambda, p) over the population, by brute force."""

    def at(rate: float, p: float) -> float:
        log_density = (
            model.r * np.log(model.alpha)
            + (model.r - 1) * np.log(rate)
            - model.alpha * rate
            - special.gammaln(model.r)
            + (model.a - 1) * np.log(p)
            + (model.b - 1) * np.log1p(-p)
            - special.betaln(model.a, model.b)
        )
        return float(np.exp(log_density)) * function(rate, p)

    most = 60 * (model.r + 10) / model.alpha
    return integrate.dblquad(at, 0, 1, 0, most, epsabs=1e-16, epsrel=1e-11)[0]


def likelihood(x: int, t_x: float, age: float) -> Callable[[float, float], float]:
    def of(rate: float, p: float) -> float:
        alive = (1 - p) ** (x + 1) * np.exp(-rate * age)
        return float(rate**x * (alive + p * (1 - p) ** x * np.exp(-rate * t_x)))

    return of


SMOOTH = ModifiedBetaGeo(r=2.4, alpha=50.0, a=1.0, b=3.2, loglik=0.0, customers=1)
"""a = 1 is where the published expectation has a pole; r and b over 1 so that brute force meets no singularity."""


@pytest.mark.parametrize("row", [(0, 0, 90), (3, 60, 90), (3, 20, 90), (1, 5, 5)])
def test_everything_is_the_mean_over_customers(row: tuple[int, int, int]) -> None:
    x, t_x, age = row
    total = mean_over_customers(SMOOTH, likelihood(x, t_x, age))
    counts = purchase_counts(history(row))
    theta = np.log([SMOOTH.r, SMOOTH.alpha, SMOOTH.a, SMOOTH.b])
    assert log_likelihood(counts, np.array([1]), 1)(theta)[0] == pytest.approx(np.log(total), abs=1e-8)

    def alive(rate: float, p: float) -> float:
        return float(rate**x * (1 - p) ** (x + 1) * np.exp(-rate * age))

    p_alive = mean_over_customers(SMOOTH, alive) / total
    assert SMOOTH.p_alive(history(row))[0] == pytest.approx(p_alive, abs=1e-8)

    def bought(rate: float, p: float) -> float:
        return alive(rate, p) * -float(np.expm1(-rate * p * 120)) / p

    expected = mean_over_customers(SMOOTH, bought) / total
    assert SMOOTH.expected_purchases(history(row), 120)[0] == pytest.approx(expected, rel=1e-8)

    quiet = mean_over_customers(SMOOTH, likelihood(x, t_x, age + 120)) / total
    assert SMOOTH.p_no_purchase(history(row), 120)[0] == pytest.approx(quiet, rel=1e-8)


def mean_over_dropout(model: ModifiedBetaGeo, x: int, function: Callable[[float], float]) -> float:
    """Mean of function(p) over a customer with x repeats that is alive, by QUADPACK's rule for algebraic ends."""
    a, b = model.a, model.b + x + 1
    middle = min(0.5, 60 / b)
    accuracy = {"epsabs": 1e-11 * special.beta(a, b), "epsrel": 1e-10, "limit": 400}

    def near_0(p: float) -> float:
        return float((1 - p) ** (b - 1)) * function(p)

    def near_1(p: float) -> float:
        return float(p ** (a - 1)) * function(p)

    left = integrate.quad(near_0, 0, middle, weight="alg", wvar=(a - 1, 0), **accuracy)[0]
    right = integrate.quad(near_1, middle, 1, weight="alg", wvar=(0, b - 1), **accuracy)[0]
    return float((left + right) / special.beta(a, b))


@pytest.mark.parametrize("a", [0.003, 0.4, 0.999999, 1.0, 1.000001, 7.0])
@pytest.mark.parametrize(
    ("row", "days"), [((0, 0, 0), 365), ((2, 213, 272), 365), ((250, 900, 1000), 3650), ((0, 0, 9), 7)]
)
def test_expectation_against_quadrature_over_dropout(a: float, row: tuple[int, int, int], days: int) -> None:
    model = ModifiedBetaGeo(0.525, 43.28, a, 1.614, loglik=0.0, customers=1)
    x, _, age = row

    def bought(p: float) -> float:
        p = max(p, 1e-300)
        return float(-np.expm1(-(model.r + x) * np.log1p(p * days / (model.alpha + age))) / p)

    expected = model.p_alive(history(row))[0] * mean_over_dropout(model, x, bought)
    assert model.expected_purchases(history(row), days)[0] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("row", [(0, 0, 0), (2, 213, 272), (250, 900, 1000)])
def test_discounting_against_the_rate_of_purchases(row: tuple[int, int, int]) -> None:
    days, yearly_rate = 365, 0.1
    x, _, age = row
    shape, exposure = CDNOW.r + x, CDNOW.alpha + age

    def purchases_a_day(s: float) -> float:
        return shape / exposure * mean_over_dropout(CDNOW, x, lambda p: float((1 + p * s / exposure) ** -(shape + 1)))

    def discounted(s: float) -> float:
        return float((1 + yearly_rate) ** (-s / 365) * purchases_a_day(s))

    expected = CDNOW.p_alive(history(row))[0] * integrate.quad(discounted, 0, days, epsabs=0, epsrel=2e-9)[0]
    assert CDNOW.expected_discounted_purchases(history(row), days, yearly_rate)[0] == pytest.approx(expected, rel=1e-8)
    undiscounted = CDNOW.expected_purchases(history(row), days)[0]
    assert CDNOW.expected_discounted_purchases(history(row), days, 0)[0] == pytest.approx(undiscounted, rel=1e-12)


def test_gradient_is_that_of_the_likelihood(mbg_histories: Callable[..., pl.DataFrame]) -> None:
    distinct = distinct_histories(mbg_histories(400, (0.7, 60.0, 0.6, 2.0), seed=5))
    loglik = log_likelihood(purchase_counts(distinct), distinct["weight"].to_numpy(), 1)
    theta = np.log([0.5, 40.0, 0.9, 1.7])
    for move in np.eye(4) * 1e-5:
        slope = (loglik(theta + move)[0] - loglik(theta - move)[0]) / 2e-5
        assert loglik(theta)[1][move > 0][0] == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize("truth", [(0.7, 60.0, 0.6, 2.0), (1.6, 90.0, 1.4, 3.0)])
def test_fit_recovers_known_parameters(mbg_histories: Callable[..., pl.DataFrame], truth: tuple[float, ...]) -> None:
    model = ModifiedBetaGeo.fit(mbg_histories(20_000, truth, seed=11))
    # Sampling error at this size is 3 to 5 %.
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx(truth, rel=0.1)
    assert model.customers == 20_000


def test_fit_does_not_depend_on_the_order_of_rows(mbg_histories: Callable[..., pl.DataFrame]) -> None:
    rows = mbg_histories(2_000, (0.7, 60.0, 0.6, 2.0), seed=3)
    model = ModifiedBetaGeo.fit(rows)
    assert ModifiedBetaGeo.fit(rows.sample(fraction=1.0, shuffle=True, seed=1)) == model
    assert ModifiedBetaGeo.fit(distinct_histories(rows)) == model


def test_fit_declines_where_nobody_leaves(mbg_histories: Callable[..., pl.DataFrame]) -> None:
    loyal = mbg_histories(3_000, (0.8, 70.0, 1e-9, 5.0), seed=2)
    with pytest.raises(NoFit, match="no sign that customers leave"):
        ModifiedBetaGeo.fit(loyal)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "none of 0 customers bought again"),
        ([(0, 0, 30)] * 40, "none of 40 customers bought again"),
        ([(0, 0, 30)] * 40 + [(1, 9, 30)], "no sign|the data do not tell|the edge of what it may be"),
        ([(4, 30, 30)] * 40, "no sign|the data do not tell|the edge of what it may be"),
    ],
)
def test_fit_declines_what_cannot_be_told(rows: list[tuple[int, int, int]], reason: str) -> None:
    with pytest.raises(NoFit, match=reason):
        ModifiedBetaGeo.fit(history(*rows))


def test_a_one_time_buyer_may_be_gone_and_more_so_with_time() -> None:
    alive = CDNOW.p_alive(history((0, 0, 0), (0, 0, 30), (0, 0, 272), (0, 0, 2000))).to_list()
    assert alive[0] == pytest.approx(CDNOW.b / (CDNOW.a + CDNOW.b))
    assert alive == sorted(alive, reverse=True)


@settings(deadline=None, max_examples=60)
@given(models, histories(), st.floats(0, 3650))
def test_answers_are_finite_and_probabilities(model: ModifiedBetaGeo, rows: pl.DataFrame, days: float) -> None:
    for probability in (model.p_alive(rows), model.p_no_purchase(rows, days)):
        assert probability.len() == rows.height
        assert probability.is_between(0, 1).all()
    expected = model.expected_purchases(rows, days)
    discounted = model.expected_discounted_purchases(rows, days, 0.1)
    assert (expected.is_finite() & (expected >= 0)).all()
    assert (discounted <= expected * (1 + 1e-9)).all()
    assert (discounted >= expected * 1.1 ** (-days / 365) * (1 - 1e-9)).all()


@settings(deadline=None, max_examples=60)
@given(models, histories(), st.floats(0, 3650), st.floats(0, 3650))
def test_a_longer_horizon_never_brings_less(
    model: ModifiedBetaGeo, rows: pl.DataFrame, one: float, other: float
) -> None:
    short, long = sorted((one, other))
    more = model.expected_purchases(rows, long) - model.expected_purchases(rows, short)
    assert (more >= -1e-9 * model.expected_purchases(rows, long)).all()
    assert (model.p_no_purchase(rows, long) <= model.p_no_purchase(rows, short) * (1 + 1e-12)).all()


@settings(deadline=None, max_examples=60)
@given(models, st.integers(1, 300), st.lists(st.integers(1, 1000), min_size=2, max_size=6))
def test_a_more_recent_purchase_is_never_less_alive(model: ModifiedBetaGeo, x: int, last: list[int]) -> None:
    alive = model.p_alive(history(*((x, t_x, 1000) for t_x in sorted(last)))).to_list()
    assert alive == sorted(alive)


def test_rows_keep_their_order_whatever_else_is_in_the_frame() -> None:
    rows = [(2, 213, 272), (0, 0, 5), (250, 900, 1000), (0, 0, 5), (2, 12, 272)]
    together = CDNOW.expected_purchases(history(*rows), 90).to_list()
    assert together == pytest.approx([CDNOW.expected_purchases(history(row), 90)[0] for row in rows], rel=1e-12)
    assert CDNOW.expected_purchases(history(), 90).len() == 0


@pytest.mark.parametrize(("days", "rate"), [(-1.0, 0.1), (float("nan"), 0.1), (90.0, -0.5)])
def test_impossible_horizons_and_rates_are_refused(days: float, rate: float) -> None:
    with pytest.raises(ValueError, match="it is a number from 0"):
        CDNOW.expected_discounted_purchases(history((0, 0, 5)), days, rate)
