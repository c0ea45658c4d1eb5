"""Weekday, hour, pieces and gaps, worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.customers.tables import ZONE, by_customer, table
from transforms.contracts import mart
from transforms.customers.rhythm import rhythm

MONDAY = date(2026, 3, 2)


def orders(*local: datetime, units: int = 1) -> pl.LazyFrame:
    """Orders of one customer at these times on the shop's clocks, which are eight hours ahead of UTC."""
    told = [
        {"customer_id": "c1", "order_date": at.date(), "ordered_at": at - timedelta(hours=8), "units": units}
        for at in local
    ]
    return table(mart.PURCHASE_ORDER, told)


def on(day: int, hour: int = 12) -> datetime:
    return datetime(MONDAY.year, MONDAY.month, MONDAY.day, hour, 30, tzinfo=UTC) + timedelta(days=day)


def of(told: pl.LazyFrame, column: str) -> object:
    return by_customer(rhythm(told, ZONE))["c1"][column]


@pytest.mark.parametrize(
    ("days", "expected"),
    [((0, 7, 1), 1), ((0, 1), None), ((0, 1, 2), None), ((0, 7, 1, 8, 6), None), ((6, 13, 13, 0), 7)],
)
def test_the_favourite_weekday_is_the_single_one_of_most_orders(days: tuple[int, ...], expected: int | None) -> None:
    assert of(orders(*map(on, days)), "favourite_weekday") == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((9, 20, 21), 20),
        ((23, 1, 0), 0),  # a mean would say 8
        ((22, 23, 2), 23),  # 22: 1+4, 23: 1+3, 2: 4+3
        ((22, 23, 2, 3), 2),  # 23: 1+3+4, 2: 4+3+1
        ((20, 20, 20, 8), 20),
        ((10, 14, 14, 10), 10),
        ((10, 14), None),
    ],
)
def test_the_favourite_hour_is_the_median_around_the_clock(hours: tuple[int, ...], expected: int | None) -> None:
    assert of(orders(*(on(day, hour) for day, hour in enumerate(hours))), "favourite_hour") == expected


def test_orders_at_midnight_to_the_second_tell_no_hour() -> None:
    midnights = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3)]
    assert of(orders(*midnights), "favourite_hour") is None
    assert of(orders(*midnights, on(0, 9), on(1, 9), on(2, 9)), "favourite_hour") == 9


@given(st.lists(st.integers(0, 23), min_size=3, max_size=8), st.integers(0, 23))
def test_no_hour_is_nearer_to_all_and_turning_the_clock_turns_the_hour(hours: list[int], turn: int) -> None:
    def distance(from_hour: int) -> int:
        return sum(min(abs(from_hour - hour), 24 - abs(from_hour - hour)) for hour in hours)

    found = of(orders(*(on(day, hour) for day, hour in enumerate(hours))), "favourite_hour")
    assert found in hours
    assert distance(int(str(found))) == min(distance(hour) for hour in range(24))
    turned = [(hour + turn) % 24 for hour in hours]
    again = of(orders(*(on(day, hour) for day, hour in enumerate(turned))), "favourite_hour")
    assert distance((int(str(again)) - turn) % 24) == distance(int(str(found)))


def test_the_usual_gap_is_the_median_between_days_with_orders() -> None:
    assert of(orders(on(0), on(0, 15), on(3), on(4), on(30)), "usual_gap_days") == 3.0
    assert of(orders(on(0), on(3), on(7)), "usual_gap_days") == 3.5
    assert of(orders(on(0), on(0, 15)), "usual_gap_days") is None


def test_gaps_do_not_reach_from_one_customer_to_the_next() -> None:
    told = orders(on(0), on(9)).with_columns(customer_id=pl.Series(["c1", "c2"]))
    assert [row["usual_gap_days"] for row in by_customer(rhythm(told, ZONE)).values()] == [None, None]


def test_pieces_in_an_order_and_nobodys_orders() -> None:
    told = pl.concat([orders(on(0), units=3), orders(on(1), units=0), orders(on(2)).with_columns(customer_id=None)])
    assert {name: row["units_per_order"] for name, row in by_customer(rhythm(told, ZONE)).items()} == {"c1": 1.5}
