"""Full shops the tests look at, drawn once."""

from datetime import date
from functools import cache

import numpy as np
import polars as pl

from transforms.simulator.full import FullShop, full_shop
from transforms.simulator.full_world import WORLDS
from transforms.simulator.setting import Setting, setting

FIRST, UNTIL = date(2023, 11, 23), date(2026, 11, 21)
ONCE_IN_A_THOUSAND = 3.29
"""Standard errors, both sides. Seeds are fixed, so no test fails by chance."""


@cache
def stage(seed: int = 5, world: str = "standard") -> Setting:
    return setting(seed, FIRST, UNTIL, WORLDS[world])


@cache
def shop(people: int = 20_000, seed: int = 5, world: str = "standard") -> FullShop:
    return full_shop(stage(seed, world), people, "USD")


@cache
def truth(name: str, people: int = 20_000, seed: int = 5, world: str = "standard") -> pl.DataFrame:
    return shop(people, seed, world).truth[name]()


def is_share(flags: pl.Series, share: float) -> bool:
    """Whether flags drawn with this probability could be so many, within the bound."""
    error = np.sqrt(share * (1 - share) / len(flags))
    return bool(abs(flags.mean() - share) < ONCE_IN_A_THOUSAND * error)
