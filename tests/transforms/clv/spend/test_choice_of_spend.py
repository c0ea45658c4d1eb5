"""Gamma-Gamma where spend does not go with frequency, else bands, and the figure that says which."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from transforms.clv.choice.choices import Reason
from transforms.clv.fitting.fit import NoFit
from transforms.clv.spend.choice_of_spend import every_occasion, fit_spend, rank_correlation
from transforms.clv.spend.credibility import Credibility
from transforms.clv.spend.gamma_gamma import GammaGamma


def history(rows: list[tuple[int, float | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"x": pl.Int64, "mean_spend": pl.Float64}, orient="row")


def test_independent_spend_is_gamma_gamma(gamma_gamma_histories: Callable[..., pl.DataFrame]) -> None:
    rows = gamma_gamma_histories(5_000, (6.0, 4.0, 15.0), seed=7)
    model, (reason,) = fit_spend(rows)
    assert isinstance(model, GammaGamma)
    assert model == GammaGamma.fit(rows)
    repeaters = rows.filter(pl.col("x") > 0)
    assert reason.figure == pytest.approx(spearmanr(repeaters["x"], repeaters["mean_spend"]).statistic)
    assert (reason.candidate, reason.reason, reason.needed) == ("gamma_gamma", "independent_enough", 0.2)


def test_a_mean_that_few_large_spenders_inflate_is_not_used() -> None:
    # Lognormal spend, independent of frequency: its true mean is 53, and Gamma-Gamma's is several times that.
    random = np.random.default_rng(5)
    x = random.integers(1, 6, 4_000)
    level = random.normal(3, 1.3, 4_000)
    spend = [np.exp(random.normal(mean, 0.4, count)).mean() for mean, count in zip(level, x, strict=True)]
    model, (_, reason) = fit_spend(pl.DataFrame({"x": x, "mean_spend": spend}))
    assert isinstance(model, Credibility)
    assert reason.reason == "mean_too_high"
    assert reason.needed == pytest.approx(np.mean(spend))
    assert reason.figure is not None
    assert reason.figure > 1.25 * np.mean(spend)
    newcomer = model.expected_spend(history([(0, None)]))[0]
    assert newcomer == pytest.approx(np.mean(spend), rel=0.3)


@pytest.mark.parametrize("direction", [1, -1])
def test_spend_that_goes_with_frequency_takes_bands(direction: int) -> None:
    random = np.random.default_rng(5)
    x = random.integers(1, 10, 2_000)
    spend = np.exp(3 + direction * 0.1 * x + random.normal(0, 0.5, 2_000))
    model, (reason,) = fit_spend(pl.DataFrame({"x": x, "mean_spend": spend}))
    assert isinstance(model, Credibility)
    assert (reason.candidate, reason.reason) == ("gamma_gamma", "depends_on_frequency")
    assert reason.figure is not None
    assert direction * reason.figure > 0.2


def test_a_correlation_that_may_be_chance_is_none() -> None:
    # Ranks of five customers agree but for one exchange: 0.9, and chance alone reaches 0.98 in five.
    rows = history([(1, 10.0), (2, 11.0), (3, 13.0), (4, 12.0), (5, 14.0)])
    _, reasons = fit_spend(rows)
    assert reasons[0] == Reason("spend", "independent_enough", "gamma_gamma", pytest.approx(0.9), pytest.approx(0.98))


def test_independent_but_no_fit_says_both() -> None:
    model, reasons = fit_spend(history([(2, 30.0)] * 50 + [(0, None)]))
    assert isinstance(model, Credibility)
    assert [(reason.reason, reason.figure) for reason in reasons] == [("independent_enough", 0.0), ("no_fit", None)]


def test_without_any_occasion_there_is_no_model() -> None:
    with pytest.raises(NoFit):
        fit_spend(history([(0, None)]))


def test_the_first_occasion_counts_as_every_other() -> None:
    schema = {"x": pl.Int64, "mean_spend": pl.Float64, "first_spend": pl.Float64}
    rows = pl.DataFrame([(0, None, 40.0), (3, 20.0, 60.0), (1, 0.0, 5.0)], schema=schema, orient="row")
    assert every_occasion(rows).rows() == [(1, 40.0), (4, 30.0), (2, 2.5)]


def test_a_first_occasion_for_nothing_is_a_gift_and_tells_nothing() -> None:
    schema = {"x": pl.Int64, "mean_spend": pl.Float64, "first_spend": pl.Float64}
    rows = pl.DataFrame([(0, None, 0.0), (2, 20.0, 0.0)], schema=schema, orient="row")
    assert every_occasion(rows).rows() == [(0, None), (2, 20.0)]


def test_negative_spend_is_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 histories: mean_spend < 0"):
        fit_spend(history([(1, -3.0), (1, 5.0)]))


def test_ties_share_their_mean_rank_and_weights_repeat_rows() -> None:
    random = np.random.default_rng(2)
    rows = pl.DataFrame({"x": random.integers(1, 4, 300), "mean_spend": random.integers(1, 9, 300).astype(float)})
    expected = spearmanr(rows["x"], rows["mean_spend"]).statistic
    weighted = rows.group_by("x", "mean_spend").agg(weight=pl.len())
    for told in (rows, weighted):
        assert rank_correlation(told) == (pytest.approx(expected), 300)
