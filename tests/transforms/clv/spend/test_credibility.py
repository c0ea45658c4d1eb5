"""Credibility of spend: by hand, against a known truth, and its own laws."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.clv.fitting.fit import NoFit
from transforms.clv.spend.credibility import Credibility

Rows = list[tuple[int, float | None]]


def history(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"x": pl.Int64, "mean_spend": pl.Float64}, orient="row")


def test_by_hand() -> None:
    # Distances from the mean 25: 15, 15 with one occasion; 5, 5 with three. All are one band; of four one is lost.
    rows: Rows = [(1, 10.0), (1, 40.0), (3, 20.0), (3, 30.0), (0, None)]
    model = Credibility.fit(history(rows))
    assert (model.lowest_x, model.means, model.customers) == ((1,), (25.0,), 4)
    # 4/3 * 500 = 4 between + 8/3 within and 4/3 * 600 = 8 between + 4 within would make between -100.
    # Without it within is 4/3 * 600 / 4, and both are told in squares of the mean.
    assert (model.between, model.within) == (0.0, pytest.approx(200.0 / 25**2))
    assert model.expected_spend(history(rows)).to_list() == [25.0] * 5


def test_by_hand_where_customers_differ() -> None:
    rows: Rows = [(1, 4.0), (1, 36.0), (3, 8.0), (3, 32.0)]
    model = Credibility.fit(history(rows))
    # Distances from the mean 20: 16, 16 with one occasion; 12, 12 with three.
    plain, by_occasion = 4 / 3 * 800 / 20**2, 4 / 3 * (2 * 256 + 6 * 144) / 20**2
    between = (4 * plain - 8 / 3 * by_occasion) / (16 - 8 / 3 * 8)
    assert model.between == pytest.approx(between)
    assert 4 * model.between + 8 / 3 * model.within == pytest.approx(plain)
    k = model.within / model.between
    expected = [(1 * 4 + k * 20) / (1 + k), (3 * 32 + k * 20) / (3 + k), 20.0]
    assert model.expected_spend(history([(1, 4.0), (3, 32.0), (0, None)])).to_list() == pytest.approx(expected)


def simulated(customers: int, seed: int) -> pl.DataFrame:
    """Spend rises with frequency by 10 a band; in parts of it means differ by 0.2 and occasions by 0.4."""
    random = np.random.default_rng(seed)
    x = random.integers(1, 9, customers)
    mean = 20 + 10 * np.floor(np.log2(x))
    own = mean * (1 + random.normal(0, 0.2, customers))
    spend = own + mean * random.normal(0, 0.4, customers) / np.sqrt(x)
    return pl.DataFrame({"x": x, "mean_spend": spend, "own": own, "mean": mean})


def test_a_known_truth_is_found_and_foretold() -> None:
    rows = simulated(20_000, seed=3)
    model = Credibility.fit(rows)
    assert model.lowest_x == (1, 2, 4, 8)
    assert model.means == pytest.approx((20, 30, 40, 50), rel=0.02)
    assert (model.between, model.within) == (pytest.approx(0.04, rel=0.1), pytest.approx(0.16, rel=0.1))
    # No estimate of this form can be nearer to the truth than the one by the true variances.
    errors = {
        name: (((rows["own"] - told) / rows["mean"]) ** 2).mean()
        for name, told in (("model", model.expected_spend(rows)), ("own", rows["mean_spend"]))
    }
    best = (1 / (1 / 0.04 + rows["x"] / 0.16)).mean()
    assert errors["model"] == pytest.approx(best, rel=0.05)
    assert errors["model"] < 0.6 * errors["own"]


def test_small_bands_join_their_neighbours() -> None:
    rows: Rows = [(1, 10.0)] * 29 + [(2, 20.0)] * 40 + [(5, 30.0)] * 30 + [(9, 90.0)] * 29
    model = Credibility.fit(history(rows))
    assert model.lowest_x == (1, 4)
    assert model.means == (pytest.approx((290 + 800) / 69), pytest.approx((900 + 29 * 90) / 59))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(2, 30.0)], 30.0),
        ([(2, 30.0)] * 50, 30.0),
        ([(2, 0.0)] * 5, 0.0),
        ([(1, 10.0), (1, 30.0)], 20.0),
        ([(1, -10.0), (1, 30.0)], 10.0),
    ],
    ids=["one customer", "all alike", "nothing paid", "all come equally often", "below zero"],
)
def test_where_nothing_tells_customers_apart_all_are_expected_to_spend_the_mean(rows: Rows, expected: float) -> None:
    found = Credibility.fit(history(rows)).expected_spend(history([*rows, (0, None), (40, 7.0)]))
    assert found.to_list() == pytest.approx([expected] * len(found))


def test_nobody_who_came_back_is_no_fit() -> None:
    with pytest.raises(NoFit, match="nobody has an occasion"):
        Credibility.fit(history([(0, None)]))


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ((2, float("nan")), "1 of 2 histories: mean_spend is not a number"),
        ((2, None), "1 of 2 histories: mean_spend is missing with x > 0"),
        ((-2, 5.0), "1 of 2 histories: x is negative or not whole"),
    ],
)
def test_an_impossible_history_is_refused(row: tuple[int, float | None], rule: str) -> None:
    rows = history([(1, 20.0), row])
    for method in (Credibility.fit, Credibility.fit(history([(1, 5.0)])).expected_spend):
        with pytest.raises(ValueError, match=rule):
            method(rows)


@given(st.lists(st.tuples(st.integers(1, 600), st.floats(0, 1e6)), min_size=1, max_size=120))
def test_spend_lies_between_the_customers_mean_and_the_bands(rows: Rows) -> None:
    model = Credibility.fit(history(rows))
    for expected, (x, mean) in zip(model.expected_spend(history(rows)), rows, strict=True):
        of_band = max(zip(model.lowest_x, model.means, strict=True), key=lambda band: (band[0] <= x, band[0]))[1]
        low, high = sorted((float(mean or 0), of_band))
        assert low - 1e-9 * (1 + high) <= expected <= high * (1 + 1e-9)


def test_weights_order_and_units_change_nothing() -> None:
    rows = simulated(500, seed=8).select("x", pl.col("mean_spend").round(0))
    model = Credibility.fit(rows)
    assert Credibility.fit(rows.sample(fraction=1.0, shuffle=True, seed=1)) == model
    assert Credibility.fit(rows.group_by("x", "mean_spend").agg(weight=pl.len())) == model
    yen = Credibility.fit(rows.with_columns(pl.col("mean_spend") * 128))
    assert (yen.between, yen.within) == pytest.approx((model.between, model.within))
    assert yen.means == pytest.approx([128 * mean for mean in model.means])


def test_who_never_came_back_spends_as_the_lowest_band_also_where_nothing_varies_within_customers() -> None:
    model = Credibility((1, 4), (20.0, 50.0), between=0.1, within=0.0, customers=9, data_hash="")
    assert model.expected_spend(history([(0, None), (1, 7.0), (5, 70.0)])).to_list() == [20.0, 7.0, 70.0]


def test_json_gives_back_the_model() -> None:
    model = Credibility.fit(simulated(500, seed=8))
    assert Credibility.from_json(model.to_json()) == model
    for wrong, rule in (
        ('{"model": "gamma_gamma"}', "not the parameters of credibility"),
        ('{"model": "credibility", "between": 1}', "credibility has lowest_x, means"),
        (model.to_json().replace('"between": ', '"between": true, "x": '), "credibility has"),
        (model.to_json().replace('"lowest_x": [1, ', '"lowest_x": ["1", '), "lowest_x is of another type"),
        (model.to_json().replace('"lowest_x": [1, ', '"lowest_x": ['), "a mean for each band"),
    ):
        with pytest.raises(ValueError, match=rule):
            Credibility.from_json(wrong)
