"""Accounts and consents: the latest export counts, orders fill in what it does not tell, refusals win."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from transforms.contracts import rows
from transforms.staging.accounts import (
    ACCOUNT,
    WORD,
    customer_accounts,
    kept_accounts,
    kept_consents,
    named_accounts,
)
from transforms.staging.merging import merged_by_file

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAMED = {
    "order_key": pl.String,
    "account_key": pl.String,
    "store_id": pl.String,
    "known_at": pl.Datetime("us", "UTC"),
    "happened_at": pl.Datetime("us", "UTC"),
    "region": pl.String,
    "acquired_by": pl.String,
    "is_refund": pl.Boolean,
}


def account_rows(*told: dict[str, object]) -> pl.LazyFrame:
    defaults = {"store_id": "web", "known_at": NOON, "file_rank": 0}
    filled = [
        {"file_id": f"f{row.get('file_rank', 0)}", "line_number": place + 2, **defaults, **row}
        for place, row in enumerate(told)
    ]
    return pl.LazyFrame(filled, schema={**rows.CUSTOMER_ACCOUNT.polars_schema, "file_rank": pl.Int64()})


def consent_rows(*told: dict[str, object]) -> pl.LazyFrame:
    defaults = {
        "store_id": "web",
        "account_id": "7",
        "known_at": NOON,
        "happened_at": NOON,
        "channel": "email",
        "purpose": "marketing",
        "file_rank": 0,
    }
    filled = [
        {"file_id": f"f{row.get('file_rank', 0)}", "line_number": place + 2, **defaults, **row}
        for place, row in enumerate(told)
    ]
    return pl.LazyFrame(filled, schema={**rows.CONSENT.polars_schema, "file_rank": pl.Int64()})


def ordered(*told: dict[str, object]) -> pl.LazyFrame:
    defaults = {"order_key": "web/1", "account_key": "web/7", "store_id": "web", "known_at": NOON, "is_refund": False}
    return named_accounts(pl.LazyFrame([{**defaults, "happened_at": NOON, **row} for row in told], schema=NAMED))


def accounts(kept: pl.LazyFrame, named: pl.LazyFrame) -> list[dict[str, object]]:
    return customer_accounts(kept, named).collect().to_dicts()


def test_of_one_account_the_last_line_of_the_latest_file_counts() -> None:
    kept = kept_accounts(
        account_rows(
            {"account_id": "7", "email": "old@x.example", "file_rank": 0},
            {"account_id": "7", "email": "typo@x.example", "file_rank": 1},
            {"account_id": "7", "email": "new@x.example", "file_rank": 1},
            {"account_id": "8", "email": "other@x.example", "file_rank": 0},
        )
    )
    assert dict(kept.sort("account_id").select("account_key", "email").collect().iter_rows()) == {
        "web/7": "new@x.example",
        "web/8": "other@x.example",
    }


def test_an_account_that_only_an_order_names_is_an_account() -> None:
    [found] = accounts(kept_accounts(account_rows()), ordered({"region": "Kent"}))
    assert found == {
        "account_key": "web/7",
        "store_id": "web",
        "happened_at": NOON,
        "known_at": NOON,
        "first_order_at": NOON,
        "buyer_key": None,
        "customer_name": None,
        "email": None,
        "phone": None,
        "region": "Kent",
        "acquired_by": None,
        "is_business": None,
    }


def test_an_account_file_counts_more_than_the_first_order_and_is_filled_in_by_it() -> None:
    kept = kept_accounts(account_rows({"account_id": "7", "region": "Surrey", "happened_at": NOON + DAY}))
    [found] = accounts(kept, ordered({"region": "Kent", "acquired_by": "search"}))
    assert (found["region"], found["acquired_by"], found["happened_at"]) == ("Surrey", "search", NOON)


def test_where_from_is_told_by_the_first_order_even_if_only_some_of_its_rows_tell() -> None:
    named = ordered(
        {"order_key": "web/2", "happened_at": NOON + DAY, "region": "York"},
        {"order_key": "web/1", "region": None},
        {"order_key": "web/1", "region": "Kent"},
    )
    assert accounts(kept_accounts(account_rows()), named)[0]["region"] == "Kent"


def test_an_account_that_only_got_money_back_has_no_first_order() -> None:
    named = ordered({"order_key": "web/C1", "is_refund": True, "happened_at": NOON - DAY})
    assert accounts(kept_accounts(account_rows()), named)[0]["first_order_at"] is None
    named = ordered({"order_key": "web/C1", "is_refund": True, "happened_at": NOON - DAY}, {})
    assert accounts(kept_accounts(account_rows()), named)[0]["first_order_at"] == NOON


def test_the_same_number_in_two_stores_is_two_accounts() -> None:
    kept = kept_accounts(account_rows({"account_id": "7"}, {"account_id": "7", "store_id": "b"}))
    assert [found["account_key"] for found in accounts(kept, ordered({}))] == ["b/7", "web/7"]


ORDERED = st.lists(
    st.fixed_dictionaries(
        {
            "order_key": st.sampled_from(["web/1", "web/2", "web/3"]),
            "account_key": st.sampled_from([None, "web/7", "web/8"]),
            "region": st.sampled_from([None, "Kent", "York"]),
            "acquired_by": st.sampled_from([None, "search"]),
            "happened_at": st.integers(0, 3).map(lambda days: NOON + days * DAY),
            "is_refund": st.booleans(),
        }
    ),
    max_size=8,
)


@settings(max_examples=50)
@given(ORDERED, st.randoms(use_true_random=False))
def test_accounts_told_shard_by_shard_in_any_order_are_those_told_at_once(
    told: list[dict[str, object]], random: object
) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    shards = [ordered(*(row for row in shuffled if row["order_key"] == f"web/{n}")) for n in "123"]
    nobody = kept_accounts(account_rows())
    assert accounts(nobody, pl.concat(shards)) == accounts(nobody, ordered(*told))


def test_words_at_one_instant_are_one_and_a_refusal_wins() -> None:
    found = kept_consents(
        consent_rows(
            {"consent_state": "granted"},
            {"consent_state": "refused", "evidence": "call"},
            {"consent_state": "unknown"},
            {"consent_state": "granted", "channel": "sms"},
        ),
        "UTC",
    ).collect()
    assert found.select("channel", "consent_state", "evidence", "repeats").rows() == [
        ("email", "refused", "call", 3),
        ("sms", "granted", None, 1),
    ]


def test_a_later_file_corrects_a_word_and_leaves_other_instants_alone() -> None:
    found = kept_consents(
        consent_rows(
            {"consent_state": "refused", "file_rank": 0},
            {"consent_state": "granted", "file_rank": 1},
            {"consent_state": "refused", "file_rank": 0, "happened_at": NOON - DAY},
        ),
        "UTC",
    ).collect()
    assert found["consent_state"].to_list() == ["refused", "granted"]


def test_a_word_is_dated_by_the_shops_day() -> None:
    evening = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    found = kept_consents(consent_rows({"consent_state": "granted", "happened_at": evening}), "Europe/Berlin").collect()
    assert found["happened_date"].to_list() == [date(2026, 3, 2)]


TOLD = st.lists(
    st.fixed_dictionaries(
        {
            "account_id": st.sampled_from("78"),
            "happened_at": st.integers(0, 1).map(lambda days: NOON + days * DAY),
            "file_rank": st.integers(0, 2),
        }
    ),
    max_size=10,
).map(lambda told: [{**row, "line_number": place + 2} for place, row in enumerate(told)])


@settings(max_examples=40)
@given(TOLD)
def test_every_account_row_and_every_word_is_kept_or_merged(told: list[dict[str, object]]) -> None:
    words = consent_rows(*({**row, "consent_state": "granted"} for row in told))
    for read, kept, subject in (
        (account_rows(*told), kept_accounts(account_rows(*told)), ACCOUNT),
        (words, kept_consents(words, "UTC"), WORD),
    ):
        merged = dict(merged_by_file(read, kept, subject).collect().iter_rows())
        found = Counter(kept.collect()["file_id"].to_list()) + Counter(merged)
        assert found == Counter(f"f{row['file_rank']}" for row in told)
        assert kept.collect().height == len({tuple(row[name] for name in subject if name in row) for row in told})


@settings(max_examples=40)
@given(TOLD, st.randoms(use_true_random=False))
def test_accounts_do_not_depend_on_the_order_of_rows(told: list[dict[str, object]], random: object) -> None:
    named = [{**row, "email": f"{row['line_number']}@x.example"} for row in told]
    shuffled = list(named)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (kept_accounts(account_rows(*rows_)).collect().sort("account_key") for rows_ in (named, shuffled))
    assert_frame_equal(one, other)
