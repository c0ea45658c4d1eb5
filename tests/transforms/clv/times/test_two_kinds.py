"""Two kinds of customers: the laws of a mixture, and what it sees that one kind does not."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_series_equal

from transforms.clv.fitting.fit import NothingGained
from transforms.clv.history import distinct_histories, purchase_counts
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.leaving_after_purchase import LeavingAfterPurchase
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.times.two_kinds import TwoBetaGeo, TwoKinds, TwoModifiedBetaGeo, log_likelihood

HOUSEHOLDS, DEALERS = (1.2, 150.0, 0.6, 3.0), (1.5, 10.0, 0.3, 6.0)
SHARE = 0.9
KINDS: tuple[type[TwoKinds], ...] = (TwoBetaGeo, TwoModifiedBetaGeo)

ROWS = pl.DataFrame(
    [(0, 0, 0), (0, 0, 300), (1, 20, 300), (4, 40, 300), (4, 290, 300), (30, 295, 300), (200, 900, 1_000)],
    schema=["x", "t_x_days", "age_days"],
    orient="row",
)


def of_two(kind: type[TwoKinds]) -> TwoKinds:
    return kind(SHARE / (1 - SHARE), *HOUSEHOLDS, *DEALERS, loglik=0.0, customers=1)


def alone(kind: type[TwoKinds]) -> tuple[LeavingAfterPurchase, LeavingAfterPurchase]:
    return kind.KIND(*HOUSEHOLDS, loglik=0.0, customers=1), kind.KIND(*DEALERS, loglik=0.0, customers=1)


def shop(kind: type[TwoKinds], customers: int, seed: int, ages: tuple[int, int] = (200, 900)) -> pl.DataFrame:
    """Households and dealers, the latter last, with the age at which each is looked at."""
    random = np.random.default_rng(seed)
    dealers = round(customers * (1 - SHARE))
    households, others = alone(kind)
    return pl.concat(
        model.simulate(pl.Series(random.integers(*ages, count)), seed + n)
        for n, (model, count) in enumerate(((households, customers - dealers), (others, dealers)))
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
def test_a_density_is_the_mean_of_those_of_the_kinds(kind: type[TwoKinds]) -> None:
    one, other = (np.exp(model.log_likelihood(ROWS).to_numpy()) for model in alone(kind))
    both = np.log(SHARE * one + (1 - SHARE) * other)
    assert of_two(kind).log_likelihood(ROWS).to_numpy() == pytest.approx(both, rel=1e-12)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
def test_answers_are_means_over_the_kinds_as_probable_as_the_history_makes_them(kind: type[TwoKinds]) -> None:
    models, model = alone(kind), of_two(kind)
    weights = [
        share * np.exp(each.log_likelihood(ROWS)) for each, share in zip(models, (SHARE, 1 - SHARE), strict=True)
    ]
    first = weights[0] / (weights[0] + weights[1])
    for question in ("p_alive", "p_no_purchase", "expected_purchases", "expected_discounted_purchases"):
        more = {"p_alive": (), "expected_discounted_purchases": (90, 0.1)}.get(question, (90,))
        one, other = (getattr(each, question)(ROWS, *more) for each in models)
        found = getattr(model, question)(ROWS, *more)
        assert_series_equal(found, (first * one + (1 - first) * other).rename(question), rel_tol=1e-10)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
def test_no_purchase_is_the_ratio_of_the_densities(kind: type[TwoKinds]) -> None:
    model, later = of_two(kind), ROWS.with_columns(pl.col("age_days") + 120)
    ratio = np.exp((model.log_likelihood(later) - model.log_likelihood(ROWS)).to_numpy())
    assert model.p_no_purchase(ROWS, 120).to_numpy() == pytest.approx(ratio, rel=1e-9)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
def test_gradient_is_that_of_the_likelihood(kind: type[TwoKinds]) -> None:
    distinct = distinct_histories(shop(kind, 500, seed=5))
    loglik = log_likelihood(purchase_counts(distinct), distinct["weight"].to_numpy(), kind.KIND.CHANCES_BEFORE_REPEATS)
    theta = np.log([6.0, 0.9, 120.0, 0.7, 2.5, 1.7, 12.0, 0.4, 5.0])
    assert loglik(theta)[0] == pytest.approx(
        (kind(*np.exp(theta), loglik=0.0, customers=1).log_likelihood(distinct) * distinct["weight"]).sum()
    )
    for move in np.eye(9) * 1e-5:
        slope = (loglik(theta + move)[0] - loglik(theta - move)[0]) / 2e-5
        assert loglik(theta)[1][move > 0][0] == pytest.approx(slope, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
def test_it_finds_the_dealers_among_the_households(kind: type[TwoKinds]) -> None:
    rows = shop(kind, 20_000, seed=11)
    model = kind.fit(rows)
    assert model.odds / (1 + model.odds) == pytest.approx(SHARE, abs=0.02)
    assert model.r / model.alpha == pytest.approx(HOUSEHOLDS[0] / HOUSEHOLDS[1], rel=0.1)
    assert model.r_2 / model.alpha_2 == pytest.approx(DEALERS[0] / DEALERS[1], rel=0.1)
    assert model.loglik >= float(of_two(kind).log_likelihood(rows).sum())
    of_dealers = model._of_kinds(rows.tail(2_000))
    assert np.mean(of_dealers[1] > of_dealers[0]) > 0.7


def test_it_expects_of_dealers_what_one_kind_cannot() -> None:
    # The truth of somebody's next 90 days is what the true mixture expects.
    rows = shop(TwoModifiedBetaGeo, 5_000, seed=3)
    truth = of_two(TwoModifiedBetaGeo).expected_purchases(rows, 90)
    errors = [
        float(((model.expected_purchases(rows, 90) - truth) ** 2).mean())
        for model in (TwoModifiedBetaGeo.fit(rows), ModifiedBetaGeo.fit_with_weak_prior(rows))
    ]
    assert errors[0] < errors[1] / 10


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
def test_where_all_are_of_one_kind_one_kind_is_said_to_do(kind: type[TwoKinds]) -> None:
    alike = kind.KIND(*HOUSEHOLDS, loglik=0.0, customers=1)
    rows = alike.simulate(pl.Series(np.random.default_rng(1).integers(200, 900, 3_000)), seed=2)
    with pytest.raises(NothingGained, match="no sign of two kinds of customers"):
        kind.fit(rows)


def test_the_larger_kind_comes_first_and_its_errors_with_it() -> None:
    rows = shop(TwoModifiedBetaGeo, 6_000, seed=7)
    model = TwoModifiedBetaGeo.fit(rows)
    assert model.odds >= 1
    distinct = distinct_histories(rows)
    loglik = log_likelihood(purchase_counts(distinct), distinct["weight"].to_numpy(), 1)
    theta = np.log(list(model.parameters.values()))
    bends = [-(loglik(theta + move)[1] - loglik(theta - move)[1]) / 2e-4 for move in np.eye(9) * 1e-4]
    prior = np.diag([0.0, 1, 0, 1, 1, 1, 0, 1, 1])
    errors = np.sqrt(np.diag(np.linalg.inv(np.array(bends) + prior)))
    found = {name: error / model.parameters[name] for name, error in model.standard_errors.items()}
    assert list(found.values()) == pytest.approx(errors.tolist(), rel=0.02)


def test_fit_does_not_depend_on_the_order_of_rows() -> None:
    rows = shop(TwoBetaGeo, 2_000, seed=9)
    model = TwoBetaGeo.fit(rows)
    assert TwoBetaGeo.fit(rows.sample(fraction=1.0, shuffle=True, seed=1)) == model
    assert TwoBetaGeo.fit(distinct_histories(rows)) == model


def test_a_one_time_buyer_of_bg_nbd_is_alive_of_either_kind() -> None:
    assert TwoBetaGeo.KIND is BetaGeo
    assert of_two(TwoBetaGeo).p_alive(ROWS)[1] == pytest.approx(1.0)
    assert of_two(TwoModifiedBetaGeo).p_alive(ROWS)[1] < 0.9
