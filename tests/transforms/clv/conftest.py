"""Simulated customers that obey the models exactly, for recovery of known parameters."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

Simulation = Callable[..., pl.DataFrame]


@pytest.fixture(scope="session")
def mbg_histories() -> Simulation:
    """MBG/NBD customers acquired over a year and watched for up to three, in whole days."""

    def simulate(customers: int, truth: tuple[float, float, float, float], seed: int) -> pl.DataFrame:
        r, alpha, a, b = truth
        random = np.random.default_rng(seed)
        rate = random.gamma(r, 1 / alpha, customers)
        dropout = random.beta(a, b, customers)
        age = random.integers(730, 1096, customers)
        most = random.geometric(np.clip(dropout, 1e-12, 1)) - 1
        times = random.exponential(1, (customers, 400)).cumsum(axis=1) / rate[:, None]
        bought = (times <= age[:, None]) & (np.arange(400) < most[:, None])
        last = np.where(bought, times, 0.0).max(axis=1)
        assert not bought[:, -1].any()
        return pl.DataFrame({"x": bought.sum(axis=1), "t_x_days": np.floor(last).astype(int), "age_days": age})

    return simulate


@pytest.fixture(scope="session")
def pareto_histories() -> Simulation:
    """Pareto/NBD customers watched for one to three years unless told, in whole days; at most 900 repeats."""

    def simulate(
        customers: int, truth: tuple[float, float, float, float], seed: int, ages: tuple[int, int] = (365, 1096)
    ) -> pl.DataFrame:
        r, alpha, s, beta = truth
        random = np.random.default_rng(seed)
        rate = random.gamma(r, 1 / alpha, customers)
        lifetime = random.exponential(1, customers) / random.gamma(s, 1 / beta, customers)
        age = random.integers(*ages, customers)
        times = random.exponential(1, (customers, 900)).cumsum(axis=1) / rate[:, None]
        bought = times <= np.minimum(age, lifetime)[:, None]
        last = np.where(bought, times, 0.0).max(axis=1)
        assert not bought[:, -1].any()
        # Rounded, not cut off: the model's times are exact, and half a day early would be a bias.
        return pl.DataFrame({"x": bought.sum(axis=1), "t_x_days": np.rint(last).astype(int), "age_days": age})

    return simulate


@pytest.fixture(scope="session")
def gamma_gamma_histories() -> Simulation:
    """Gamma-Gamma customers with 0 to 8 repeat occasions."""

    def simulate(customers: int, truth: tuple[float, float, float], seed: int) -> pl.DataFrame:
        p, q, v = truth
        random = np.random.default_rng(seed)
        x = random.integers(0, 9, customers)
        nu = random.gamma(q, 1 / v, customers)
        mean = random.gamma(p * np.maximum(x, 1)) / (nu * np.maximum(x, 1))
        spend = pl.Series("mean_spend", mean)
        return pl.DataFrame({"x": x}).with_columns(mean_spend=pl.when(pl.col("x") > 0).then(spend))

    return simulate
