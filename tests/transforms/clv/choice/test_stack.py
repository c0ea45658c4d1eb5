"""Weights that would have told the past best, and models that answer together."""

import json

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_series_equal

from transforms.clv.choice.candidates import Candidate
from transforms.clv.choice.stack import LEAST_WEIGHT, Stack, assumptions, refitted, stacking_weights
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.times.pareto_nbd import ParetoNBD

MODELS = (
    BetaGeo(0.243, 30.9, 0.793, 2.426, loglik=0.0, customers=1),
    ModifiedBetaGeo(0.525, 43.28, 0.891, 1.614, loglik=0.0, customers=1),
    ParetoNBD(0.553, 74.05, 0.606, 81.68, loglik=0.0, customers=1),
)
STACK = Stack(tuple(Candidate(model.NAME, model.NAME, model) for model in MODELS), (0.5, 0.3, 0.2))
ROWS = pl.DataFrame([(0, 0, 100), (1, 20, 300), (6, 250, 300)], schema=["x", "t_x_days", "age_days"], orient="row")


def test_who_is_right_of_three_in_four_has_three_quarters_of_the_say() -> None:
    # Each is sure where the other is lost: the best weights are the shares of customers, as for a coin.
    right = np.repeat([True, True, True, False], 100)
    logliks = {"often": np.where(right, 0.0, -60.0), "seldom": np.where(right, -60.0, 0.0)}
    assert stacking_weights(logliks) == pytest.approx({"often": 0.75, "seldom": 0.25}, abs=0.002)


def test_known_densities_have_a_known_best_mean() -> None:
    # Halves of the customers: densities 3 and 1, then 1 and 2. (3w + v)(w + 2v) with v = 1 - w is highest at w = 3/4.
    logliks = {"one": np.log(np.repeat([3.0, 1.0], 50)), "two": np.log(np.repeat([1.0, 2.0], 50))}
    assert stacking_weights(logliks) == pytest.approx({"one": 0.75, "two": 0.25}, abs=0.002)


def test_who_is_never_better_has_no_say() -> None:
    random = np.random.default_rng(1)
    best = random.normal(-2, 1, 500)
    weights = stacking_weights({"best": best, "worse": best - 0.1, "worst": best - random.uniform(0.1, 5, 500)})
    assert weights == {"best": 1.0}


def test_a_small_say_is_none_and_the_others_share_it() -> None:
    right = np.repeat([0, 1, 2], [50, 47, 3])
    logliks = {name: np.where(right == n, 0.0, -20.0) for n, name in enumerate("abc")}
    weights = stacking_weights(logliks)
    assert set(weights) == {"a", "b"}
    assert sum(weights.values()) == pytest.approx(1.0)
    assert min(weights.values()) > LEAST_WEIGHT


def test_the_best_weights_tell_at_least_as_much_as_any_others() -> None:
    random = np.random.default_rng(4)
    logliks = {name: random.normal(-2, 1, 2_000) for name in "abcd"}
    densities = np.exp(np.array(list(logliks.values())))
    best = np.log(np.array(list(stacking_weights(logliks).values())) @ densities).sum()
    for tried in random.dirichlet(np.ones(4), 200):
        assert np.log(tried @ densities).sum() <= best + 1e-3


def test_answers_are_means_by_weight() -> None:
    for question, more in (
        ("p_alive", ()),
        ("p_no_purchase", (90,)),
        ("expected_purchases", (90,)),
        ("expected_discounted_purchases", (365, 0.1)),
    ):
        answers = [getattr(model, question)(ROWS, *more) for model in MODELS]
        expected = answers[0] * 0.5 + answers[1] * 0.3 + answers[2] * 0.2
        assert_series_equal(getattr(STACK, question)(ROWS, *more), expected)


def test_what_came_is_as_likely_as_in_the_mean_of_densities() -> None:
    later = ROWS.with_columns(pl.col("age_days") + 90, x=pl.Series([0, 2, 6]), t_x_days=pl.Series([0, 350, 250]))
    logliks = [(model.log_likelihood(later) - model.log_likelihood(ROWS)).to_numpy() for model in MODELS]
    expected = np.log(sum(weight * np.exp(loglik) for weight, loglik in zip(STACK.weights, logliks, strict=True)))
    assert STACK.log_predictive(ROWS, later).to_numpy() == pytest.approx(expected)


def test_on_other_data_members_change_and_weights_stay() -> None:
    ages = pl.Series(np.random.default_rng(2).integers(200, 900, 4_000))
    rows = MODELS[1].simulate(ages, seed=3)
    pair = Stack(STACK.members[1:], (0.6, 0.4))
    again = refitted(Candidate("stack", "stack", pair), rows).model
    assert isinstance(again, Stack)
    assert again.weights == (0.6, 0.4)
    assert again.members[0].model == ModifiedBetaGeo.fit(rows)


def test_a_prior_is_told_once_however_many_members_have_it() -> None:
    cautious = Candidate("mbg_nbd", "mbg_nbd_map", MODELS[1])
    kinds = Candidate("bg_nbd_2", "bg_nbd_2", MODELS[0])
    stack = Candidate("stack", "stack", Stack((cautious, kinds, cautious, STACK.members[2]), (0.4, 0.3, 0.2, 0.1)))
    told = [(reason.reason, reason.candidate) for reason in assumptions(stack)]
    assert told == [("weak_prior", "mbg_nbd_map"), ("prior_of_kinds", "bg_nbd_2")]
    assert [reason.candidate for reason in assumptions(cautious)] == ["mbg_nbd_map"]
    assert assumptions(STACK.members[2]) == []


def test_the_record_names_members_and_weights() -> None:
    kept = json.loads(STACK.to_json())
    assert kept["model"] == "stack"
    assert kept["weights"] == [0.5, 0.3, 0.2]
    assert [BetaGeo.from_json(json.dumps(kept["members"][0])).r, kept["members"][2]["model"]] == [0.243, "pareto_nbd"]
