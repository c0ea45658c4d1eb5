"""How well something was foretold, worked out by hand; and verdicts that chance alone does not give."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from transforms.clv.choice.foretelling import Foretold, last_period, own_rate
from transforms.clv.choice.quality import logliks, model_quality, score_calibration, volume_error
from transforms.clv.choice.windows import Window

NIGHT = date(2026, 11, 21)


def window(came: list[float], before: list[float] | None = None, x: list[int] | None = None) -> Window:
    rows = len(came)
    now = pl.DataFrame(
        {
            "customer_id": [f"c{n}" for n in range(rows)],
            "x": x or [0] * rows,
            "t_x_days": [0 if not count else 10 for count in x or [0] * rows],
            "age_days": [180] * rows,
        }
    )
    return Window(date(2026, 8, 18), now, now.drop("customer_id"), np.array(came), np.array(before or [0.0] * rows))


def said(expected: list[float], p_none: list[float], loglik: list[float] | None = None) -> Foretold:
    return Foretold(np.array(expected), np.array(p_none), None if loglik is None else np.array(loglik))


def test_metrics_by_hand() -> None:
    seen, ours = window([0.0, 2.0]), said([0.5, 1.0], [0.8, 0.5], [-1.0, -3.0])
    assert ours.log_loss(seen) == pytest.approx([-np.log(0.8), -np.log(0.5)])
    assert ours.brier(seen) == pytest.approx([0.04, 0.25])
    assert ours.squared_error(seen) == pytest.approx([0.25, 1.0])
    assert logliks((ours, ours)).sum() == -8
    assert volume_error([seen], (ours,)) == pytest.approx(np.log(2.5 / 2.0))


def test_being_sure_and_wrong_is_bounded() -> None:
    assert said([0.0], [1.0]).log_loss(window([1.0])) == pytest.approx([-np.log(1e-6)])


def test_baselines_repeat_the_past() -> None:
    seen = window([0.0, 0.0], before=[0.0, 3.0], x=[0, 4])
    assert last_period(seen).expected.tolist() == [0, 3]
    assert last_period(seen).p_none == pytest.approx([1 / 1.5, 1 / 4.5])
    assert own_rate(seen).expected == pytest.approx([0, 2])
    assert own_rate(seen).p_none == pytest.approx([np.exp(-0.25), np.exp(-2.25)])


def test_a_better_model_is_called_so_and_a_like_one_is_not() -> None:
    random = np.random.default_rng(1)
    truth = random.uniform(0.05, 0.95, 2_000)
    came = (random.uniform(size=2_000) > truth).astype(float)
    seen = window(came.tolist())
    honest = Foretold(1 - truth, truth, -np.abs(came - 1 + truth))
    vague = Foretold(np.full(2_000, 0.5), np.full(2_000, 0.5), np.full(2_000, -0.7))
    twin = Foretold(1 - truth, np.clip(truth + random.choice([-1e-3, 1e-3], 2_000), 0.0, 1.0))
    found = model_quality(
        [seen], {"mbg_nbd": (honest,)}, {"last_period": (vague,), "own_rate": (twin,)}, "mbg_nbd", NIGHT
    )
    verdicts = {(row["metric"], row["baseline"]): row["verdict"] for row in found.iter_rows(named=True)}
    assert verdicts["log_loss_90d", "last_period"] == "better"
    assert verdicts["brier_90d", "last_period"] == "better"
    assert verdicts["loglik", "last_period"] == "better"
    assert verdicts["log_loss_90d", "own_rate"] == "same"
    assert ("loglik", "own_rate") not in verdicts
    assert found["customers"].unique().to_list() == [2_000]
    assert found["cut_offs"].unique().to_list() == [1]


def test_bias_is_better_only_if_it_is_on_every_day() -> None:
    near, far = said([1.1, 1.0], [0.5, 0.5]), said([3.0, 1.0], [0.5, 0.5])
    days = [window([1.0, 1.0]), window([1.0, 1.0])]
    always = model_quality(days, {"mbg_nbd": (near, near)}, {"own_rate": (far, far)}, "mbg_nbd", NIGHT)
    once = model_quality(days, {"mbg_nbd": (near, far)}, {"own_rate": (far, near)}, "mbg_nbd", NIGHT)
    bias = pl.col("metric") == "volume_bias_90d"
    assert always.filter(bias).select("metric_value", "baseline_value", "verdict").row(0) == (
        pytest.approx(0.05),
        pytest.approx(1.0),
        "better",
    )
    assert once.filter(bias)["verdict"].to_list() == ["same"]


def test_tenths_hold_all_customers_and_keep_ties_together() -> None:
    rows = 100
    p_none = np.repeat([0.2, 0.9], rows // 2)
    seen = window(([1.0] * 40 + [0.0] * 10) + [0.0] * 50)
    found = score_calibration([seen], (Foretold(1 - p_none, p_none),), NIGHT)
    risk = found.filter(score="churn_risk_90d").select("bin", "predicted", "observed", "customers").rows()
    assert risk == [(1, pytest.approx(0.2), pytest.approx(0.2), 50), (6, pytest.approx(0.9), 1.0, 50)]
    assert found.filter(score="expected_orders_90d")["customers"].sum() == rows
