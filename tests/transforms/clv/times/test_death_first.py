"""The one integral of the Pareto/NBD, table and direct, against QUADPACK and against its own identity."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from transforms.clv.times import death_first
from transforms.clv.times.death_first import Pairs, Rates

shapes = st.floats(np.log(0.05), np.log(50)).map(lambda log: float(np.exp(log)))
scales = st.floats(np.log(0.1), np.log(20_000)).map(lambda log: float(np.exp(log)))
rates = st.builds(Rates, shapes, scales, shapes, scales)
CORNERS = [
    Rates(0.6, 75.0, 0.6, 80.0),
    Rates(0.6, 75.0, 0.6, 75.0),
    Rates(0.3, 2.0, 0.2, 40_000.0),
    Rates(0.3, 40_000.0, 0.2, 2.0),
    Rates(0.001, 30.0, 3.0, 900.0),
    Rates(0.05, 1.0, 40.0, 200_000.0),
    Rates(1_000.0, 90_000.0, 1_000.0, 300_000.0),
]


def by_quadpack(rates: Rates, x: int, t: float) -> float:
    """The integral of the module's docstring over log v, in pieces around the place where it is largest."""
    a, b, n = rates.alpha + t, rates.beta + t, rates.r + rates.s + x

    def at(w: float) -> float:
        v = np.exp(w)
        log = w - (rates.r + x) * np.log1p(v / a) - (rates.s + 1) * np.log1p(v / b)
        return float(rates.s / b * np.exp(log))

    largest = -np.log((rates.r + x) / a + (rates.s + 1) / b)
    right = max(largest + 8, np.log(max(a, b)) + min(45 / n, 650))
    edges = np.concatenate((largest + np.array([-45, -20, -8, -4, -2, 0, 2, 4]), np.linspace(largest + 8, right, 12)))
    return float(sum(integrate.quad(at, *piece, epsabs=0, epsrel=1e-13, limit=200)[0] for piece in pairwise(edges)))


def pairs_of(*pairs: tuple[int, int]) -> Pairs:
    x, days = np.array(pairs, dtype=np.int64).T
    return Pairs.of(x, days)


@settings(deadline=None, max_examples=40)
@given(rates, st.lists(st.tuples(st.integers(0, 500), st.integers(0, 3650)), min_size=1, max_size=4))
def test_table_agrees_with_quadrature(rates: Rates, pairs: list[tuple[int, int]]) -> None:
    expected = [by_quadpack(rates, x, t) for x, t in pairs]
    assert pairs_of(*pairs).probability(rates) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("rates", CORNERS)
def test_table_agrees_with_quadrature_in_the_corners(rates: Rates) -> None:
    pairs = [(0, 0), (1, 0), (0, 9), (3, 200), (40, 1100), (499, 3650), (500, 20)]
    found = pairs_of(*pairs).with_derivatives(rates)
    assert found.h == pytest.approx([by_quadpack(rates, x, t) for x, t in pairs], rel=1e-11)
    assert found.h_next == pytest.approx([by_quadpack(rates, x + 1, t) for x, t in pairs], rel=1e-11)


@pytest.mark.parametrize("rates", CORNERS)
def test_derivatives_are_those_of_the_probability(rates: Rates) -> None:
    pairs = pairs_of((0, 0), (1, 0), (0, 9), (3, 200), (40, 1100), (499, 3650))
    found = pairs.with_derivatives(rates)
    for slope, name in ((found.by_r, "r"), (found.by_s, "s")):
        value = getattr(rates, name)
        step = 1e-4 * value
        places = [Rates(**{**_parts(rates), name: value + k * step}) for k in (-2, -1, 1, 2)]
        far_below, below, above, far_above = (pairs.probability(place) for place in places)
        differences = (far_below - 8 * below + 8 * above - far_above) / (12 * step)
        assert slope == pytest.approx(differences, rel=1e-7, abs=1e-9 / value)


def _parts(rates: Rates) -> dict[str, float]:
    return {"r": rates.r, "alpha": rates.alpha, "s": rates.s, "beta": rates.beta}


def test_where_the_published_function_is_safe_it_says_the_same() -> None:
    rates = Rates(0.6, 75.0, 0.7, 60.0)
    x, days = np.arange(12), np.arange(0, 1200, 100)
    n, ratio = rates.r + rates.s + x, (rates.alpha + days) / (rates.beta + days)
    published = rates.s / n * ratio * special.hyp2f1(1, rates.s + 1, n + 1, 1 - ratio)
    assert Pairs.of(x, days).probability(rates) == pytest.approx(published, rel=1e-12)


def test_days_need_not_be_whole() -> None:
    rates = Rates(0.6, 75.0, 0.7, 60.0)
    later = Pairs.of(np.array([2, 0]), np.array([30, 7]), 0.25).probability(rates)
    assert later == pytest.approx([by_quadpack(rates, 2, 30.25), by_quadpack(rates, 0, 7.25)], rel=1e-12)


def test_what_lies_above_the_table_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(x, day) for day in (0, 30, 2000) for x in (0, 63, 64, 65, 300, 2500)]
    for rates in CORNERS:
        whole = pairs_of(*pairs).with_derivatives(rates)
        with monkeypatch.context() as patch:
            patch.setattr(death_first, "MOST_CELLS", 1)
            split = pairs_of(*pairs).with_derivatives(rates)
        assert split.h == pytest.approx(whole.h, rel=1e-11)
        assert split.h_next == pytest.approx(whole.h_next, rel=1e-11)
        assert split.by_r == pytest.approx(whole.by_r, rel=1e-9, abs=1e-14)
        assert split.by_s == pytest.approx(whole.by_s, rel=1e-9, abs=1e-14)


@settings(deadline=None, max_examples=60)
@given(rates, st.integers(0, 500), st.integers(0, 3650))
def test_more_purchases_make_the_next_thing_a_purchase(rates: Rates, x: int, day: int) -> None:
    found = pairs_of((x, day)).with_derivatives(rates)
    assert 0 < found.h_next[0] <= found.h[0] < 1 + 1e-12
    assert found.by_r[0] <= 0 <= found.by_s[0]
