"""The card: who the customer is, from notes, names, complaints and reviews."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.customers.tables import AS_OF, Row, at, by_customer, notes, table
from transforms.contracts import contact, staged
from transforms.customers.card import accounts_of_customers, customer_cards, names_of_customers

NAMES = {"customer_id": pl.String, "customer_name": pl.String}
OF_COMPLAINT = {
    name: dtype for name, dtype in contact.CUSTOMER_CARD.polars_schema.items() if name.startswith("open_complaint")
}


def cards(
    told: list[Row],
    customers: tuple[str, ...] = ("c1",),
    names: pl.LazyFrame | None = None,
    complaint: Row | None = None,
    as_of: date = AS_OF,
) -> dict[str, Row]:
    complaints = [{"customer_id": "c1", **complaint}] if complaint else []
    parts = [
        pl.LazyFrame(complaints, schema={"customer_id": pl.String, **OF_COMPLAINT}),
        pl.LazyFrame({"customer_id": ["c1"], "account_keys": ["app/7; web/1"]}),
        pl.LazyFrame({"customer_id": ["c1"], "last_review_text": ["Lovely"]}),
    ]
    found = customer_cards(
        pl.LazyFrame({"customer_id": customers}),
        pl.LazyFrame(schema=NAMES) if names is None else names,
        notes(told),
        parts,
        as_of,
    )
    return by_customer(contact.CUSTOMER_CARD.conform(found))


def note(attribute: str, value: str, day: int = -9, **told: object) -> Row:
    return {"attribute": attribute, "attribute_value": value, **at(day), **told}


def test_a_card_tells_what_was_noted_and_everybody_has_one() -> None:
    asked = datetime(2026, 3, 1, tzinfo=UTC)
    found = cards(
        [
            note("birthday", "1990-03-05"),
            note("birthday", "1991-04-06", -1, account_key="web/2"),
            note("sex", "女"),
            note("wechat_friend", "是"),
            note("family", "couple"),
        ],
        customers=("c2", "c1"),
        names=pl.LazyFrame({"customer_id": ["c1"], "customer_name": ["Chen Xiaoman"]}),
        complaint={"open_complaint_at": asked, "open_complaint_channel": "chat"},
    )
    nothing = dict.fromkeys(contact.CUSTOMER_CARD.column_names[1:])
    assert list(found) == ["c1", "c2"]
    assert found["c2"] == nothing
    assert found["c1"] == {
        **nothing,
        "customer_name": "Chen Xiaoman",
        "sex": "female",
        "birth_date": date(1991, 4, 6),
        "next_birthday_date": date(2026, 4, 6),
        "is_wechat_friend": True,
        "account_keys": "app/7; web/1",
        "open_complaint_at": asked,
        "open_complaint_channel": "chat",
        "last_review_text": "Lovely",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("男", "male"),
        ("女性", "female"),
        ("M", "male"),
        ("Female", "female"),
        ("Mrs.", "female"),
        ("non-binary", "non-binary"),
        ("未知", None),
        ("  ", None),
    ],
)
def test_sex_is_told_in_one_word_where_the_note_says_so(text: str, expected: str | None) -> None:
    assert cards([note("sex", text)])["c1"]["sex"] == expected


@pytest.mark.parametrize("text", ["2026-03-05", "1990-02-30", "1990", "5 March", ""])
def test_a_birthday_that_is_none_or_lies_ahead_does_not_hide_an_older_note(text: str) -> None:
    found = cards([note("birthday", "1990-03-05"), note("birthday", text, -1)])["c1"]
    assert (found["birth_date"], found["next_birthday_date"]) == (date(1990, 3, 5), date(2026, 3, 5))
    assert cards([note("birthday", text)])["c1"]["birth_date"] is None


@pytest.mark.parametrize("text", ["13-01", "08-31", "8-15", "00-10", "08-00", "八月十五"])
def test_what_is_no_day_of_the_lunar_year_is_none(text: str) -> None:
    assert cards([note("lunar_birthday", text)])["c1"]["lunar_birthday"] is None


def test_tags_of_all_accounts_and_sources_are_put_together_the_latest_of_each() -> None:
    found = cards(
        [
            note("tags", "gone", -9),
            note("tags", "cake, tea；VIP", -3),
            note("tags", "tea;;gift、", -30, account_key="web/2"),
            note("tags", "chatty", -30, source="chat"),
        ]
    )
    assert found["c1"]["tags"] == "VIP;cake;chatty;gift;tea"


def account(key: str, name: str | None, day: int | None) -> Row:
    return {"customer_id": "c1", "account_key": key, "customer_name": name, **({} if day is None else at(day))}


@pytest.mark.parametrize(
    ("accounts", "ordered", "expected"),
    [
        ([account("a", "Ann", -9), account("b", "Anna", -5)], {}, "Anna"),
        ([account("a", "Ann", -9), account("b", "Anna", -5)], {"a": -1}, "Ann"),
        ([account("a", "Ann", None), account("b", " ", -5)], {"b": -1}, "Ann"),
        ([account("a", "Ann", -9), account("b", None, -5)], {"b": -1}, "Ann"),
        ([account("a", "Ann", -9), account("b", "Anna", -9)], {}, "Anna"),
        ([account("a", None, -9)], {}, None),
    ],
)
def test_the_name_is_that_of_the_account_used_last(
    accounts: list[Row], ordered: dict[str, int], expected: str | None
) -> None:
    orders = table(staged.PURCHASE_ORDER, [{"account_key": key, **at(day)} for key, day in ordered.items()])
    for rows in (accounts, accounts[::-1]):
        found = by_customer(names_of_customers(table(staged.CUSTOMER_ACCOUNT, rows, customer_id=pl.String), orders))
        assert found.get("c1", {}).get("customer_name") == expected


@given(st.dates(date(2026, 1, 1), date(2026, 3, 4)), st.dates(date(2025, 12, 25), date(2026, 3, 10)))
def test_a_birthday_after_an_earlier_night_is_unknown_to_it(as_of: date, birthday: date) -> None:
    known = note("birthday", "1990-05-06", -99)
    both, cut = (
        [known, note("birthday", f"{birthday}")],
        [known, *[note("birthday", f"{birthday}")] * (birthday <= as_of)],
    )
    assert cards(both, as_of=as_of) == cards(cut, as_of=as_of)
    assert cards(both, as_of=as_of)["c1"]["next_birthday_date"] > as_of  # type: ignore[operator]


def test_the_card_names_every_account() -> None:
    accounts = pl.LazyFrame({"customer_id": ["c1", "c2", "c1"], "account_key": ["web/1", "web/2", "app/7"]})
    found = dict(accounts_of_customers(accounts).collect().iter_rows())
    assert found == {"c1": "app/7; web/1", "c2": "web/2"}
