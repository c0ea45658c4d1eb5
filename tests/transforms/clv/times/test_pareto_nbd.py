"""Pareto/NBD against quadrature, simulation and its own laws."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, special

from transforms.clv.fitting.fit import Likelihood, NoFit, maximise
from transforms.clv.history import distinct_histories, purchase_counts
from transforms.clv.times.pareto_nbd import ParetoNBD, log_likelihood

Floats = NDArray[np.float64]

CDNOW = ParetoNBD(r=0.553, alpha=74.05, s=0.606, beta=81.68, loglik=0.0, customers=1)
PLAIN = (0.8, 110.0, 0.6, 100.0)

positive = st.floats(0.01, 50)
models = st.builds(
    ParetoNBD,
    r=positive,
    alpha=st.floats(1, 5000),
    s=positive,
    beta=st.floats(1, 5000),
    loglik=st.just(0.0),
    customers=st.just(1),
)


@st.composite
def histories(draw: st.DrawFn) -> pl.DataFrame:
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        age = draw(st.integers(0, 5000))
        x = draw(st.integers(0, 500)) if age else 0
        rows.append((x, draw(st.integers(1, age)) if x else 0, age))
    return history(*rows)


def history(*rows: tuple[int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(("x", "t_x_days", "age_days"), pl.Int64), orient="row")


def mean_over_customers(model: ParetoNBD, function: Callable[[Floats, Floats], Floats]) -> float:
    """Mean of function(lambda, mu) over the population, by brute force: the trapezoidal rule in both logarithms."""
    logs = np.arange(-80, 7, 0.1)

    def gamma(shape: float, days: float) -> tuple[Floats, Floats]:
        return np.exp(logs) / days, 0.1 * np.exp(shape * logs - np.exp(logs) - special.gammaln(shape))

    rate, rate_weight = gamma(model.r, model.alpha)
    mu, mu_weight = gamma(model.s, model.beta)
    return float(rate_weight @ function(rate[:, None], mu) @ mu_weight)


def likelihood(x: int, t_x: float, age: float) -> Callable[[Floats, Floats], Floats]:
    def of(rate: Floats, mu: Floats) -> Floats:
        alive, gone = np.exp(-(rate + mu) * age), np.exp(-(rate + mu) * t_x)
        return np.asarray(rate**x * (rate * alive + mu * gone) / (rate + mu))

    return of


@pytest.mark.parametrize("row", [(0, 0, 90), (3, 60, 90), (3, 20, 90), (1, 5, 5), (40, 900, 1000)])
def test_everything_is_the_mean_over_customers(row: tuple[int, int, int]) -> None:
    x, t_x, age = row
    total = mean_over_customers(CDNOW, likelihood(x, t_x, age))
    theta = np.log([CDNOW.r, CDNOW.alpha, CDNOW.s, CDNOW.beta])
    loglik = log_likelihood(purchase_counts(history(row)), np.array([1]))
    assert loglik(theta)[0] == pytest.approx(np.log(total), rel=1e-11)

    def alive(rate: Floats, mu: Floats) -> Floats:
        return np.asarray(rate**x * np.exp(-(rate + mu) * age))

    p_alive = mean_over_customers(CDNOW, alive) / total
    assert CDNOW.p_alive(history(row))[0] == pytest.approx(p_alive, rel=1e-10)

    def bought(rate: Floats, mu: Floats) -> Floats:
        return np.asarray(alive(rate, mu) * rate * -np.expm1(-mu * 120) / mu)

    expected = mean_over_customers(CDNOW, bought) / total
    assert CDNOW.expected_purchases(history(row), 120)[0] == pytest.approx(expected, rel=1e-10)

    quiet = mean_over_customers(CDNOW, likelihood(x, t_x, age + 120)) / total
    assert CDNOW.p_no_purchase(history(row), 120)[0] == pytest.approx(quiet, rel=1e-10)


@pytest.mark.parametrize("s", [0.05, 0.999999, 1.0, 1.000001, 7.0])
@pytest.mark.parametrize("row", [(0, 0, 0), (2, 213, 272), (500, 3600, 3650)])
def test_expectation_and_discounting_against_the_rate_of_purchases(s: float, row: tuple[int, int, int]) -> None:
    model = ParetoNBD(0.553, 74.05, s, 81.68, loglik=0.0, customers=1)
    x, _, age = row

    def purchases_a_day(u: float) -> float:
        return float((model.r + x) / (model.alpha + age) * (1 + u / (model.beta + age)) ** -s)

    def discounted(u: float) -> float:
        return 1.1 ** (-u / 365) * purchases_a_day(u)

    p_alive = model.p_alive(history(row))[0]
    expected, coming = (
        integrate.quad(rate, 0, 730, epsabs=0, epsrel=1e-12)[0] for rate in (purchases_a_day, discounted)
    )
    assert model.expected_purchases(history(row), 730)[0] == pytest.approx(p_alive * expected, rel=1e-10)
    assert model.expected_discounted_purchases(history(row), 730, 0.1)[0] == pytest.approx(p_alive * coming, rel=1e-9)


@pytest.mark.parametrize("theta", [(0.5, 40.0, 0.9, 170.0), (0.5, 170.0, 0.9, 40.0), (3.0, 5.0, 0.02, 3_000.0)])
def test_gradient_is_that_of_the_likelihood(
    pareto_histories: Callable[..., pl.DataFrame], theta: tuple[float, ...]
) -> None:
    distinct = distinct_histories(pareto_histories(400, PLAIN, seed=5))
    loglik = log_likelihood(purchase_counts(distinct), distinct["weight"].to_numpy())
    place = np.log(theta)
    for move in np.eye(4) * 1e-5:
        slope = (loglik(place + move)[0] - loglik(place - move)[0]) / 2e-5
        assert loglik(place)[1][move > 0][0] == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("truth", [PLAIN, (1.6, 90.0, 1.4, 300.0)])
def test_fit_recovers_known_parameters(pareto_histories: Callable[..., pl.DataFrame], truth: tuple[float, ...]) -> None:
    model = ParetoNBD.fit(pareto_histories(20_000, truth, seed=11))
    off = np.log([model.r, model.alpha, model.s, model.beta]) - np.log(truth)
    assert (np.abs(off) < 3.3 * np.sqrt(np.diag(model.covariance))).all()
    assert model.customers == 20_000


def test_fit_holds_for_heavy_buyers_over_ten_years(pareto_histories: Callable[..., pl.DataFrame]) -> None:
    truth = (1.5, 40.0, 0.4, 2_000.0)
    rows = pareto_histories(3_000, truth, seed=8, ages=(30, 3651))
    assert rows["x"].max() > 450
    model = ParetoNBD.fit(rows)
    off = np.log([model.r, model.alpha, model.s, model.beta]) - np.log(truth)
    assert (np.abs(off) < 3.3 * np.sqrt(np.diag(model.covariance))).all()


def test_covariance_is_the_inverse_curvature(pareto_histories: Callable[..., pl.DataFrame]) -> None:
    distinct = distinct_histories(pareto_histories(3_000, PLAIN, seed=4))
    loglik = log_likelihood(purchase_counts(distinct), distinct["weight"].to_numpy())
    model = ParetoNBD.fit(distinct)
    top = np.log([model.r, model.alpha, model.s, model.beta])
    assert model.loglik == loglik(top)[0]
    # Half the fall of the log-likelihood along a direction is what the curvature says, an independent way to have it.
    for move in 0.01 * np.vstack((np.eye(4), [[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, -1]])):
        fall = 2 * model.loglik - loglik(top + move)[0] - loglik(top - move)[0]
        assert fall == pytest.approx(move @ np.linalg.inv(model.covariance) @ move, rel=1e-3)


def test_fit_does_not_depend_on_the_order_of_rows(pareto_histories: Callable[..., pl.DataFrame]) -> None:
    rows = pareto_histories(2_000, PLAIN, seed=3)
    model = ParetoNBD.fit(rows)
    assert ParetoNBD.fit(rows.sample(fraction=1.0, shuffle=True, seed=1)) == model
    assert ParetoNBD.fit(distinct_histories(rows)) == model


def test_any_start_ends_at_the_same_optimum(pareto_histories: Callable[..., pl.DataFrame]) -> None:
    distinct = distinct_histories(pareto_histories(1_000, PLAIN, seed=6))
    loglik = log_likelihood(purchase_counts(distinct), distinct["weight"].to_numpy())
    best, random = ParetoNBD.fit(distinct), np.random.default_rng(0)
    for start in np.exp(random.uniform(np.log([1e-4, 1e-3] * 2), np.log([1e4, 1e5] * 2), (6, 4))).tolist():
        end = maximise(
            Likelihood(loglik, loglik, loglik), [[dict(zip(("r", "alpha", "s", "beta"), start, strict=True))]]
        )
        assert end.loglik == pytest.approx(best.loglik, abs=1e-7)
        assert end.parameters["beta"] == pytest.approx(best.beta, rel=1e-4)


def test_fit_declines_where_nobody_leaves(pareto_histories: Callable[..., pl.DataFrame]) -> None:
    loyal = pareto_histories(3_000, (0.8, 70.0, 1.0, 1e9), seed=2)
    with pytest.raises(NoFit, match="no sign that customers leave"):
        ParetoNBD.fit(loyal)
    model = ParetoNBD.fit_with_weak_prior(loyal)
    assert (model.r, model.alpha) == pytest.approx((0.8, 70.0), rel=0.1)
    assert model.p_alive(loyal).mean() > 0.95


def test_the_weak_prior_is_the_one_in_the_docstring(pareto_histories: Callable[..., pl.DataFrame]) -> None:
    distinct = distinct_histories(pareto_histories(300, PLAIN, seed=9))
    loglik = log_likelihood(purchase_counts(distinct), distinct["weight"].to_numpy())

    def log_posterior(theta: Floats) -> float:
        ln_s, ln_beta_by_alpha = theta[2] - np.log(0.5), theta[3] - theta[1]
        return float(loglik(theta)[0] - (ln_s**2 + ln_beta_by_alpha**2) / 2)

    model = ParetoNBD.fit_with_weak_prior(distinct)
    top = np.log([model.r, model.alpha, model.s, model.beta])
    assert model.loglik == loglik(top)[0]
    for move in 0.01 * np.eye(4):
        # Level at the top, and bent as the covariance says.
        assert log_posterior(top + move) == pytest.approx(log_posterior(top - move), abs=2e-4)
        fall = 2 * log_posterior(top) - log_posterior(top + move) - log_posterior(top - move)
        assert fall == pytest.approx(move @ np.linalg.inv(model.covariance) @ move, rel=2e-3)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "none of 0 customers bought again"),
        ([(0, 0, 30)] * 40, "none of 40 customers bought again"),
        ([(0, 0, 30)] * 40 + [(1, 9, 30)], "no sign|the data do not tell|the edge of what it may be"),
        ([(4, 30, 30)] * 40, "no sign|the data do not tell|the edge of what it may be"),
        ([(4, 9, 400)] * 40, "no sign|the data do not tell|the edge of what it may be"),
        ([(500, 3_650, 3_650), (1, 1, 3_650)] * 9, "no sign|the data do not tell|the edge of what it may be"),
        ([(1, 0, 0), (0, 0, 0)] * 9, "no sign|the data do not tell|the edge of what it may be"),
    ],
)
def test_fit_declines_what_cannot_be_told(rows: list[tuple[int, int, int]], reason: str) -> None:
    with pytest.raises(NoFit, match=reason):
        ParetoNBD.fit(history(*rows))


@settings(deadline=None, max_examples=10)
@given(st.lists(histories(), min_size=1, max_size=8))
def test_fit_of_any_histories_ends_well(parts: list[pl.DataFrame]) -> None:
    rows = pl.concat(parts)
    for fit in (ParetoNBD.fit, ParetoNBD.fit_with_weak_prior):
        try:
            model = fit(rows)
        except NoFit:
            continue
        assert np.isfinite(model.loglik)
        assert (np.linalg.eigvalsh(model.covariance) > 0).all()


def test_a_one_time_buyer_may_be_gone_and_more_so_with_time() -> None:
    alive = CDNOW.p_alive(history((0, 0, 0), (0, 0, 30), (0, 0, 272), (0, 0, 2000))).to_list()
    assert alive[0] == pytest.approx(1, abs=1e-14)
    assert alive == sorted(alive, reverse=True)


@settings(deadline=None, max_examples=60)
@given(models, histories(), st.floats(0, 3650))
def test_answers_are_finite_and_probabilities(model: ParetoNBD, rows: pl.DataFrame, days: float) -> None:
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
def test_a_longer_horizon_never_brings_less(model: ParetoNBD, rows: pl.DataFrame, one: float, other: float) -> None:
    short, long = sorted((one, other))
    more = model.expected_purchases(rows, long) - model.expected_purchases(rows, short)
    assert (more >= -1e-9 * model.expected_purchases(rows, long)).all()
    assert (model.p_no_purchase(rows, long) <= model.p_no_purchase(rows, short) * (1 + 1e-12)).all()


@settings(deadline=None, max_examples=60)
@given(models, st.integers(1, 500), st.lists(st.integers(1, 1000), min_size=2, max_size=6, unique=True))
def test_a_more_recent_purchase_is_never_less_alive(model: ParetoNBD, x: int, last: list[int]) -> None:
    alive = model.p_alive(history(*((x, t_x, 1000) for t_x in sorted(last)))).to_numpy()
    assert (np.diff(alive) >= -1e-12 * alive[1:]).all()


@settings(deadline=None, max_examples=60)
@given(models, histories())
def test_alive_or_not_somebody_who_is_not_seen_again_has_bought_nothing(model: ParetoNBD, rows: pl.DataFrame) -> None:
    # Who is gone buys nothing, so the chance of no purchase falls to that of being gone and no further.
    gone = 1 - model.p_alive(rows)
    assert (model.p_no_purchase(rows, 1e7) >= gone - 1e-12).all()
    assert model.p_no_purchase(rows, 0).to_list() == pytest.approx([1.0] * rows.height)


def test_rows_keep_their_order_whatever_else_is_in_the_frame() -> None:
    rows = [(2, 213, 272), (0, 0, 5), (250, 900, 1000), (0, 0, 5), (2, 12, 272)]
    for quantity in (CDNOW.expected_purchases, CDNOW.p_no_purchase):
        together = quantity(history(*rows), 90).to_list()
        assert together == pytest.approx([quantity(history(row), 90)[0] for row in rows], rel=1e-12)
    for empty in (
        CDNOW.p_alive(history()),
        CDNOW.p_no_purchase(history(), 90),
        CDNOW.expected_purchases(history(), 90),
        CDNOW.expected_discounted_purchases(history(), 90, 0.1),
    ):
        assert (empty.len(), empty.dtype) == (0, pl.Float64)


@pytest.mark.parametrize(("days", "rate"), [(-1.0, 0.1), (float("nan"), 0.1), (90.0, -0.5)])
def test_impossible_horizons_and_rates_are_refused(days: float, rate: float) -> None:
    with pytest.raises(ValueError, match="it is a number from 0"):
        CDNOW.expected_discounted_purchases(history((0, 0, 5)), days, rate)


def test_impossible_histories_are_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 histories: t_x_days > age_days"):
        ParetoNBD.fit(history((1, 9, 8), (1, 1, 8)))
