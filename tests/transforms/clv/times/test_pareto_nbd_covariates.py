"""Pareto/NBD with covariates: its likelihood, known coefficients found again, each group scored as its own model."""

import json

import numpy as np
import polars as pl
import pytest

from transforms.clv.fitting.fit import NoFit
from transforms.clv.times.pareto_nbd import ParetoNBD
from transforms.clv.times.pareto_nbd_covariates import ParetoNBDWithCovariates, _distinct, _log_likelihood

TRUTH = ParetoNBDWithCovariates(
    0.8,
    110.0,
    0.6,
    100.0,
    covariates=("from_shop", "first_basket"),
    gamma1=(0.5, 0.3),
    gamma2=(-0.7, 0.2),
    loglik=0.0,
    customers=1,
)
PLAIN = ParetoNBD(0.8, 110.0, 0.6, 100.0, loglik=0.0, customers=1)


def customers_of(truth: ParetoNBDWithCovariates, customers: int, seed: int) -> pl.DataFrame:
    """Half from the shop, with first baskets of -1, 0 and 1; each group simulated with its own alpha and beta."""
    parts = []
    for number, (shop, basket) in enumerate((shop, basket) for shop in (0, 1) for basket in (-1, 0, 1)):
        faster = np.exp(truth.gamma1[0] * shop + truth.gamma1[1] * basket)
        sooner = np.exp(truth.gamma2[0] * shop + truth.gamma2[1] * basket)
        model = ParetoNBD(truth.r, truth.alpha / faster, truth.s, truth.beta / sooner, loglik=0.0, customers=1)
        ages = np.random.default_rng((seed, number)).integers(365, 1_096, customers // 6)
        rows = model.simulate(pl.Series(ages), seed=10 * seed + number)
        parts.append(rows.with_columns(from_shop=pl.lit(shop == 1), first_basket=pl.lit(float(basket))))
    return pl.concat(parts).sample(fraction=1.0, shuffle=True, seed=seed)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return customers_of(TRUTH, 6_000, seed=3)


@pytest.fixture(scope="module")
def model(rows: pl.DataFrame) -> ParetoNBDWithCovariates:
    return ParetoNBDWithCovariates.fit(rows, ["from_shop", "first_basket"])


def test_known_coefficients_are_found_again(model: ParetoNBDWithCovariates) -> None:
    truth, errors = TRUTH.parameters | TRUTH.coefficients, model.standard_errors
    for name, value in (model.parameters | model.coefficients).items():
        assert abs(value - truth[name]) < 3.3 * errors[name], name
    low, high = model.interval()["gamma1_from_shop"]
    assert 0 < low < 0.5 < high
    assert model.interval()["gamma2_from_shop"][1] < 0
    assert model.customers == 6_000


def test_the_likelihood_of_the_rows_is_that_of_the_fit(model: ParetoNBDWithCovariates, rows: pl.DataFrame) -> None:
    assert model.log_likelihood(rows).sum() == pytest.approx(model.loglik, abs=1e-5)
    assert model.loglik > ParetoNBD.fit(rows).loglik + 20


def test_without_coefficients_it_is_the_plain_model(rows: pl.DataFrame) -> None:
    names = TRUTH.covariates
    loglik = _log_likelihood(_distinct(rows, names), names, np.array([1.0, 1.0]))
    theta = np.concatenate((np.log(list(PLAIN.parameters.values())), np.zeros(4)))
    assert loglik(theta)[0] == pytest.approx(PLAIN.log_likelihood(rows).sum(), rel=1e-12)
    none = ParetoNBDWithCovariates(
        *PLAIN.parameters.values(), covariates=names, gamma1=(0, 0), gamma2=(0, 0), loglik=0.0, customers=1
    )
    few = rows.head(50)
    assert none.p_alive(few).to_list() == pytest.approx(PLAIN.p_alive(few).to_list(), rel=1e-12)


def test_gradient_is_that_of_the_likelihood(rows: pl.DataFrame) -> None:
    names = TRUTH.covariates
    loglik = _log_likelihood(_distinct(rows.head(300), names), names, np.array([1.0, 2.0]))
    theta = np.array([-0.3, 4.0, -0.4, 4.4, 0.2, -0.3, 0.5, 0.1])
    for move in np.eye(8) * 1e-5:
        slope = (loglik(theta + move)[0] - loglik(theta - move)[0]) / 2e-5
        assert loglik(theta)[1][move > 0][0] == pytest.approx(slope, rel=1e-6)


def test_every_customer_is_scored_by_the_model_of_his_group() -> None:
    rows = pl.DataFrame(
        {
            "x": [2, 0, 2, 5],
            "t_x_days": [90, 0, 90, 300],
            "age_days": [400, 30, 400, 310],
            "from_shop": [1, 0, 0, 1],
            "first_basket": [0.0, 0.0, 1.0, 0.0],
        }
    )
    of_shop = ParetoNBD(0.8, 110 * np.exp(-0.5), 0.6, 100 * np.exp(0.7), loglik=0.0, customers=1)
    of_basket = ParetoNBD(0.8, 110 * np.exp(-0.3), 0.6, 100 * np.exp(-0.2), loglik=0.0, customers=1)
    for name, arguments in (
        ("log_likelihood", ()),
        ("p_alive", ()),
        ("p_no_purchase", (90,)),
        ("expected_purchases", (90,)),
        ("expected_discounted_purchases", (365, 0.1)),
    ):
        found = getattr(TRUTH, name)(rows, *arguments)
        expected = [
            getattr(by, name)(rows[k], *arguments)[0] for k, by in enumerate((of_shop, PLAIN, of_basket, of_shop))
        ]
        assert found.to_list() == pytest.approx(expected, rel=1e-12)
        assert found.name == name
    assert TRUTH.p_alive(rows.head(0)).len() == 0


def test_the_unit_of_a_covariate_changes_only_its_coefficient(
    model: ParetoNBDWithCovariates, rows: pl.DataFrame
) -> None:
    cents = ParetoNBDWithCovariates.fit(rows.with_columns(pl.col("first_basket") * 1_000), model.covariates)
    assert cents.gamma1[1] * 1_000 == pytest.approx(model.gamma1[1], rel=1e-4)
    assert cents.standard_errors["gamma2_first_basket"] * 1_000 == pytest.approx(
        model.standard_errors["gamma2_first_basket"], rel=1e-3
    )
    assert cents.loglik == pytest.approx(model.loglik, abs=1e-5)


def test_a_covariate_that_is_the_same_for_all_is_declined(rows: pl.DataFrame) -> None:
    with pytest.raises(NoFit, match="the data do not tell"):
        ParetoNBDWithCovariates.fit(rows.with_columns(same=1), ["same"])


def test_too_many_groups_are_refused_with_a_way_out() -> None:
    rows = pl.DataFrame({"x": 0, "t_x_days": 0, "age_days": 30, "from_shop": 0, "first_basket": range(65)})
    with pytest.raises(ValueError, match=r"tell 65 groups of customers apart; the model takes 64\. Round them"):
        TRUTH.p_alive(rows)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_broken_covariate_is_refused(value: float | None) -> None:
    rows = pl.DataFrame({"x": 0, "t_x_days": 0, "age_days": 30, "from_shop": 0, "first_basket": [1.0, value]})
    with pytest.raises(ValueError, match="1 of 2 histories: first_basket is missing or not a number"):
        TRUTH.p_alive(rows)


@pytest.mark.parametrize("names", [[], ["from_shop", "from_shop"]])
def test_covariates_are_named_once(rows: pl.DataFrame, names: list[str]) -> None:
    with pytest.raises(ValueError, match="one or more names of columns, each once"):
        ParetoNBDWithCovariates.fit(rows, names)


def test_json_gives_back_the_model(model: ParetoNBDWithCovariates) -> None:
    assert ParetoNBDWithCovariates.from_json(model.to_json()) == model


@pytest.mark.parametrize("change", [{"gamma1": [0.5]}, {"gamma2": 0.5}, {"covariates": "ab"}, {"covariates": [1, 2]}])
def test_other_json_is_refused(model: ParetoNBDWithCovariates, change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="pareto_nbd_covariates has r, alpha, s, beta"):
        ParetoNBDWithCovariates.from_json(json.dumps(json.loads(model.to_json()) | change))
