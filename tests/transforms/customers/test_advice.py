"""Advice: each rule at its edge, and nothing is sold to who waits for an answer."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts import contact, mart
from transforms.customers.advice import advice, rules

NIGHT = date(2026, 3, 1)
DAY = timedelta(days=1)
LATEST = NIGHT - 179 * DAY
"""A bad rating of this day is still asked about."""
AT = datetime(2026, 2, 20, 9, tzinfo=UTC)
SCHEMA = {**mart.CUSTOMER.polars_schema, **mart.CUSTOMER_SCORE.polars_schema}
QUIET = {"orders": 5, "open_tickets": 0, "open_complaints": 0, "reachable_by": "email"}
"""Nothing to say of such a customer."""


def told(*people: dict[str, object]) -> list[list[str]]:
    """For each of the people, `kind.advice` in order. Values of either table by column."""
    ids = [f"c{number}" for number in range(len(people))]
    customers, cards = (
        pl.LazyFrame(
            [
                {name: ({"customer_id": key} | QUIET | person).get(name) for name in schema}
                for key, person in zip(ids, people, strict=True)
            ],
            schema=schema,
        )
        for schema in (SCHEMA, contact.CUSTOMER_CARD.polars_schema)
    )
    found = advice(customers, cards, NIGHT).collect().rows()
    return [[f"{kind}.{name}" for key, kind, name in found if key == customer] for customer in ids]


def test_of_a_quiet_customer_there_is_nothing_to_say() -> None:
    assert told({}) == [[]]


@pytest.mark.parametrize(
    ("expected", "holds", "does_not"),
    [
        ("first.bad_rating", {"last_rating": 2, "last_review_date": NIGHT}, {"last_rating": 3}),
        ("first.bad_rating", {"last_rating": 1, "last_review_date": NIGHT}, {"last_order_date": NIGHT + DAY}),
        ("first.bad_rating", {"last_rating": 1, "last_review_date": LATEST}, {"last_review_date": LATEST - DAY}),
        ("first.refund", {"last_refund_date": NIGHT, "last_order_date": NIGHT}, {"last_refund_date": NIGHT - DAY}),
        ("first.open_ticket", {"open_tickets": 1}, {"open_complaints": 1}),
        ("offer.congratulate", {"next_birthday_date": NIGHT + 30 * DAY}, {"next_birthday_date": NIGHT + 31 * DAY}),
        ("offer.stored_value", {"stored_value": 1}, {"stored_value": 0}),
        ("offer.paid_membership", {"paid_until_date": NIGHT}, {"paid_until_date": NIGHT - DAY}),
        ("offer.contract", {"contract_end_date": NIGHT + 30 * DAY}, {"contract_end_date": NIGHT + 31 * DAY}),
        ("offer.next_tier", {"missing_to_next_tier": 9, "monetary_value": 9}, {"monetary_value": 8}),
        ("offer.business", {"is_business": True}, {"is_business": False}),
        ("offer.due", {"usual_gap_days": 30.0, "recency_days": 30}, {"recency_days": 29}),
        ("offer.due", {"usual_gap_days": 30.0, "recency_days": 59}, {"usual_gap_days": None}),
        ("offer.long_silent", {"usual_gap_days": 30.0, "recency_days": 60}, {"recency_days": 20}),
        ("offer.member_price", {"promotion_share": 0.5}, {"orders": 1, "promotion_share": 0.5}),
        ("offer.second_purchase", {"orders": 1, "recency_days": 90}, {"orders": 2}),
        ("offer.single_long_ago", {"orders": 1, "recency_days": 91}, {"recency_days": 90}),
        ("offer.first_purchase", {"orders": 0}, {"orders": 2}),
        ("avoid.selling_more", {"refund_rate": 0.3, "orders": 3}, {"orders": 2}),
        ("avoid.writing", {"reachable_by": None}, {"reachable_by": "sms"}),
        ("avoid.writing_again", {"last_contact_date": NIGHT - 6 * DAY}, {"last_contact_date": NIGHT - 7 * DAY}),
    ],
)  # fmt: skip
def test_a_rule_holds_up_to_its_edge(expected: str, holds: dict[str, object], does_not: dict[str, object]) -> None:
    inside, outside = told(holds, {**holds, **does_not})
    assert inside == [expected]
    assert expected not in outside


def test_who_pays_full_price_is_shown_what_is_new_and_given_no_discount() -> None:
    assert told(
        {"full_price_share": 0.8}, {"full_price_share": 0.79}, {"full_price_share": 1.0, "orders": 1, "recency_days": 9}
    ) == [
        ["offer.new_arrivals", "avoid.discount"],
        [],
        ["offer.second_purchase"],
    ]


def test_a_complaint_comes_first_and_ends_all_offers() -> None:
    open_one = {
        "open_complaint_at": AT,
        "open_tickets": 1,
        "open_complaints": 1,
        "stored_value": 5,
        "full_price_share": 1.0,
    }
    assert told(open_one, {**open_one, "open_complaint_reply_at": AT}) == [
        ["first.complaint_unanswered", "avoid.promotion"],
        ["first.complaint_answered", "avoid.promotion"],
    ]


def test_without_a_card_the_other_rules_hold() -> None:
    customers = pl.LazyFrame([{"customer_id": "a", "orders": 0, "reachable_by": "email"}], schema=SCHEMA)
    found = advice(customers, contact.CUSTOMER_CARD.empty().lazy(), NIGHT).collect()
    assert found.rows() == [("a", "offer", "first_purchase")]


MOSTLY = st.fixed_dictionaries(
    {
        "orders": st.integers(0, 4),
        "open_complaint_at": st.sampled_from([None, AT]),
        "reachable_by": st.sampled_from([None, "email"]),
        "stored_value": st.sampled_from([None, 0, 7]),
        "full_price_share": st.sampled_from([None, 0.1, 0.9]),
        "promotion_share": st.sampled_from([None, 0.1, 0.9]),
        "usual_gap_days": st.sampled_from([None, 10.0]),
        "recency_days": st.sampled_from([None, 5, 12, 25]),
        "is_business": st.sampled_from([None, True, False]),
    }
)


@given(st.lists(MOSTLY, min_size=1, max_size=6))
def test_advice_of_one_does_not_depend_on_the_others_and_comes_in_the_order_of_the_rules(people) -> None:
    together = told(*people)
    assert together == [told(person)[0] for person in people]
    order = [f"{rule.kind}.{rule.advice}" for rule in rules(NIGHT)]
    for person, found in zip(people, together, strict=True):
        assert found == sorted(set(found), key=order.index)
        offers = [name for name in found if name.startswith("offer.")]
        assert not (person["open_complaint_at"] and offers)
        assert not {"offer.due", "offer.long_silent"} <= set(found)
