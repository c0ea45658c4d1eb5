"""The next birthday, by the solar or the lunar calendar."""

from datetime import date, timedelta

import polars as pl
from lunardate import LunarDate

LUNAR_BIRTHDAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30)$"
_LONGEST_MONTH = 30


def next_birthdays(cards: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`cards` with `next_birthday_date`, the first after `as_of`, by the lunar calendar where that one is told.

    `cards`: `birth_date`, `lunar_birthday` (`08-15`), both may be null. Who was born on 29 February keeps the 28th in
    years without one.
    """
    solar, lunar = pl.LazyFrame(solar_days(as_of)), pl.LazyFrame(lunar_days(as_of))
    return (
        cards.with_columns(month_day=pl.col("birth_date").dt.strftime("%m-%d"))
        .join(solar.rename({"next_date": "solar_date"}), on="month_day", how="left")
        .join(lunar.rename({"month_day": "lunar_birthday"}), on="lunar_birthday", how="left")
        .with_columns(next_birthday_date=pl.coalesce("next_date", "solar_date"))
        .drop("month_day", "solar_date", "next_date")
    )


def solar_days(as_of: date) -> pl.DataFrame:
    """`month_day` (`02-28`), `next_date`: when a birthday on each day of the year is kept next after `as_of`."""
    tomorrow = as_of + timedelta(days=1)
    days = [tomorrow + timedelta(days=days) for days in range(366)]
    following = {f"{day:%m-%d}": day for day in reversed(days)}
    ends_of_february = [date(year, 3, 1) - timedelta(days=1) for year in (as_of.year, as_of.year + 1)]
    return _table({**following, "02-29": min(day for day in ends_of_february if day > as_of)})


def lunar_days(as_of: date) -> pl.DataFrame:
    """`month_day` (`08-15`), `next_date`: when each day of the lunar year comes next after `as_of`.

    A birthday falls in the ordinary month, not in the leap one of the same number; what was on the 30th is kept on the
    29th where the month has no more. The calendar is known from 1900 to 2099.
    """
    lunar_years = range(as_of.year - 1, as_of.year + 2)
    dates = [
        (f"{month:02}-{day:02}", _solar(year, month, day))
        for year in lunar_years
        for month in range(1, 13)
        for day in range(1, _LONGEST_MONTH + 1)
    ]
    return _table({month_day: day for month_day, day in reversed(dates) if day > as_of})


def _solar(year: int, month: int, day: int) -> date:
    try:
        found: date = LunarDate(year, month, day).to_solar_date()
    except ValueError:
        found = LunarDate(year, month, day - 1).to_solar_date()
    return found


def _table(following: dict[str, date]) -> pl.DataFrame:
    schema = {"month_day": pl.String(), "next_date": pl.Date()}
    return pl.DataFrame(sorted(following.items()), schema=schema, orient="row")
