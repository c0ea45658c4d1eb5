"""The models' intervals are honest: of 400 simulated shops the 95 % interval holds the truth in about 380."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from transforms.clv.fitting.fitted import Fitted
from transforms.clv.spend.gamma_gamma import GammaGamma
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.times.pareto_nbd import ParetoNBD

SHOPS, CUSTOMERS = 400, 10_000
FEWEST, MOST = 364, 393
"""An exact binomial with 95 % of 400 falls outside once in a thousand."""

BG_NBD = BetaGeo(0.4, 60.0, 0.8, 2.5, loglik=0.0, customers=1)
MBG_NBD = ModifiedBetaGeo(0.7, 60.0, 0.6, 2.0, loglik=0.0, customers=1)
PARETO_NBD = ParetoNBD(0.8, 110.0, 0.6, 100.0, loglik=0.0, customers=1)
GAMMA_GAMMA = GammaGamma(6.0, 4.0, 15.0, loglik=0.0, customers=1)


def purchases(truth: BetaGeo | ModifiedBetaGeo | ParetoNBD, seed: int) -> Fitted:
    ages = np.random.default_rng((1, seed)).integers(365, 1_096, CUSTOMERS)
    return type(truth).fit(truth.simulate(pl.Series(ages), seed))


def spend(truth: GammaGamma, seed: int) -> Fitted:
    x = np.random.default_rng((1, seed)).poisson(1.5, CUSTOMERS)
    return GammaGamma.fit(truth.simulate(pl.Series(x), seed))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("truth", "fit"),
    [(BG_NBD, purchases), (MBG_NBD, purchases), (PARETO_NBD, purchases), (GAMMA_GAMMA, spend)],
    ids=lambda value: getattr(value, "NAME", ""),
)
def test_intervals_hold_the_truth_as_often_as_they_say(truth: Fitted, fit: Callable[[Fitted, int], Fitted]) -> None:
    held = Counter(
        name
        for seed in range(SHOPS)
        for name, (low, high) in fit(truth, seed).interval(0.95).items()
        if low <= truth.parameters[name] <= high
    )
    print(truth.NAME, dict(held))  # noqa: T201  what `-s` shows
    assert all(FEWEST <= held[name] <= MOST for name in truth.parameters), held
