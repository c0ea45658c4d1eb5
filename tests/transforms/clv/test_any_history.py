"""Whatever the history, a fit ends in a model that answers sensibly or in NoFit: never a warning, never another error.

Warnings are errors in all tests; here a number too large for floating point, or none at all, raises too.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from tests.transforms.clv.any_history import any_history
from transforms.clv.fitting.fit import LARGEST, SMALLEST, NoFit
from transforms.clv.fitting.fitted import Fitted
from transforms.clv.spend.gamma_gamma import GammaGamma
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.times.pareto_nbd import ParetoNBD
from transforms.clv.times.two_kinds import TwoBetaGeo, TwoKinds, TwoModifiedBetaGeo

PurchaseModel = BetaGeo | ModifiedBetaGeo | ParetoNBD | TwoKinds

QUICK, ALL = 12, 1_000
HORIZONS = (0.0, 0.5, 7.0, 90.0, 365.0, 3_650.0)
PURCHASE_MODELS: tuple[type[BetaGeo | ModifiedBetaGeo | ParetoNBD], ...] = (BetaGeo, ModifiedBetaGeo, ParetoNBD)

PROBES = pl.DataFrame(
    [(x, t_x, age) for age in (0, 1, 30, 400, 3_650) for x in (0, 1, 3, 40, 500) for t_x in {0, age // 2, age}],
    schema=["x", "t_x_days", "age_days"],
    orient="row",
).filter((pl.col("x") > 0) | (pl.col("t_x_days") == 0))
"""Histories that are scored besides those of the table."""


def table(seed: int, *others: object) -> object:
    """One case: of all tests where its seed is below `QUICK`, else of the slow ones."""
    return pytest.param(*others, seed, marks=() if seed < QUICK else pytest.mark.slow)


@pytest.fixture(autouse=True)
def strict_numbers() -> Iterator[None]:
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


def fitted(fit: Callable[[], Fitted]) -> Fitted | NoFit:
    try:
        return fit()
    except NoFit as no_fit:
        return no_fit


def check_is_known(model: Fitted) -> None:
    assert np.isfinite(model.loglik)
    assert all(np.isfinite(error) and error > 0 for error in model.standard_errors.values())
    for name, (low, high) in model.interval().items():
        assert 0 < low < model.parameters[name] < high < np.inf
    assert type(model).from_json(model.to_json()) == model


def check_same(model: Fitted | NoFit, other: Fitted | NoFit) -> None:
    assert type(model) is type(other), (model, other)
    if isinstance(model, Fitted) and isinstance(other, Fitted):
        assert other.loglik == pytest.approx(model.loglik, abs=1e-4)


def check_answers(model: PurchaseModel, rows: pl.DataFrame) -> None:
    assert model.log_likelihood(rows).is_finite().all()
    assert model.p_alive(rows).is_between(0, 1).all()
    quiet = [model.p_no_purchase(rows, days) for days in HORIZONS]
    coming = [model.expected_purchases(rows, days) for days in HORIZONS]
    for sooner, later in pairwise(quiet):
        assert later.is_between(0, 1).all()
        assert (later <= sooner * (1 + 1e-12)).all()
    for sooner, later in pairwise(coming):
        assert later.is_finite().all()
        assert (later >= sooner * (1 - 1e-12)).all()
    assert (coming[0] == 0).all()
    discounted = model.expected_discounted_purchases(rows, HORIZONS[-1], 0.1)
    assert (discounted <= coming[-1] * (1 + 1e-9)).all()
    assert (discounted >= coming[-1] * 1.1**-10 * (1 - 1e-9)).all()


def check_recent_is_alive(model: PurchaseModel) -> None:
    for x in (1, 2, 30, 500):
        last = pl.DataFrame({"x": x, "t_x_days": range(0, 1_001, 40), "age_days": 1_000})
        alive = model.p_alive(last).to_numpy()
        assert (np.diff(alive) >= -1e-12 * alive[1:]).all()


def fitted_somehow(kind: type[PurchaseModel], rows: pl.DataFrame) -> Fitted | NoFit:
    """By maximum likelihood; where that declines and the model knows a prior, with the prior."""
    model = fitted(lambda: kind.fit(rows))
    if isinstance(model, NoFit) and issubclass(kind, ModifiedBetaGeo | ParetoNBD):
        return fitted(lambda: kind.fit_with_weak_prior(rows))
    return model


def check_purchases(kind: type[PurchaseModel], rows: pl.DataFrame) -> None:
    model = fitted_somehow(kind, rows)
    if isinstance(model, PurchaseModel):
        check_is_known(model)
        check_answers(model, pl.concat((rows.select(PROBES.columns), PROBES)))
        check_recent_is_alive(model)


@pytest.mark.parametrize(
    ("kind", "seed"),
    [table(n, kind) for kind in PURCHASE_MODELS for n in range(ALL)],
    ids=lambda case: getattr(case, "NAME", str(case)),
)
def test_purchases(kind: type[BetaGeo | ModifiedBetaGeo | ParetoNBD], seed: int) -> None:
    rows = any_history(seed)
    check_purchases(kind, rows)
    logs = np.random.default_rng(seed).uniform(np.log(SMALLEST), np.log(LARGEST), 4)
    start = dict(zip(kind.parameter_names(), np.exp(logs).clip(SMALLEST, LARGEST).tolist(), strict=True))
    check_same(fitted(lambda: kind.fit(rows)), fitted(lambda: kind.fit(rows, start)))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", PURCHASE_MODELS, ids=lambda kind: kind.NAME)
def test_purchases_faster_than_days(kind: type[PurchaseModel], seed: int) -> None:
    # No history of ours: an occasion is a day. Others may count otherwise.
    check_purchases(kind, any_history(seed).with_columns(pl.col("t_x_days") // 20))


@pytest.mark.parametrize("kind", [TwoBetaGeo, TwoModifiedBetaGeo], ids=lambda kind: kind.NAME)
@pytest.mark.parametrize("seed", [table(n) for n in range(ALL)])
def test_two_kinds_of_customers(kind: type[TwoKinds], seed: int) -> None:
    check_purchases(kind, any_history(seed))


@pytest.mark.parametrize("seed", [table(n) for n in range(ALL)])
def test_spend(seed: int) -> None:
    rows = any_history(seed)
    model = fitted(lambda: GammaGamma.fit(rows))
    paid = rows.filter(pl.col("x") > 0, pl.col("mean_spend") > 0)
    weight = paid["weight"] if "weight" in paid.columns else pl.Series([1] * paid.height, dtype=pl.Int64)
    unit = float((paid["mean_spend"] * weight).sum()) / max(int(weight.sum()), 1)
    p, q, v = np.exp(np.random.default_rng(seed).uniform(np.log(SMALLEST), np.log(LARGEST), 3)).tolist()
    check_same(model, fitted(lambda: GammaGamma.fit(rows, {"p": p, "q": q, "v": v * unit} if unit else None)))
    if isinstance(model, GammaGamma):
        check_is_known(model)
        spend = model.expected_spend(rows)
        assert (spend.is_finite() & (spend > 0)).all()
        assert model.log_likelihood(rows).is_finite().all()
