"""How the service does, worked out by hand."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.transforms.customers.tables import AS_OF, ZONE, Row, at, table
from transforms.contracts import health, mart, staged
from transforms.health.services import service_health


def instant(day: int, hour: int = 12) -> datetime:
    found = at(day, hour)["happened_at"]
    assert isinstance(found, datetime)
    return found


def ticket(key: int, day: int, reply: int | None = None, settled: int | None = None, **told: object) -> Row:
    """A ticket by chat for agent A01, opened at noon, `reply` and `settled` in hours after that."""
    opened = instant(day)
    return {
        "ticket_key": f"web/{key}",
        "channel": "chat",
        "agent_id": "A01",
        "ticket_type": "inquiry",
        "first_reply_at": None if reply is None else opened + timedelta(hours=reply),
        "resolved_at": None if settled is None else opened + timedelta(hours=settled),
        **at(day),
        **told,
    }


def order(customer: str, day: int, hour: int = 13) -> Row:
    return {
        "customer_id": customer,
        "ordered_at": instant(day, hour),
        "order_date": AS_OF + timedelta(days=day),
    }


def found(tickets: list[Row], orders: list[Row] | None = None, as_of: date = AS_OF) -> pl.DataFrame:
    told = table(staged.TICKET, tickets, customer_id=pl.String)
    frame = service_health(told, table(mart.PURCHASE_ORDER, orders or []), as_of, ZONE)
    return health.SERVICE_HEALTH.conform(frame).collect()


def test_without_tickets_there_is_no_row() -> None:
    assert found([]).is_empty()
    assert found([ticket(1, -365), ticket(2, 1)]).is_empty()


def test_tickets_of_a_year_by_channel_and_agent() -> None:
    tickets = [
        ticket(1, -364, reply=1, settled=2, reopened_count=0),
        ticket(2, -9, reply=3, settled=8, ticket_type="complaint", reopened_count=2),
        ticket(3, -9, settled=5),
        ticket(4, 0),
        ticket(5, -9, reply=2, channel="email"),
        ticket(6, -9, reply=2, agent_id=None),
    ]
    frame = found(tickets)
    assert frame.select("channel", "agent_id", "tickets").rows() == [
        ("chat", "(untold)", 1),
        ("chat", "A01", 4),
        ("email", "A01", 1),
    ]
    agent = frame.row(1, named=True)
    # Hours to an answer: 1, 3, 5 (settled without one) and 12, which waits since noon.
    assert agent == {
        "as_of_date": AS_OF,
        "channel": "chat",
        "agent_id": "A01",
        "tickets": 4,
        "complaints": 1,
        "open_tickets": 1,
        "unanswered_tickets": 2,
        "first_reply_hours": 4.0,
        "slow_reply_hours": 12.0,
        "resolution_hours": 5.0,
        "reopened_rate": 0.5,
        "followed_tickets": 0,
        "repurchase_rate": None,
    }
    assert frame["reopened_rate"].to_list() == [None, 0.5, None]


@pytest.mark.parametrize(("hours", "expected"), [(range(1, 11), 9.0), (range(1, 12), 10.0), (range(1, 4), 3.0)])
def test_nine_in_ten_are_answered_within_the_slow_hours(hours: range, expected: float) -> None:
    frame = found([ticket(hour, -99, reply=hour) for hour in hours])
    assert frame["slow_reply_hours"].to_list() == [expected]


def test_who_buys_within_ninety_days_after_a_ticket_has_bought_again() -> None:
    tickets = [
        ticket(1, -90, customer_id="c1"),
        ticket(2, -120, customer_id="c2"),
        ticket(3, -120, customer_id="c3"),
        ticket(4, -120, customer_id="c4"),
        ticket(5, -120),
        ticket(6, -89, customer_id="c1"),
    ]
    orders = [
        order("c1", 0, 12),
        order("c2", -120, 13),
        order("c2", -100),
        order("c3", -120, 11),
        order("c3", -30, 13),
        order("c4", -130),
    ]
    assert found(tickets, orders).select("tickets", "followed_tickets", "repurchase_rate").rows() == [(6, 4, 0.5)]


HOURS = st.none() | st.integers(0, 200)
DAY = st.integers(-6, 3).map(lambda day: day * 30)
TICKETS = st.lists(st.tuples(DAY, HOURS, HOURS, st.sampled_from(["c1", "c2", None])), max_size=8)


@given(TICKETS, st.lists(st.tuples(st.sampled_from(["c1", "c2"]), DAY), max_size=6), st.integers(-60, 0))
def test_an_earlier_night_is_that_of_rows_cut_at_it(
    tickets: list[tuple[int, int | None, int | None, str | None]], orders: list[tuple[str, int]], back: int
) -> None:
    end = instant(back + 1, 0)

    def seen(row: Row) -> Row:
        later = ("first_reply_at", "resolved_at")
        return {name: None if name in later and value and value >= end else value for name, value in row.items()}  # type: ignore[operator]

    told = [ticket(n, day, reply, settled, customer_id=who) for n, (day, reply, settled, who) in enumerate(tickets)]
    bought = [order(who, day) for who, day in orders]
    cut = [seen(row) for row in told if row["happened_at"] < end]  # type: ignore[operator]
    before = [row for row in bought if row["ordered_at"] < end]  # type: ignore[operator]
    as_of = AS_OF + timedelta(days=back)
    assert_frame_equal(found(told, bought, as_of), found(cut, before, as_of))
