"""Every output of every row within 1e-6 of what the model's integrals say, and of the likely rows far closer."""

import numpy as np
import polars as pl
import pytest

from tests.transforms.clv.by_integrals import Asked, outputs
from transforms.clv.fitting.horizon import discount_a_day
from transforms.clv.history import distinct_histories
from transforms.clv.spend.gamma_gamma import GammaGamma
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.times.pareto_nbd import ParetoNBD

YEARLY_RATE = 0.1
ASKED = Asked(90, 365, discount_a_day(YEARLY_RATE))
SMALLEST = 1e-300
"""Below, a floating-point number has fewer digits; nobody asks for them of a probability."""

MODELS: list[BetaGeo | ModifiedBetaGeo | ParetoNBD] = [
    BetaGeo(r=0.247, alpha=32.65, a=0.792, b=2.434, loglik=0.0, customers=0),
    ModifiedBetaGeo(r=0.525, alpha=59.2, a=0.891, b=1.614, loglik=0.0, customers=0),
    ModifiedBetaGeo(r=2.5, alpha=400.0, a=0.05, b=0.11, loglik=0.0, customers=0),
    ParetoNBD(r=0.507, alpha=76.24, s=0.766, beta=187.3, loglik=0.0, customers=0),
    ParetoNBD(r=1.5, alpha=20.0, s=1.0, beta=300.0, loglik=0.0, customers=0),
]
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.NAME}-{model.r}")


def worst_errors(model: BetaGeo | ModifiedBetaGeo | ParetoNBD, rows: pl.DataFrame) -> dict[str, float]:
    ours = {
        "p_alive": model.p_alive(rows),
        "p_no_purchase": model.p_no_purchase(rows, ASKED.days),
        "expected_purchases": model.expected_purchases(rows, ASKED.days),
        "expected_discounted_purchases": model.expected_discounted_purchases(rows, ASKED.discounted_days, YEARLY_RATE),
    }
    theirs = outputs(model, rows, ASKED)
    told = {name: values > SMALLEST for name, values in theirs.items()}
    return {
        name: float(np.abs(ours[name].to_numpy()[told[name]] / theirs[name][told[name]] - 1).max()) for name in ours
    }


@every_model
def test_outputs_of_any_row_are_those_of_the_integrals(model: BetaGeo | ModifiedBetaGeo | ParetoNBD) -> None:
    every = [
        (x, max(x, int(share * age)), age)
        for age in (1, 30, 400, 3_650)
        for x in (1, 2, 7, 40, 150, 500)
        for share in (0.0, 0.3, 0.9, 1.0)
        if x <= age
    ]
    once = [(0, 0, age) for age in (0, 1, 30, 400, 3_650)]
    rows = pl.DataFrame(every + once, schema=["x", "t_x_days", "age_days"], orient="row")
    assert max(worst_errors(model, rows).values()) < 1e-10


@pytest.mark.slow
@every_model
def test_outputs_of_each_of_a_million_are_those_of_the_integrals(
    model: BetaGeo | ModifiedBetaGeo | ParetoNBD,
) -> None:
    ages = pl.Series(np.random.default_rng(1).integers(1, 1_096, 1_000_000))
    rows = distinct_histories(model.simulate(ages, seed=2))
    assert max(worst_errors(model, rows).values()) < 1e-10


def test_expected_spend_is_the_mean_of_what_is_not_seen() -> None:
    # Given the history nu is Gamma(q + p x, v + x mean_spend), and a mean spend p / nu.
    model = GammaGamma(p=6.2, q=3.7, v=15.5, loglik=0.0, customers=0)
    rows = pl.DataFrame({"x": [0, 1, 1, 40, 500], "mean_spend": [None, 0.01, 9_000.0, 30.0, 25.5]})
    u = np.arange(-4.2, 4.2, 0.001)
    log_nu = np.pi * np.sinh(u)
    for x, spend, expected in zip(
        rows["x"], rows["mean_spend"].fill_null(0.0), model.expected_spend(rows), strict=True
    ):
        shape, exposure = model.q + model.p * x, model.v + x * spend
        # About its mode, so that what is seen of nu is not too large or small a number.
        log_density = shape * log_nu - shape * np.expm1(log_nu)
        weight = np.exp(log_density - log_density.max()) * np.cosh(u)
        nu = np.exp(log_nu) * shape / exposure
        assert expected == pytest.approx(float((weight * model.p / nu).sum() / weight.sum()), rel=1e-9)
