"""Birthdays by the sun and by the moon, against published dates."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.customers.birthdays import lunar_days, next_birthdays, solar_days


def next_one(as_of: date, birth_date: date | None = None, lunar: str | None = None) -> date | None:
    cards = pl.LazyFrame(
        {"birth_date": [birth_date], "lunar_birthday": [lunar]},
        schema={"birth_date": pl.Date, "lunar_birthday": pl.String},
    )
    found = next_birthdays(cards, as_of).collect()
    assert found.columns == ["birth_date", "lunar_birthday", "next_birthday_date"]
    day = found["next_birthday_date"].item()
    assert day is None or isinstance(day, date)
    return day


PUBLISHED = [
    ("08-15", date(2024, 9, 17)),  # Mid-Autumn Festival
    ("08-15", date(2025, 10, 6)),
    ("08-15", date(2026, 9, 25)),
    ("08-15", date(2027, 9, 15)),
    ("08-15", date(2028, 10, 3)),
    ("01-01", date(2026, 2, 17)),  # Spring Festival
    ("01-01", date(2027, 2, 6)),
    ("01-01", date(2028, 1, 26)),
    ("05-05", date(2025, 5, 31)),  # Dragon Boat Festival
    ("05-05", date(2026, 6, 19)),
]


@pytest.mark.parametrize(("lunar", "day"), PUBLISHED)
def test_lunar_birthdays_fall_on_the_published_days(lunar: str, day: date) -> None:
    assert next_one(day - timedelta(days=1), lunar=lunar) == day
    assert next_one(day - timedelta(days=300), lunar=lunar) == day


def test_a_birthday_on_the_night_itself_is_over() -> None:
    assert next_one(date(2026, 9, 25), lunar="08-15") == date(2027, 9, 15)
    assert next_one(date(2026, 3, 4), date(1990, 3, 4)) == date(2027, 3, 4)
    assert next_one(date(2026, 3, 3), date(1990, 3, 4)) == date(2026, 3, 4)


def test_a_lunar_birthday_counts_before_a_solar_one() -> None:
    assert next_one(date(2026, 3, 4), date(1990, 3, 5), "08-15") == date(2026, 9, 25)
    assert next_one(date(2026, 3, 4)) is None


def test_the_leap_month_is_passed_over() -> None:
    # 2025 has a sixth month from 25 June and a leap sixth month from 25 July.
    assert next_one(date(2025, 6, 1), lunar="06-10") == date(2025, 7, 4)
    assert next_one(date(2025, 7, 4), lunar="06-10") == date(2026, 7, 23)


def test_the_thirtieth_is_kept_on_the_twenty_ninth_of_a_short_month() -> None:
    # The twelfth month ends on the 29th in the year before Spring Festival of 2025, 2026 and 2027.
    assert next_one(date(2025, 2, 1), lunar="12-30") == date(2026, 2, 16)
    assert next_one(date(2025, 2, 1), lunar="12-29") == date(2026, 2, 16)
    # In 2024 it had thirty days: the eve of 10 February 2024.
    assert next_one(date(2024, 1, 1), lunar="12-30") == date(2024, 2, 9)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 3, 4), date(2027, 2, 28)),
        (date(2027, 3, 4), date(2028, 2, 29)),
        (date(2028, 2, 27), date(2028, 2, 29)),
        (date(2028, 2, 28), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 27), date(2027, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 29)),
    ],
)
def test_29_february_is_kept_on_the_28th_in_years_without_one(as_of: date, expected: date) -> None:
    assert next_one(as_of, date(2000, 2, 29)) == expected


@given(st.dates(date(2000, 1, 1), date(2098, 12, 31)))
def test_every_day_of_either_year_comes_within_thirteen_months(as_of: date) -> None:
    assert solar_days(as_of)["next_date"].min() == as_of + timedelta(days=1)
    for days, every in ((solar_days(as_of), 366), (lunar_days(as_of), 360)):
        assert days["month_day"].n_unique() == days.height == every
        assert as_of < days["next_date"].min() <= days["next_date"].max() <= as_of + timedelta(days=386)  # type: ignore[operator]
