"""What came of messages, worked out by hand."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.customers.tables import Row, at, by_customer, table
from transforms.contracts import mart, staged
from transforms.customers.answers import ANSWERS, answers, customer_channels


def event(
    kind: str, day: int, channel: str = "email", campaign: str | None = "spring", customer: str = "c1", hour: int = 12
) -> Row:
    return {"customer_id": customer, "event_type": kind, "channel": channel, "campaign": campaign, **at(day, hour)}


def events(*rows: Row) -> pl.LazyFrame:
    keyed = [{"event_key": f"web/{n:03}", **row} for n, row in enumerate(rows)]
    return table(staged.CONTACT_EVENT, keyed, customer_id=pl.String)


def test_a_message_is_answered_once_however_often_it_was_opened() -> None:
    found = by_customer(
        answers(
            events(
                event("sent", -9),
                event("opened", -8),
                event("opened", -7),
                event("clicked", -7),
                event("sent", -5),
                event("sent", -5, "sms"),
                event("held_out", -2),
            )
        )
    )
    assert found == {
        "c1": {
            "contacts_sent": 3,
            "contacts_answered": 1,
            "answers_on": "email",
            "last_contact_date": date(2026, 2, 27),
        }
    }


def test_an_answer_belongs_to_the_latest_message_before_it_of_its_campaign_and_channel() -> None:
    told = [
        event("sent", -20, campaign=None),
        event("sent", -10, campaign=None),
        event("opened", -15, campaign=None),
        event("replied", -9, campaign=None),
        event("sent", -9),
        event("opened", -8, campaign="summer"),
        event("opened", -8, "sms"),
        event("opened", -30),
    ]
    assert by_customer(answers(events(*told)))["c1"]["contacts_answered"] == 2


def test_the_channel_with_most_messages_answered_counts_then_the_latest() -> None:
    opened_often = [event("sent", -9), *(event("opened", -8) for _ in range(5))]
    two_texts = [
        event("sent", -7, "sms"),
        event("clicked", -7, "sms", hour=13),
        event("sent", -6, "sms"),
        event("opened", -5, "sms"),
    ]
    assert by_customer(answers(events(*opened_often, *two_texts)))["c1"]["answers_on"] == "sms"
    assert by_customer(answers(events(*opened_often, *two_texts[:2])))["c1"]["answers_on"] == "sms"
    assert by_customer(answers(events(*opened_often, event("opened", -9, "sms"))))["c1"]["answers_on"] == "email"


def test_an_answer_to_no_known_message_tells_the_channel_alone() -> None:
    assert by_customer(answers(events(event("replied", -1, "wechat", None)))) == {
        "c1": {
            "contacts_sent": None,
            "contacts_answered": 0,
            "answers_on": "wechat",
            "last_contact_date": None,
        }
    }


def test_channels_count_what_happened_on_them() -> None:
    told = events(
        event("sent", -9),
        event("opened", -8),
        event("opened", -7),
        event("converted", -6),
        event("held_out", -5, "sms"),
        event("joined_group", -9, "wechat", None),
        event("active_in_group", -4, "wechat", None),
        event("left_group", -3, "wechat", None, "c2"),
        event("active_in_group", -5, "wechat", None, "c2"),
        event("left_group", -5, "wechat", None, "c3"),
        event("joined_group", -4, "wechat", None, "c3"),
    )
    found = mart.CUSTOMER_CHANNEL.conform(customer_channels(told)).collect()
    assert found.rows() == [
        ("c1", "email", 1, 2, 0, 0, 1, date(2026, 2, 23), date(2026, 2, 26), False, None),
        ("c1", "wechat", 0, 0, 0, 0, 0, None, None, True, date(2026, 2, 28)),
        ("c2", "wechat", 0, 0, 0, 0, 0, None, None, False, date(2026, 2, 27)),
        ("c3", "wechat", 0, 0, 0, 0, 0, None, None, True, None),
    ]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["sent", "held_out", *ANSWERS]),
        st.integers(-3, 0),
        st.sampled_from(["email", "sms"]),
        st.sampled_from([None, "spring"]),
        st.sampled_from(["c1", "c2"]),
    ),
    max_size=15,
)


@given(EVENTS)
def test_never_more_messages_are_answered_than_sent_and_channels_add_up_to_them(
    told: list[tuple[str, int, str, str | None, str]],
) -> None:
    frame = events(*(event(*row) for row in told))
    channels = customer_channels(frame).group_by("customer_id").agg(pl.col("sent").sum())
    sent = {name: row["sent"] for name, row in by_customer(channels).items()}
    for customer, row in by_customer(answers(frame)).items():
        assert (row["contacts_sent"] or 0) == sent[customer]
        assert int(str(row["contacts_answered"] or 0)) <= sent[customer]
        assert (row["answers_on"] is None) == (not any(kind in ANSWERS and who == customer for kind, *_, who in told))
