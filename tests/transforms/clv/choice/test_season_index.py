"""A season that was put in is found, a shop that only grows has none, and a clock takes it out of histories."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from transforms.clv.choice.season import OFF, Season, daily_activity, history_days, season
from transforms.clv.history import purchase_history
from transforms.clv.times.pareto_nbd import ParetoNBD

FIRST, UNTIL = date(2023, 1, 1), date(2025, 12, 31)
TRUTH = (0.8, 60.0, 0.6, 200.0)
DECEMBER = 11


def shop_of(customers: int, months: np.ndarray, seed: int, growth: float = 1.0) -> pl.DataFrame:
    """Occasions of Pareto/NBD customers whose time runs as `months` say; acquisition grows by `growth` in all."""
    random = np.random.default_rng(seed)
    days = (UNTIL - FIRST).days + 1
    speed = months[(np.datetime64(FIRST) + np.arange(days)).astype("datetime64[M]").astype(int) % 12]
    clock = np.concatenate(([0.0], speed.cumsum()))
    r, alpha, s, beta = TRUTH
    joined = np.floor((days - 1) * random.random(customers) ** (1 / growth)).astype(int)
    life = random.exponential(1, customers) / random.gamma(s, 1 / beta, customers)
    gaps = random.exponential(1, (customers, 200)) / random.gamma(r, 1 / alpha, (customers, 1))
    times = np.hstack((np.zeros((customers, 1)), gaps.cumsum(axis=1)))
    who, nth = np.nonzero(times <= np.minimum(life, clock[-1] - clock[joined])[:, None])
    on_day = np.searchsorted(clock, clock[joined][who] + times[who, nth], side="right") - 1
    rows = {
        "customer_id": who,
        "happened_date": [FIRST + timedelta(days=int(day)) for day in np.minimum(on_day, days - 1)],
    }
    return pl.DataFrame(rows).with_columns(spend=pl.lit(10_0000)).unique().sort("customer_id", "happened_date")


def found_season(kind: str, occasions: pl.DataFrame, until: date = UNTIL) -> Season:
    history = purchase_history(occasions.lazy(), until).collect()
    activity = daily_activity(occasions.lazy(), history.lazy()).collect()
    return season(kind, ParetoNBD.fit(history), activity, until)


@pytest.fixture(scope="module")
def flat() -> np.ndarray:
    return np.ones(12)


@pytest.fixture(scope="module")
def christmas() -> np.ndarray:
    months = np.ones(12)
    months[DECEMBER], months[1] = 3.0, 0.5
    return months / months.mean()


@pytest.mark.parametrize("kind", ["ratio", "clock"])
def test_it_finds_the_months_that_were_busy(kind: str, christmas: np.ndarray) -> None:
    found = found_season(kind, shop_of(6_000, christmas, 1))
    assert found.months == pytest.approx(tuple(christmas), rel=0.15)


def test_growth_is_no_season(flat: np.ndarray) -> None:
    found = found_season("clock", shop_of(6_000, flat, 2, growth=3.0))
    assert found.months == pytest.approx((1.0,) * 12, abs=0.12)


def test_a_year_has_about_as_many_operational_days(christmas: np.ndarray) -> None:
    found = Season("clock", tuple(christmas))
    assert found.days_ahead(date(2025, 6, 30), 365) == pytest.approx(365, abs=3)
    assert found.days_ahead(date(2025, 11, 30), 31) == pytest.approx(31 * christmas[DECEMBER])
    assert OFF.days_ahead(date(2025, 11, 30), 31) == 31


def test_the_clock_stretches_histories_and_the_ratio_does_not() -> None:
    months = (1.0,) * 11 + (2.0,)
    rows = {"customer_id": ["a", "b"], "spend": [1, 1]}
    orders = pl.DataFrame(rows | {"happened_date": [date(2025, 11, 30), date(2025, 11, 30)]})
    again = pl.DataFrame({"customer_id": ["a"], "spend": [1], "happened_date": [date(2025, 12, 11)]})
    history = purchase_history(pl.concat([orders, again]).lazy(), UNTIL).collect()
    assert history.select("x", "t_x_days", "age_days").rows() == [(1, 11, 31), (0, 0, 31)]
    timed = Season("clock", months).history(history, UNTIL)
    assert timed.select("x", "t_x_days", "age_days").rows() == [(1, 22, 62), (0, 0, 62)]
    assert Season("ratio", months).history(history, UNTIL).equals(history)


def test_a_repeat_never_falls_on_the_first_day() -> None:
    slow = Season("clock", (0.1,) * 12)
    orders = pl.DataFrame(
        {"customer_id": ["a", "a"], "spend": [1, 1], "happened_date": [date(2025, 12, 29), date(2025, 12, 30)]}
    )
    timed = slow.history(purchase_history(orders.lazy(), UNTIL).collect(), UNTIL)
    assert timed.select("x", "t_x_days", "age_days").rows() == [(1, 1, 1)]


def test_activity_counts_first_and_further_occasions() -> None:
    orders = pl.DataFrame(
        {
            "customer_id": ["a", "a", "b"],
            "happened_date": [date(2025, 1, 1), date(2025, 1, 5), date(2025, 1, 5)],
            "spend": [1, 1, 1],
        }
    )
    history = purchase_history(orders.lazy(), UNTIL)
    found = daily_activity(orders.lazy(), history).collect()
    assert found.rows() == [(date(2025, 1, 1), 1, 0), (date(2025, 1, 5), 1, 1)]
    assert history_days(found, date(2025, 1, 11)) == 10
    assert history_days(found.clear(), UNTIL) == 0
