"""How a customer can be reached: the last word counts, a refusal wins."""

import random
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts import contact, staged
from transforms.customers.contact_points import contact_points

AS_OF = date(2026, 3, 4)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Found = list[tuple[str, str, str, str]]


def points(
    accounts: list[dict[str, str | None]], words: list[dict[str, object]], ids: dict[str, str] | None = None
) -> pl.DataFrame:
    told = [{"account_key": "web/7", "store_id": "web", "known_at": NOON, **account} for account in accounts]
    keys = [str(account["account_key"]) for account in told]
    said = [
        {
            "account_key": "web/7",
            "channel": "email",
            "purpose": "marketing",
            "known_at": NOON,
            **word,
            "happened_at": None if day is None else NOON + int(str(day)) * DAY,
            "happened_date": None if day is None else AS_OF + int(str(day)) * DAY,
        }
        for word in words
        for day in [word.get("day", 0)]
    ]
    ids = ids or {key: key.replace("web/", "c") for key in keys}
    found = contact_points(
        pl.LazyFrame(told, schema=staged.CUSTOMER_ACCOUNT.polars_schema),
        pl.LazyFrame(
            [{name: word.get(name) for name in staged.CONSENT.column_names} for word in said],
            schema=staged.CONSENT.polars_schema,
        ),
        pl.LazyFrame(list(ids.items()), schema=["account_key", "customer_id"], orient="row"),
        AS_OF,
    )
    return contact.CONTACT_POINT.conform(found).collect()


def state(words: list[dict[str, object]]) -> tuple[str, datetime | None]:
    found = points([{"email": "a@x.example"}], words)
    return found["consent_state"].item(), found["consent_at"].item()


def test_an_address_nothing_was_said_about_is_unknown() -> None:
    found = points([{"email": "anna@x.example", "phone": "+4412345"}], [])
    assert found.select("customer_id", "channel", "address", "purpose", "consent_state").rows() == [
        ("c7", "email", "anna@x.example", "marketing", "unknown"),
        ("c7", "sms", "+4412345", "marketing", "unknown"),
    ]


def test_the_last_word_counts_whatever_it_is() -> None:
    granted, refused = {"consent_state": "granted"}, {"consent_state": "refused"}
    assert state([{**refused, "day": -9}, {**granted, "day": -3}]) == ("granted", NOON - 3 * DAY)
    assert state([{**refused, "day": -3}, {**granted, "day": -9}]) == ("refused", NOON - 3 * DAY)


def test_nothing_said_after_the_night_counts() -> None:
    words = [{"consent_state": "granted", "day": -1}, {"consent_state": "refused", "day": 1}]
    assert state(words) == ("granted", NOON - DAY)
    assert state(words[1:]) == ("unknown", None)
    assert state([{"consent_state": "refused", "day": 0}]) == ("refused", NOON)


GRANTED, REFUSED = {"consent_state": "granted"}, {"consent_state": "refused"}
UNDATED = {"day": None}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([{**GRANTED, "day": -3}, {**REFUSED, **UNDATED}], "refused"),
        ([{**GRANTED, "day": 0}, {**REFUSED, **UNDATED}], "refused"),
        ([{**GRANTED, **UNDATED}, {**REFUSED, "day": -300}], "refused"),
        ([{**GRANTED, **UNDATED}, {**REFUSED, "day": -300}, {**GRANTED, "day": -3}], "granted"),
        ([{**GRANTED, **UNDATED}], "granted"),
        ([{**REFUSED, **UNDATED}], "refused"),
        ([{**GRANTED, "day": -3}, {"consent_state": "unknown", **UNDATED}], "granted"),
        ([{**REFUSED, "day": -3}, {"consent_state": "unknown", **UNDATED}], "refused"),
        ([{**GRANTED, **UNDATED}, {**REFUSED, "day": 1}], "granted"),
    ],
)
@pytest.mark.parametrize("step", [1, -1])
def test_an_undated_no_is_believed_whatever_was_said_when_and_an_undated_yes_only_where_nobody_refused(
    words: list[dict[str, object]], expected: str, step: int
) -> None:
    assert state(words[::step])[0] == expected


def test_a_word_on_another_channel_or_purpose_says_nothing_of_this_one() -> None:
    assert state([{"consent_state": "granted", "channel": "sms"}]) == ("unknown", None)
    found = points([{"email": "a@x.example"}], [{**GRANTED, "purpose": "service"}])
    assert found.select("purpose", "consent_state").rows() == [("marketing", "unknown"), ("service", "granted")]


def test_calls_and_service_have_a_row_only_where_anything_was_said_and_keep_the_evidence() -> None:
    words = [
        {**REFUSED, "channel": "phone", "evidence": "call of 4 March"},
        {**GRANTED, "channel": "sms", "purpose": "service", "evidence": "order form"},
        {**GRANTED, "channel": "wechat"},
    ]
    found = points([{"phone": "+44"}, {"phone": "+49", "account_key": "web/8"}], words)
    assert found.select("customer_id", "channel", "purpose", "consent_state", "evidence").rows() == [
        ("c7", "phone", "marketing", "refused", "call of 4 March"),
        ("c7", "sms", "marketing", "unknown", None),
        ("c7", "sms", "service", "granted", "order form"),
        ("c8", "sms", "marketing", "unknown", None),
    ]


def of_both(seven: dict[str, object] | None, eight: dict[str, object] | None) -> list[tuple[object, ...]]:
    """What the table says of one address that two accounts of one customer show."""
    accounts = [{"email": "a@x.example"}, {"email": "a@x.example", "account_key": "web/8"}]
    said = [{**word, "account_key": key} for key, word in (("web/7", seven), ("web/8", eight)) if word]
    found = points(accounts, said, {"web/7": "c1", "web/8": "c1"})
    return found.select("customer_id", "address", "consent_state").rows()


UNCLEAR: dict[str, object] = {"consent_state": "unknown"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({**REFUSED, "day": -1}, {**GRANTED, "day": -30}, "refused"),
        ({**REFUSED, "day": -30}, {**GRANTED, "day": -1}, "granted"),
        ({**REFUSED, "day": -1}, {**GRANTED, "day": -1}, "refused"),
        ({**REFUSED, **UNDATED}, {**GRANTED, "day": 0}, "refused"),
        ({**REFUSED, "day": -300}, {**GRANTED, **UNDATED}, "refused"),
        ({**REFUSED, "day": -30}, None, "refused"),
        ({**GRANTED, "day": -30}, None, "granted"),
        ({**REFUSED, "day": -30}, {**UNCLEAR, "day": -1}, "refused"),
        ({**GRANTED, "day": -30}, {**UNCLEAR, "day": -1}, "granted"),
        ({**UNCLEAR, "day": -30}, None, "unknown"),
        ({**REFUSED, "day": -30}, {**GRANTED, "day": 1}, "refused"),
    ],
)
def test_what_accounts_of_one_customer_say_of_one_address_is_read_as_the_words_of_one(
    one: dict[str, object], other: dict[str, object] | None, expected: str
) -> None:
    assert of_both(one, other) == [("c1", "a@x.example", expected)]
    assert of_both(other, one) == [("c1", "a@x.example", expected)]


def test_a_word_on_one_address_of_a_customer_says_nothing_of_another() -> None:
    accounts = [{"email": "a@x.example"}, {"email": "b@x.example", "account_key": "web/8"}]
    found = points(accounts, [REFUSED], {"web/7": "c1", "web/8": "c1"})
    assert found.select("address", "consent_state").rows() == [("a@x.example", "refused"), ("b@x.example", "unknown")]


def test_two_customers_may_share_an_address_and_each_keeps_their_word() -> None:
    accounts = [{"phone": "+44"}, {"phone": "+44", "account_key": "web/8"}]
    words = [{"consent_state": "granted", "channel": "sms"}]
    found = points(accounts, words)
    assert dict(found.select("customer_id", "consent_state").iter_rows()) == {"c7": "granted", "c8": "unknown"}


@given(
    st.lists(
        st.fixed_dictionaries({"day": st.integers(-5, 5), "consent_state": st.sampled_from(["granted", "refused"])}),
        max_size=6,
        unique_by=lambda word: word["day"],
    )
)
def test_the_state_is_that_of_the_latest_word_up_to_the_night(words: list[dict[str, object]]) -> None:
    told = [word for word in words if int(str(word["day"])) <= 0]
    last = max(told, key=lambda word: int(str(word["day"])), default=None)
    assert state(words)[0] == (last["consent_state"] if last else "unknown")


WORDS = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.none() | st.integers(-5, 3),
            "consent_state": st.sampled_from(["granted", "refused", "unknown"]),
            "channel": st.sampled_from(["email", "phone"]),
            "account_key": st.sampled_from(["web/7", "web/8"]),
        }
    ),
    max_size=8,
)


@given(WORDS, st.randoms(use_true_random=False))
def test_words_after_the_night_and_the_order_of_rows_change_nothing(
    words: list[dict[str, object]], shuffle: random.Random
) -> None:
    accounts = [{"email": "a@x.example", "phone": "+44"}, {"email": "a@x.example", "account_key": "web/8"}]
    both = {"web/7": "c1", "web/8": "c1"}
    cut = [word for word in words if word["day"] is None or int(str(word["day"])) <= 0]
    shuffle.shuffle(cut)
    assert points(accounts, words, both).equals(points(accounts, cut, both))
