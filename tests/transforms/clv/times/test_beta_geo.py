"""BG/NBD against quadrature, simulation and its own laws; what it shares with MBG/NBD against both."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import special

from transforms.clv.fitting.fit import NoFit, NothingGained
from transforms.clv.history import distinct_histories, purchase_counts
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.leaving_after_purchase import LeavingAfterPurchase, log_likelihood
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo

Floats = NDArray[np.float64]

CDNOW = BetaGeo(0.243, 30.898, 0.793, 2.426, loglik=0.0, customers=1)
BOTH = (CDNOW, ModifiedBetaGeo(0.525, 43.28, 0.891, 1.614, loglik=0.0, customers=1))
both = pytest.mark.parametrize("model", BOTH, ids=lambda model: model.NAME)


def history(*rows: tuple[int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(("x", "t_x_days", "age_days"), pl.Int64), orient="row")


def mean_over_customers(model: LeavingAfterPurchase, function: Callable[[Floats, Floats], Floats]) -> float:
    """Mean of function(lambda, p): the trapezoidal rule in log lambda and in log (p / (1 - p))."""
    logs = np.arange(-160, 7, 0.1)
    rate_weight = 0.1 * np.exp(model.r * logs - np.exp(logs) - special.gammaln(model.r))
    odds = np.arange(-60, 60, 0.1)
    log_p, log_rest = special.log_expit(odds), special.log_expit(-odds)
    p_weight = 0.1 * np.exp(model.a * log_p + model.b * log_rest - special.betaln(model.a, model.b))
    return float(rate_weight @ function(np.exp(logs)[:, None] / model.alpha, np.exp(log_p)) @ p_weight)


def likelihood(x: int, t_x: float, age: float) -> Callable[[Floats, Floats], Floats]:
    def of(rate: Floats, p: Floats) -> Floats:
        alive = (1 - p) ** x * np.exp(-rate * age)
        gone = p * (1 - p) ** (x - 1) * np.exp(-rate * t_x) if x else 0.0
        return np.asarray(rate**x * (alive + gone))

    return of


@pytest.mark.parametrize("row", [(0, 0, 90), (3, 60, 90), (3, 20, 90), (1, 5, 5), (40, 900, 1000)])
def test_everything_is_the_mean_over_customers(row: tuple[int, int, int]) -> None:
    x, t_x, age = row
    total = mean_over_customers(CDNOW, likelihood(x, t_x, age))
    assert CDNOW.log_likelihood(history(row))[0] == pytest.approx(np.log(total), rel=1e-9)

    def alive(rate: Floats, p: Floats) -> Floats:
        return np.asarray(rate**x * (1 - p) ** x * np.exp(-rate * age))

    p_alive = mean_over_customers(CDNOW, alive) / total
    assert CDNOW.p_alive(history(row))[0] == pytest.approx(p_alive, rel=1e-9)

    def bought(rate: Floats, p: Floats) -> Floats:
        return np.asarray(alive(rate, p) * -np.expm1(-rate * p * 120) / p)

    expected = mean_over_customers(CDNOW, bought) / total
    assert CDNOW.expected_purchases(history(row), 120)[0] == pytest.approx(expected, rel=1e-9)

    quiet = mean_over_customers(CDNOW, likelihood(x, t_x, age + 120)) / total
    assert CDNOW.p_no_purchase(history(row), 120)[0] == pytest.approx(quiet, rel=1e-9)


def test_a_one_time_buyer_is_alive_and_yet_may_buy_nothing() -> None:
    rows = history((0, 0, 0), (0, 0, 272), (0, 0, 3650))
    assert CDNOW.p_alive(rows).to_list() == [1.0, 1.0, 1.0]
    # All that is left is the silence of the purchase rate: ((alpha + T) / (alpha + T + 90)) ** r.
    assert CDNOW.p_no_purchase(rows, 90)[1] == pytest.approx((302.898 / 392.898) ** 0.243)


@both
def test_likelihoods_a_row_add_up_to_that_of_the_fit(model: LeavingAfterPurchase) -> None:
    # The last one's odds of being gone are too large for a floating-point number.
    rows = history((0, 0, 90), (3, 60, 90), (3, 60, 90), (1, 0, 5), (500, 3_600, 3_650), (500, 500, 3_650))
    distinct = distinct_histories(rows)
    whole = log_likelihood(purchase_counts(distinct), distinct["weight"].to_numpy(), model.CHANCES_BEFORE_REPEATS)
    assert model.log_likelihood(rows).sum() == pytest.approx(whole(np.log(list(model.parameters.values())))[0])


@both
def test_gradient_is_that_of_the_likelihood(model: LeavingAfterPurchase) -> None:
    rows = distinct_histories(model.simulate(pl.Series([400, 700, 1_000] * 150), seed=5))
    loglik = log_likelihood(purchase_counts(rows), rows["weight"].to_numpy(), model.CHANCES_BEFORE_REPEATS)
    theta = np.log([0.5, 40.0, 0.9, 1.7])
    for move in np.eye(4) * 1e-5:
        slope = (loglik(theta + move)[0] - loglik(theta - move)[0]) / 2e-5
        assert loglik(theta)[1][move > 0][0] == pytest.approx(slope, rel=1e-5)


def simulated_one_by_one(model: LeavingAfterPurchase, age: int, customers: int, seed: int) -> list[tuple[int, float]]:
    """The story of the papers told purchase by purchase, as another way to the same customers."""
    random = np.random.default_rng(seed)
    seen = []
    for _ in range(customers):
        rate, p = random.gamma(model.r, 1 / model.alpha), random.beta(model.a, model.b)
        x, last = 0, 0.0
        gone = model.CHANCES_BEFORE_REPEATS > 0 and random.random() < p
        while not gone and (after := last + random.exponential(1 / rate)) <= age:
            x, last, gone = x + 1, after, random.random() < p
        seen.append((x, last))
    return seen


@both
def test_simulated_customers_are_those_of_the_story(model: LeavingAfterPurchase) -> None:
    customers, age = 20_000, 400
    ours = model.simulate(pl.Series([age] * customers), seed=1)
    told = pl.DataFrame(simulated_one_by_one(model, age, customers, seed=2), schema=["x", "t_x_days"], orient="row")
    for quantity in (pl.col("x") == 0, pl.col("x") > 3, pl.col("x").clip(upper_bound=30), pl.col("t_x_days")):
        a, b = ours.select(quantity.cast(pl.Float64)).to_series(), told.select(quantity.cast(pl.Float64)).to_series()
        error = np.hypot(float(a.std()), float(b.std())) / np.sqrt(customers)  # type: ignore[arg-type]
        assert abs(float(a.mean()) - float(b.mean())) < 3.5 * error  # type: ignore[arg-type]


@both
@pytest.mark.parametrize("age", [0, 30, 1_000])
def test_counts_of_new_customers_are_a_distribution(model: LeavingAfterPurchase, age: int) -> None:
    shares = [model.p_purchases(n, age) for n in range(1_500)]
    assert sum(shares) == pytest.approx(1, abs=1e-6)
    new = history((0, 0, 0))
    assert sum(n * share for n, share in enumerate(shares)) == pytest.approx(
        model.expected_purchases(new, age)[0], rel=1e-4
    )


@both
def test_counts_of_new_customers_are_those_simulated(model: LeavingAfterPurchase) -> None:
    customers, age = 50_000, 300
    x = model.simulate(pl.Series([age] * customers), seed=4)["x"]
    for n in (0, 1, 2, 8):
        share = model.p_purchases(n, age)
        assert abs((x == n).mean() - share) < 3.5 * np.sqrt(share * (1 - share) / customers)  # type: ignore[operator]


@pytest.mark.parametrize("truth", [(0.4, 60.0, 0.6, 2.0), (1.6, 90.0, 1.4, 3.0)])
def test_fit_recovers_known_parameters(truth: tuple[float, float, float, float]) -> None:
    ages = pl.Series(np.random.default_rng(1).integers(730, 1_096, 20_000))
    model = BetaGeo.fit(BetaGeo(*truth, loglik=0.0, customers=1).simulate(ages, seed=11))
    off = np.log(list(model.parameters.values())) - np.log(truth)
    assert (np.abs(off) < 3.3 * np.sqrt(np.diag(model.covariance))).all()
    assert model.customers == 20_000


def test_a_start_of_ones_own_ends_at_the_same_optimum() -> None:
    rows = CDNOW.simulate(pl.Series([300] * 2_000), seed=6)
    best = BetaGeo.fit(rows)
    # This start ended at a wrong point in a search from there alone.
    for start in ({"r": 5.0, "alpha": 5.0, "a": 0.1, "b": 500.0}, {"b": 1e6, "a": 1e-5, "alpha": 1e6, "r": 1e-5}):
        assert BetaGeo.fit(rows, start).loglik == pytest.approx(best.loglik, abs=1e-6)


@pytest.mark.parametrize(
    ("start", "rule"),
    [
        ({"r": 1.0}, "start holds r; the parameters are r, alpha, a, b"),
        ({"r": 1.0, "alpha": 1.0, "a": 0.0, "b": 1.0}, "start has a = 0.0; it is a number from 1e-05 to 1e"),
        ({"r": 1.0, "alpha": float("nan"), "a": 1.0, "b": 1.0}, "start has alpha = nan"),
    ],
)
def test_an_impossible_start_is_refused(start: dict[str, float], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        BetaGeo.fit(CDNOW.simulate(pl.Series([300] * 200), seed=6), start)


def test_fit_declines_where_nobody_leaves() -> None:
    loyal = BetaGeo(0.8, 70.0, 1e-9, 5.0, loglik=0.0, customers=1).simulate(pl.Series([900] * 3_000), seed=2)
    with pytest.raises(NothingGained, match="no sign that customers leave"):
        BetaGeo.fit(loyal)


@pytest.mark.parametrize("rows", [[], [(0, 0, 30)] * 40])
def test_fit_declines_where_nobody_came_back(rows: list[tuple[int, int, int]]) -> None:
    with pytest.raises(NoFit, match="customers bought again"):
        BetaGeo.fit(history(*rows))


@pytest.mark.parametrize("ages", [[-1], [3.5], [None], [float("nan")]])
def test_impossible_ages_are_refused(ages: list[float | None]) -> None:
    with pytest.raises(ValueError, match="1 of 2 ages: age_days is missing, negative or not whole"):
        CDNOW.simulate(pl.Series([7.0, *ages]), seed=1)
