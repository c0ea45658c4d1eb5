"""A row for every day, so that BI tools can show days on which nothing happened."""

from datetime import date

import polars as pl


def calendar(first: date, last: date) -> pl.LazyFrame:
    """mart.calendar from 1 January of the year of `first` to 31 December of the year of `last`."""
    day = pl.col("date")
    days = pl.select(date=pl.date_range(first.replace(month=1, day=1), last.replace(month=12, day=31), "1d")).lazy()
    return days.select(
        day,
        year_number=day.dt.year(),
        quarter_number=day.dt.quarter(),
        month_number=day.dt.month(),
        month_start_date=day.dt.month_start(),
        week_number=day.dt.week(),
        weekday_number=day.dt.weekday(),
        is_weekend=day.dt.weekday() >= 6,  # noqa: PLR2004 - ISO: Saturday is 6
    )
