"""History tables of every kind that is allowed, likely or not: a seed gives a table."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Table = tuple[Ints, Ints, Ints]
"""x, t_x_days and age_days."""

MOST_X, MOST_DAYS = 500, 3_650


def _allowed(x: Ints, share: NDArray[np.float64], age: Ints) -> Table:
    """The last purchase at a `share` of the age, but no more occasions than days: an occasion is a day."""
    x = np.minimum(x, age)
    return x, np.where(x > 0, np.clip(np.rint(share * age), x, age), 0).astype(np.int64), age


def _few_rows(random: np.random.Generator) -> Table:
    rows = int(random.integers(1, 7))
    return _allowed(random.integers(0, MOST_X + 1, rows), random.random(rows), random.integers(0, MOST_DAYS + 1, rows))


def _one_row_many_times(random: np.random.Generator) -> Table:
    x, share, age = random.integers(0, 20, 1), random.random(1), random.integers(0, MOST_DAYS + 1, 1)
    times = int(random.integers(1, 400))
    return _allowed(np.repeat(x, times), np.repeat(share, times), np.repeat(age, times))


def _all_x_equal(random: np.random.Generator) -> Table:
    rows = int(random.integers(2, 300))
    x = np.full(rows, random.choice([0, 1, 2, 7, MOST_X]))
    return _allowed(x, random.random(rows), random.integers(1, MOST_DAYS + 1, rows))


def _all_ages_equal(random: np.random.Generator) -> Table:
    rows = int(random.integers(2, 300))
    age = np.full(rows, random.choice([0, 1, 30, 365, MOST_DAYS]))
    return _allowed(random.poisson(random.gamma(0.5, 4, rows)), random.random(rows), age)


def _hardly_anybody_back(random: np.random.Generator) -> Table:
    rows = int(random.integers(2, 300))
    x = np.zeros(rows, dtype=np.int64)
    x[: random.integers(0, 3)] = 1
    return _allowed(x, random.random(rows), random.integers(1, 800, rows))


def _everybody_bought_today(random: np.random.Generator) -> Table:
    rows = int(random.integers(2, 300))
    return _allowed(random.integers(0, 12, rows), np.ones(rows), random.integers(1, 1_200, rows))


def _everybody_left_at_once(random: np.random.Generator) -> Table:
    rows = int(random.integers(2, 300))
    return _allowed(random.integers(0, 12, rows), np.zeros(rows), random.integers(0, 1_200, rows))


def _two_crowds(random: np.random.Generator) -> Table:
    heavy, light = int(random.integers(1, 40)), int(random.integers(1, 200))
    x = np.concatenate((random.integers(MOST_X // 2, MOST_X + 1, heavy), random.integers(0, 2, light)))
    share = np.concatenate((1 - random.random(heavy) / 50, random.random(light)))
    return _allowed(x, share, random.integers(MOST_DAYS // 2, MOST_DAYS + 1, heavy + light))


def _shop(random: np.random.Generator) -> Table:
    """Customers of the Pareto/NBD's story with parameters of any size."""
    rows = int(random.integers(20, 400))
    r, alpha, s, beta = np.exp(random.uniform(np.log((0.05, 1, 0.05, 1)), np.log((10, 1_000, 10, 3_000))))
    age = random.integers(1, int(random.choice([60, 400, MOST_DAYS])) + 1, rows)
    seen = np.minimum(age, random.exponential(size=rows) / np.maximum(random.gamma(s, 1 / beta, rows), 1e-300))
    x = np.minimum(random.poisson(random.gamma(r, 1 / alpha, rows) * seen), MOST_X)
    return _allowed(x, random.beta(np.maximum(x, 1), 1) * seen / age, age)


KINDS: tuple[Callable[[np.random.Generator], Table], ...] = (
    _few_rows,
    _shop,
    _one_row_many_times,
    _shop,
    _all_x_equal,
    _all_ages_equal,
    _shop,
    _hardly_anybody_back,
    _everybody_bought_today,
    _shop,
    _everybody_left_at_once,
    _two_crowds,
)


def _spend(random: np.random.Generator, rows: int) -> NDArray[np.float64]:
    kinds: tuple[Callable[[], NDArray[np.float64]], ...] = (
        lambda: random.lognormal(3, random.choice([0.1, 1, 3]), rows),
        lambda: np.full(rows, random.choice([1e-4, 30.0, 1e12])),
        lambda: random.gamma(0.1, 1e9, rows),
        lambda: np.where(random.random(rows) < 0.5, 0.0, random.gamma(2, 20, rows)),
        lambda: np.where(np.arange(rows) == 0, 1e12, 30.0),
        lambda: random.choice([9.9, 19.9, 49.9], rows),
    )
    return kinds[int(random.integers(len(kinds)))]()


def any_history(seed: int) -> pl.DataFrame:
    """`x`, `t_x_days`, `age_days` and `mean_spend`; one table in four with a `weight`."""
    random = np.random.default_rng(seed)
    x, t_x, age = KINDS[seed % len(KINDS)](random)
    spend = pl.Series(_spend(random, len(x)))
    table = pl.DataFrame({"x": x, "t_x_days": t_x, "age_days": age}).with_columns(
        mean_spend=pl.when(pl.col("x") > 0).then(spend)
    )
    if random.random() < 0.25:
        return table.with_columns(weight=pl.Series(random.integers(1, 1_000, len(x))))
    return table
