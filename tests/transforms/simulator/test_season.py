from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy.stats import kstest

from tests.transforms.simulator.full_shops import FIRST, ONCE_IN_A_THOUSAND, UNTIL, stage, truth
from transforms.simulator.lives import draw_lives, draw_visits
from transforms.simulator.season import MID_AUTUMN, QIXI, SPRING_FESTIVALS, Season, season

DAYS = (UNTIL - FIRST).days + 1


def intensity_on(day: date) -> float:
    return float(season(FIRST, UNTIL).intensity[(day - FIRST).days])


def test_operational_time_runs_as_long_as_the_calendar_and_never_back() -> None:
    year = season(FIRST, UNTIL)
    at = np.linspace(0, DAYS, 5_000)
    operational = year.operational(at)
    assert operational[-1] == pytest.approx(DAYS)
    assert (np.diff(operational) > 0).all()
    middles = np.arange(DAYS) + 0.5
    assert (year.day(year.operational(middles)) == np.arange(DAYS)).all()
    assert year.day(np.array([0.0, 1e9])).tolist() == [0, DAYS - 1]


def test_an_even_season_leaves_time_alone() -> None:
    even = Season(np.ones(10), np.zeros(10, dtype=np.bool_))
    assert even.operational(np.array([0.0, 2.5, 10.0])).tolist() == [0.0, 2.5, 10.0]
    assert even.day(np.array([0.0, 2.5, 9.99])).tolist() == [0, 2, 9]


@pytest.mark.parametrize(
    ("busy", "quiet"),
    [
        (date(2025, 11, 11), date(2025, 11, 18)),
        (date(2025, 6, 18), date(2025, 6, 25)),
        (date(2026, 1, 30), date(2026, 2, 17)),
        (date(2025, 10, 2), date(2025, 10, 9)),
        (date(2026, 8, 18), date(2026, 8, 25)),
    ],
)
def test_festivals_are_busier_than_the_same_weekday_after_them(busy: date, quiet: date) -> None:
    assert intensity_on(busy) > 1.2 * intensity_on(quiet)


def test_lunar_festivals_fall_on_published_dates() -> None:
    assert {date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26)} <= set(SPRING_FESTIVALS)
    assert {date(2026, 8, 19), date(2027, 8, 8)} <= set(QIXI)
    assert {date(2026, 9, 25), date(2027, 9, 15), date(2028, 10, 3)} <= set(MID_AUTUMN)


def test_a_shop_far_from_any_known_lunar_year_has_a_season() -> None:
    assert season(date(1990, 1, 1), date(1990, 12, 31)).intensity.mean() == pytest.approx(1.0)
    assert len(season(date(9999, 1, 1), date(9999, 12, 31)).intensity) == 365


def test_repeat_purchases_are_a_steady_process_in_operational_time() -> None:
    """Given its number, the times of a Poisson process are uniform over the time watched."""
    here = stage(11)
    lives = draw_lives(here, 20_000)
    visits = draw_visits(here, lives)
    watched = np.minimum(lives.customers.lifetime_days, here.days - lives.arrived_at)
    expected = float((lives.customers.purchase_rate * watched)[lives.customers.buys].sum())
    repeats = len(visits) - int(lives.customers.buys.sum())
    assert abs(repeats - expected) < ONCE_IN_A_THOUSAND * np.sqrt(expected) + 0.005 * expected
    # Only of long lives: within a short one, a whole day is no small part of the time watched.
    is_repeat = (np.diff(visits.customer, prepend=-1) == 0) & (watched[visits.customer] > 300)
    person = visits.customer[is_repeat]
    day = visits.day[is_repeat] + np.random.default_rng(1).random(int(is_repeat.sum()))
    since = (here.season.operational(day) - lives.arrived_at[person]) / watched[person]
    assert kstest(since[::7], "uniform").pvalue > 0.001


def test_orders_of_each_month_follow_the_intensity() -> None:
    here = stage(12)
    lives = draw_lives(here, 20_000)
    visits = draw_visits(here, lives)
    month = (np.datetime64(FIRST, "D") + np.arange(DAYS)).astype("datetime64[M]").astype(np.int64)
    month -= month[0]
    # What everyone's process expects of each month: rate x operational time alive in it.
    edges = np.flatnonzero(np.diff(month, prepend=-1, append=-1))
    running = here.season.operational(edges.astype(np.float64))
    ends = np.minimum(lives.arrived_at + lives.customers.lifetime_days, DAYS)
    alive = np.clip(ends[:, None], running[:-1], running[1:]) - np.clip(
        lives.arrived_at[:, None], running[:-1], running[1:]
    )
    rate = np.where(lives.customers.buys, lives.customers.purchase_rate, 0.0)
    expected = (rate[:, None] * np.maximum(alive, 0)).sum(axis=0)
    is_repeat = np.diff(visits.customer, prepend=-1) == 0
    seen = np.bincount(month[visits.day[is_repeat]], minlength=len(expected))
    big = expected > 100
    error = (seen - expected)[big] / np.sqrt(expected[big])
    # A second repeat of a day moves to the next, so a busy month lends a few to the one after: 2 % on top.
    assert (np.abs(error) < ONCE_IN_A_THOUSAND + 0.02 * np.sqrt(expected[big])).all()
    assert np.corrcoef(seen[big], expected[big])[0, 1] > 0.98


def test_the_truth_tells_the_season() -> None:
    told = truth("season")
    assert told["intensity"].mean() == pytest.approx(1.0)
    assert told["day"].to_list()[:: DAYS - 1] == [FIRST, UNTIL]
    assert told.filter(pl.col("day") == date(2025, 11, 11))["is_promotion"].item()
