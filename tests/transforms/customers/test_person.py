"""Who a customer is: the oldest account that tells, the first who brought them."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tests.transforms.customers.tables import at, by_customer, notes, table
from transforms.contracts import staged
from transforms.customers.person import persons, referrers

NOBODY = pl.LazyFrame(schema={"customer_id": pl.String, "referred_by_customer_id": pl.String})
IDS = pl.LazyFrame({"account_key": ["a/1", "a/2", "b/1", "b/2"], "customer_id": ["c1", "c1", "c2", "c3"]})


def test_each_fact_comes_from_the_oldest_account_that_tells_it() -> None:
    accounts = pl.LazyFrame(
        [
            ("c1", "a/1", datetime(2026, 2, 1, tzinfo=UTC), "Kent", None, True),
            ("c1", "a/2", datetime(2026, 1, 1, tzinfo=UTC), None, "search", None),
            ("c1", "a/3", None, "York", "friend", False),
            ("c2", "a/4", None, None, None, None),
        ],
        schema=["customer_id", "account_key", "happened_at", "region", "acquired_by", "is_business"],
        orient="row",
    )
    brought = pl.LazyFrame({"customer_id": ["c2"], "referred_by_customer_id": ["c1"]})
    nothing = {"region": None, "acquired_by": None, "is_business": None, "language": None}
    assert by_customer(persons(accounts, notes([]), brought)) == {
        "c1": {
            **nothing,
            "region": "Kent",
            "acquired_by": "search",
            "is_business": True,
            "accounts": 3,
            "referred_by_customer_id": None,
        },
        "c2": {**nothing, "accounts": 1, "referred_by_customer_id": "c1"},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zh", "zh"),
        (" EN-gb ", "en"),
        ("zh_Hant_TW", "zh"),
        ("中文", "zh"),
        ("Mandarin", "zh"),
        ("英语", "en"),
        ("French, but only to Anna", None),
        ("her husband's", None),
        ("de!", None),
        ("", None),
    ],
)
def test_a_language_is_a_code_or_a_word_for_one_and_nothing_else_reaches_the_mart(
    text: str, expected: str | None
) -> None:
    accounts = table(staged.CUSTOMER_ACCOUNT, [{"account_key": "web/1"}]).with_columns(customer_id=pl.lit("c1"))
    told = notes([{"attribute": "language", "attribute_value": text}])
    assert by_customer(persons(accounts, told, NOBODY))["c1"]["language"] == expected


def test_the_first_who_brought_a_customer_counts_and_nobody_brings_themselves() -> None:
    told = [
        {"referral_key": "1", "referrer_account_key": "a/2", "account_key": "a/1", **at(-99)},
        {"referral_key": "4", "referrer_account_key": "b/1", "account_key": "a/1", **at(-20)},
        {"referral_key": "3", "referrer_account_key": "b/2", "account_key": "a/2", **at(-30)},
        {"referral_key": "2", "referrer_account_key": "x/9", "account_key": "a/2", **at(-40)},
        {"referral_key": "6", "referrer_account_key": "a/1", "account_key": "b/1", **at(-9)},
        {"referral_key": "5", "referrer_account_key": "b/2", "account_key": "b/1", **at(-9)},
        {"referral_key": "7", "referrer_account_key": "b/2", "account_key": "x/8", **at(-9)},
    ]
    found = by_customer(referrers(table(staged.REFERRAL, told), IDS))
    assert found == {"c1": {"referred_by_customer_id": "c3"}, "c2": {"referred_by_customer_id": "c3"}}
