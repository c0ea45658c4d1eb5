"""What people told about themselves: birthdays by the sun and by the moon, family, a favourite colour."""

import numpy as np
import polars as pl

from transforms.simulator.moments import DAY_SECONDS
from transforms.simulator.setting import Setting

OLDEST_DAYS, YOUNGEST_DAYS = 75 * 365, 16 * 365
FAMILIES = ("single", "couple", "one child", "two children", "grandparents")
COLOURS = ("red", "blue", "green", "black", "white", "pink", "yellow")
SOURCES = ("membership form", "survey", "service chat")
SHARES = {"birthday": 0.35, "lunar_birthday": 0.12, "family": 0.10, "favourite_colour": 0.10}
"""Of the accounts that can be named: the attribute is told."""


def draw_births(setting: Setting, people: int) -> pl.DataFrame:
    """By person: `birthday` (a date), `lunar_birthday` (`08-15`), drawn apart: which they keep is a matter of taste."""
    rng = setting.stream("births")
    born = np.datetime64(setting.first, "D") - rng.integers(YOUNGEST_DAYS, OLDEST_DAYS, people).astype("timedelta64[D]")
    month, day = rng.integers(1, 13, people), rng.integers(1, 31, people)
    return pl.DataFrame({"birthday": born, "month": month, "day": day}).select(
        "birthday",
        pl.concat_str(
            pl.col("month").cast(pl.String).str.zfill(2), pl.lit("-"), pl.col("day").cast(pl.String).str.zfill(2)
        ).alias("lunar_birthday"),
    )


def draw_attributes(setting: Setting, accounts: pl.DataFrame, births: pl.DataFrame) -> pl.DataFrame:
    """`account` (index), `attribute`, `attribute_value`, `source`, `recorded_at`, by account and attribute.

    `accounts` has a row an account that can be named: `account`, `person`, `opened_day`.
    """
    rng = setting.stream("attributes")
    size = len(accounts)
    person = accounts["person"]
    told = {
        "birthday": births["birthday"].cast(pl.String).gather(person),
        "lunar_birthday": births["lunar_birthday"].gather(person),
        "family": pl.Series(FAMILIES).gather(rng.integers(len(FAMILIES), size=size)),
        "favourite_colour": pl.Series(COLOURS).gather(rng.integers(len(COLOURS), size=size)),
    }
    start = accounts["opened_day"].to_numpy()
    rows = []
    for attribute, value in told.items():
        day = start + (rng.random(size) * (setting.days - start)).astype(np.int64)
        second = rng.integers(9 * 3600, 21 * 3600, size)
        rows.append(
            accounts.select(
                "account",
                attribute=pl.lit(attribute),
                attribute_value=value,
                source=pl.Series(SOURCES).gather(rng.integers(len(SOURCES), size=size)),
                recorded_at=pl.Series(
                    np.datetime64(setting.first, "us") + (day * DAY_SECONDS + second).astype("timedelta64[s]")
                ),
            ).filter(pl.Series(rng.random(size) < SHARES[attribute]))
        )
    return pl.concat(rows).sort("account", "attribute")
