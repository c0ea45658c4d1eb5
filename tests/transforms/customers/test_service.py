"""How the service treated a customer: as of the night, worked out by hand."""

from datetime import date, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.transforms.customers.tables import AS_OF, ZONE, Row, at, by_customer, table
from transforms.contracts import mart, staged
from transforms.customers.service import open_complaints, service, tickets_of_customers


def instant(day: int, hour: int = 12) -> datetime:
    found = at(day, hour)["happened_at"]
    assert isinstance(found, datetime)
    return found


def ticket(key: str, kind: str, day: int, reply: int | None = None, settled: int | None = None, **told: object) -> Row:
    """A ticket opened at noon, `reply` and `settled` in hours after that."""
    opened = instant(day)
    return {
        "ticket_key": f"web/{key}",
        "customer_id": "c1",
        "channel": "chat",
        "ticket_type": kind,
        "first_reply_at": None if reply is None else opened + timedelta(hours=reply),
        "resolved_at": None if settled is None else opened + timedelta(hours=settled),
        **at(day),
        **told,
    }


def tickets(*rows: Row) -> pl.LazyFrame:
    return table(staged.TICKET, list(rows), customer_id=pl.String)


def test_tickets_are_counted_by_what_is_wanted() -> None:
    found = by_customer(
        service(
            tickets(
                ticket("1", "inquiry", -90, reply=2, settled=3),
                ticket("2", "complaint", -40, reply=4, settled=50),
                ticket("3", "complaint", -3, reply=6),
                ticket("4", "service_request", -30, settled=7),
                ticket("5", "inquiry", 0),
            ),
            AS_OF,
            ZONE,
        )
    )
    # Hours: 2, 4, 6, 7 (settled without an answer) and 12, which waits since noon of the night's day.
    assert found == {
        "c1": {
            "inquiries": 2,
            "complaints": 2,
            "service_requests": 1,
            "open_tickets": 2,
            "open_complaints": 1,
            "last_complaint_date": date(2026, 3, 1),
            "first_reply_hours": 6.0,
            "resolution_hours": 7.0,
        }
    }


def test_an_answer_told_to_come_before_the_question_took_no_time() -> None:
    found = by_customer(service(tickets(ticket("1", "inquiry", -9, reply=-1, settled=-1)), AS_OF, ZONE))
    assert (found["c1"]["first_reply_hours"], found["c1"]["resolution_hours"]) == (0.0, 0.0)


def test_what_happens_after_the_night_has_not_happened() -> None:
    told = tickets(
        ticket("1", "complaint", 0, reply=11, settled=12),
        ticket("2", "inquiry", 1),
        ticket("3", "inquiry", 0, reply=12),
    )
    found = by_customer(service(told, AS_OF, ZONE))["c1"]
    # The day ends 12 hours after noon: the answer after 11 hours is in time, settling after 12 is not.
    assert (found["inquiries"], found["complaints"], found["open_tickets"]) == (1, 1, 2)
    assert (found["first_reply_hours"], found["resolution_hours"]) == (11.5, None)


def test_the_oldest_open_complaint_stands_on_the_card() -> None:
    told = tickets(
        ticket("1", "complaint", -50, settled=9),
        ticket("3", "complaint", -20, reply=5, tags="late;broken", order_key="web/O1", channel="phone"),
        ticket("2", "complaint", -9),
        ticket("4", "inquiry", -99),
    )
    assert by_customer(open_complaints(told, AS_OF, ZONE)) == {
        "c1": {
            "open_complaint_at": instant(-20),
            "open_complaint_channel": "phone",
            "open_complaint_tags": "late;broken",
            "open_complaint_reply_at": instant(-20, 17),
            "open_complaint_order_key": "web/O1",
        }
    }


def test_a_ticket_belongs_to_its_account_or_else_to_the_buyer_of_its_order() -> None:
    told = [
        {"ticket_key": "1", "account_key": "web/1", "order_key": "web/O2"},
        {"ticket_key": "2", "account_key": None, "order_key": "web/O2"},
        {"ticket_key": "3", "account_key": "web/9", "order_key": "web/O2"},
        {"ticket_key": "4", "account_key": None, "order_key": "web/O9"},
        {"ticket_key": "5", "account_key": None, "order_key": None},
    ]
    ids = pl.LazyFrame({"account_key": ["web/1", "web/2"], "customer_id": ["c1", "c2"]})
    orders = table(
        mart.PURCHASE_ORDER,
        [{"order_key": "web/O2", "customer_id": "c2"}, {"order_key": None, "customer_id": "c3"}],
    )
    found = tickets_of_customers(table(staged.TICKET, told), ids, orders).collect()
    assert dict(found.select("ticket_key", "customer_id").rows()) == {
        "1": "c1",
        "2": "c2",
        "3": "c2",
        "4": None,
        "5": None,
    }


HOURS = st.none() | st.integers(0, 200)
TICKETS = st.lists(
    st.tuples(
        st.sampled_from(["inquiry", "complaint"]), st.integers(-6, 3), HOURS, HOURS, st.sampled_from(["c1", "c2"])
    ),
    max_size=8,
)


@given(TICKETS, st.integers(-5, 0))
def test_an_earlier_night_is_that_of_tickets_cut_at_its_end(
    told: list[tuple[str, int, int | None, int | None, str]], back: int
) -> None:
    as_of = AS_OF + timedelta(days=back)
    end = instant(back + 1, 0)
    rows = [
        ticket(str(n), kind, day, reply, settled, customer_id=who)
        for n, (kind, day, reply, settled, who) in enumerate(told)
    ]
    cut = [
        {
            **row,
            **{
                name: row[name] if row[name] is not None and row[name] < end else None  # type: ignore[operator]
                for name in ("first_reply_at", "resolved_at")
            },
        }
        for row in rows
        if row["happened_at"] < end  # type: ignore[operator]
    ]
    for of_tickets in (service, open_complaints):
        found, expected = (
            of_tickets(tickets(*some), as_of, ZONE).sort("customer_id").collect() for some in (rows, cut)
        )
        assert_frame_equal(found, expected)
