"""Notes, and what is bought in advance: the latest that can be read counts."""

import random
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.customers.tables import Row, at, by_customer, notes
from transforms.contracts import contact
from transforms.customers.membership import membership, shared_levels
from transforms.customers.notes import customer_attributes, latest_note, noted_date


def note(attribute: str, value: str, day: int | None = None, **told: object) -> Row:
    return {"attribute": attribute, "attribute_value": value, **({} if day is None else at(day)), **told}


def test_of_several_accounts_the_latest_note_of_a_source_counts() -> None:
    told = notes(
        [
            note("family", "single", -9),
            note("family", "couple", -3, account_key="web/2"),
            note("family", "one child", None, account_key="web/3"),
            note("family", "dog", -5, source="chat"),
            note("colour", "red", None),
            note("family", "cat", -1, customer_id="c2"),
        ]
    )
    found = contact.CUSTOMER_ATTRIBUTE.conform(customer_attributes(told)).collect()
    assert found.rows() == [
        ("c1", "colour", "red", "form", None),
        ("c1", "family", "dog", "chat", date(2026, 2, 27)),
        ("c1", "family", "couple", "form", date(2026, 3, 1)),
        ("c2", "family", "cat", "form", date(2026, 3, 3)),
    ]


def test_a_note_that_cannot_be_read_does_not_hide_one_that_can() -> None:
    told = notes([note("paid_until", "2027-01-31", -9), note("paid_until", "next summer", -1)])
    assert by_customer(membership(told, LEVELS))["c1"]["paid_until_date"] == date(2027, 1, 31)


@pytest.mark.parametrize("text", ["2027-02-30", "31.01.2027", "2027-1", "", "20270131", "2027-01-31 12:00"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert by_customer(latest_note(notes([note("paid_until", text)]), "paid_until", noted_date())) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200", 200_0000),
        ("10.05", 10_0500),
        (" ¥1,234.50 ", 1_234_5000),
        ("0", 0),
        ("50元", 50_0000),
        ("-5", None),
        ("about 20", None),
        ("1.2.3", None),
        ("", None),
        ("20 %", None),
        ("1,2", None),
    ],
)
def test_stored_value_is_an_amount_or_nothing(text: str, expected: int | None) -> None:
    found = by_customer(membership(notes([note("stored_value", text)]), LEVELS))
    assert found.get("c1", {}).get("stored_value") == expected


def test_stored_value_adds_up_over_accounts_the_latest_of_each() -> None:
    told = notes(
        [
            note("stored_value", "100", -9),
            note("stored_value", "70", -3, source="till"),
            note("stored_value", "5.50", -30, account_key="web/2"),
            note("stored_value", "none", -1, account_key="web/3"),
            note("paid_level", "Gold", -3),
            note("paid_level", " VIP ", -1, account_key="web/2"),
            note("contract_end", "2026-12-31", customer_id="c2"),
        ]
    )
    nothing = {"paid_level": None, "paid_until_date": None, "contract_end_date": None, "stored_value": None}
    assert by_customer(membership(told, LEVELS)) == {
        "c1": {**nothing, "paid_level": "VIP", "stored_value": 75_5000},
        "c2": {**nothing, "contract_end_date": date(2026, 12, 31)},
    }


def test_a_level_that_one_account_alone_has_is_told_to_nobody() -> None:
    told = notes(
        [
            note("paid_level", "gold"),
            note("paid_level", "gold ", account_key="web/2"),
            note("paid_level", "gold, Ann Lee", account_key="web/3", customer_id="c2"),
        ]
    )
    levels = shared_levels(told).collect()
    assert levels["paid_level"].to_list() == ["gold"]
    assert "c2" not in by_customer(membership(told, levels.lazy()))


LEVELS = pl.LazyFrame({"paid_level": ["VIP"]})
NOTES = st.lists(
    st.tuples(
        st.sampled_from(["red", "blue", "?"]), st.none() | st.integers(-3, 0), st.sampled_from(["web/1", "web/2"])
    ),
    max_size=6,
)


@given(NOTES, st.randoms(use_true_random=False))
def test_the_latest_note_does_not_depend_on_the_order_of_rows(
    told: list[tuple[str, int | None, str]], shuffle: random.Random
) -> None:
    rows = [note("colour", value, day, account_key=account) for value, day, account in told]
    shuffled = list(rows)
    shuffle.shuffle(shuffled)
    value = pl.when(pl.col("attribute_value") != "?").then("attribute_value")
    one, other = (by_customer(latest_note(notes(some), "colour", value)) for some in (rows, shuffled))
    assert one == other
    read = [(day if day is not None else -99) for word, day, _ in told if word != "?"]
    latest = {word for word, day, _ in told if word != "?" and (day if day is not None else -99) == max(read)}
    assert ({one["c1"]["colour"]} <= latest) if latest else one == {}
