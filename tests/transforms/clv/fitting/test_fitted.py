"""What fitted models say of their own certainty, and how they are kept."""

import json
import math
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from transforms.clv.fitting.fitted import Fitted
from transforms.clv.fitting.parts import PART
from transforms.clv.history import distinct_histories
from transforms.clv.spend.gamma_gamma import GammaGamma
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.times.pareto_nbd import ParetoNBD
from transforms.clv.times.two_kinds import TwoBetaGeo, TwoModifiedBetaGeo

HASH = "0123456789abcdef" * 4
KNOWN = GammaGamma(
    p=4.0,
    q=3.0,
    v=10.0,
    loglik=-20.0,
    customers=7,
    covariance=((0.04, 0.0, 0.0), (0.0, 0.09, 0.0), (0.0, 0.0, 0.16)),
    data_hash=HASH,
)
GIVEN = (
    BetaGeo(0.243, 30.9, 0.793, 2.426, loglik=0.0, customers=1),
    ModifiedBetaGeo(0.525, 43.28, 0.891, 1.614, loglik=0.0, customers=1),
    ParetoNBD(0.553, 74.05, 0.606, 81.68, loglik=0.0, customers=1),
    TwoBetaGeo(19.7, 1.05, 102.0, 0.05, 14.9, 0.88, 17.7, 0.05, 7.8, loglik=0.0, customers=1),
    TwoModifiedBetaGeo(19.0, 1.06, 103.0, 0.05, 13.3, 0.86, 17.7, 0.05, 6.5, loglik=0.0, customers=1),
    GammaGamma(6.25, 3.74, 15.44, loglik=0.0, customers=1),
)


def test_standard_errors_are_those_of_the_parameters() -> None:
    # d exp(t) = exp(t) dt
    assert KNOWN.standard_errors == pytest.approx({"p": 4 * 0.2, "q": 3 * 0.3, "v": 10 * 0.4})


def test_an_interval_is_symmetric_on_the_log_scale() -> None:
    assert KNOWN.interval()["q"] == pytest.approx((3 * math.exp(-1.959964 * 0.3), 3 * math.exp(1.959964 * 0.3)))
    assert KNOWN.interval(0.6826895)["p"] == pytest.approx((4 * math.exp(-0.2), 4 * math.exp(0.2)))


@pytest.mark.parametrize("level", [0.0, 1.0, -3.0, float("nan")])
def test_an_impossible_level_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="a number between 0 and 1"):
        KNOWN.interval(level)


@pytest.mark.parametrize("model", GIVEN, ids=lambda model: model.NAME)
def test_of_given_parameters_no_error_is_known(model: Fitted) -> None:
    with pytest.raises(ValueError, match="given, not fitted"):
        model.interval()
    with pytest.raises(ValueError, match="given, not fitted"):
        _ = model.standard_errors


@pytest.mark.parametrize("model", [*GIVEN, KNOWN], ids=lambda model: model.NAME)
def test_json_gives_back_the_model(model: Fitted) -> None:
    assert type(model).from_json(model.to_json()) == model
    assert json.loads(model.to_json())["model"] == model.NAME


@pytest.mark.parametrize("model", GIVEN, ids=lambda model: model.NAME)
def test_json_of_another_model_is_refused(model: Fitted) -> None:
    for other in GIVEN:
        if other is not model:
            with pytest.raises(ValueError, match=f"not the parameters of {model.NAME}"):
                type(model).from_json(other.to_json())


@pytest.mark.parametrize(
    "change",
    [
        {"p": "4"},
        {"p": -4.0},
        {"p": math.nan},
        {"p": [4.0]},
        {"loglik": math.inf},
        {"customers": 7.5},
        {"customers": True},
        {"covariance": [[0.04, 0.0, 0.0]]},
        {"covariance": [[0.04, 0.0, 0.0], [0.0, 0.09], [0.0, 0.0, 0.16]]},
        {"covariance": [7, [0.0, 0.09, 0.0], [0.0, 0.0, 0.16]]},
        {"covariance": [["x", 0.0, 0.0], [0.0, 0.09, 0.0], [0.0, 0.0, 0.16]]},
        {"data_hash": "no hash"},
        {"data_hash": HASH + "0"},
        {"data_hash": None},
        {"weight": 1.0},
    ],
)
def test_other_json_is_refused(change: dict[str, object]) -> None:
    changed = json.loads(KNOWN.to_json()) | change
    with pytest.raises(ValueError, match="gamma_gamma has p, q, v, loglik, customers, covariance, data_hash"):
        GammaGamma.from_json(json.dumps(changed))


@pytest.mark.parametrize("text", ["[]", "7", '{"p": 4.0}', "no json"])
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"gamma_gamma|Expecting value"):
        GammaGamma.from_json(text)


def test_the_hash_is_of_the_customers_and_not_of_their_order(mbg_histories: Callable[..., pl.DataFrame]) -> None:
    rows = mbg_histories(600, (0.7, 60.0, 0.6, 2.0), seed=3)
    hashes = {
        model.fit(part).data_hash
        for model in (BetaGeo, ModifiedBetaGeo)
        for part in (rows, rows.sample(fraction=1.0, shuffle=True, seed=1), distinct_histories(rows))
    }
    assert hashes == {ParetoNBD.fit(rows).data_hash}
    assert ModifiedBetaGeo.fit(rows.head(599)).data_hash not in hashes


def test_parts_worked_on_at_once_leave_every_digit_as_it_is() -> None:
    truth = GIVEN[0]
    ages = pl.Series(np.random.default_rng(3).integers(1, 3_000, 250_000))
    rows = truth.simulate(ages, seed=3).with_row_index()
    shuffled = rows.sample(fraction=1.0, shuffle=True, seed=1)
    assert distinct_histories(rows).height > 2 * PART
    assert BetaGeo.fit(shuffled) == BetaGeo.fit(rows)
    scores = [part.with_columns(truth.p_no_purchase(part, 90)).sort("index") for part in (rows, shuffled)]
    assert scores[0].equals(scores[1])


def test_spend_beside_the_fit_does_not_change_its_hash(gamma_gamma_histories: Callable[..., pl.DataFrame]) -> None:
    rows = gamma_gamma_histories(500, (6.0, 4.0, 15.0), seed=9)
    whole = GammaGamma.fit(rows).data_hash
    assert GammaGamma.fit(rows.filter(pl.col("x") > 0)).data_hash == whole
    assert GammaGamma.fit(rows.with_columns(pl.col("mean_spend") * 2)).data_hash != whole
