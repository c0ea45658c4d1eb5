"""Ids that reveal nothing and stay, and shards made from them."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity.customers import customer_ids, shard_of
from transforms.identity.keyed_hash import hmac_sha256_hex

KEY = "a key of the shop"
START = datetime(2026, 1, 1, tzinfo=UTC)
SCHEMA = {"account_key": pl.String, "group_key": pl.String, "first_order_at": pl.Datetime("us", "UTC")}
Account = tuple[str, str, int | None]
"""Account key, group, day of the first order."""


def expected_id(account_key: str, key: str = KEY) -> str:
    return "c" + hmac.new(key.encode(), account_key.encode(), hashlib.sha256).hexdigest()[:20]


def ids(*accounts: Account, key: str = KEY) -> dict[str, str]:
    told = [(name, group, None if day is None else START + timedelta(days=day)) for name, group, day in accounts]
    frame = pl.LazyFrame(told, schema=SCHEMA, orient="row")
    return dict(customer_ids(frame, key).collect().iter_rows())


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_the_keyed_hash_is_the_standard_librarys(text: str, key: str) -> None:
    found = pl.DataFrame({"text": [text, None]}).select(hmac_sha256_hex(pl.col("text"), key)).to_series().to_list()
    assert found == [hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest(), None]


def test_a_key_longer_than_a_block_is_hashed_first() -> None:
    key = "k" * 131
    found = pl.select(hmac_sha256_hex(pl.lit("Test Using Larger Than Block-Size Key"), key)).item()
    assert found == hmac.new(key.encode(), b"Test Using Larger Than Block-Size Key", hashlib.sha256).hexdigest()


def test_the_account_with_the_earliest_order_gives_the_id() -> None:
    found = ids(("web/1", "anna", 5), ("app/9", "anna", 3), ("web/2", "anna", None), ("web/3", "ben", None))
    assert found == {
        "app/9": expected_id("app/9"),
        "web/1": expected_id("app/9"),
        "web/2": expected_id("app/9"),
        "web/3": expected_id("web/3"),
    }


def test_among_equally_early_orders_and_among_none_the_smallest_account_key_gives_the_id() -> None:
    assert set(ids(("web/2", "g", 3), ("web/1", "g", 3)).values()) == {expected_id("web/1")}
    assert set(ids(("web/2", "g", None), ("web/1", "g", None)).values()) == {expected_id("web/1")}


def test_another_key_gives_another_id() -> None:
    assert ids(("web/1", "g", 1), key="one key")["web/1"] != ids(("web/1", "g", 1), key="another")["web/1"]


ACCOUNTS = st.lists(
    st.tuples(st.integers(0, 20).map("web/{}".format), st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 9))),
    min_size=1,
    max_size=8,
    unique_by=lambda account: account[0],
)


@given(ACCOUNTS, st.data())
def test_an_account_that_joins_with_a_later_order_changes_no_id(accounts: list[Account], data: st.DataObject) -> None:
    group = data.draw(st.sampled_from(accounts))[1]
    days = [day for _, name, day in accounts if name == group and day is not None]
    joining = ("app/new", group, data.draw(st.integers(10, 20)) if days else None)
    before = ids(*accounts)
    if days:
        assert {name: one for name, one in ids(*accounts, joining).items() if name != "app/new"} == before


@given(ACCOUNTS, st.randoms(use_true_random=False))
def test_ids_do_not_depend_on_the_order_of_accounts(accounts: list[Account], random: object) -> None:
    shuffled = list(accounts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = ids(*shuffled)
    assert found == ids(*accounts)
    assert len(set(found.values())) == len({group for _, group, _ in accounts})


def test_shards_share_out_all_customers_about_evenly() -> None:
    customers = [expected_id(f"web/{number}") for number in range(2000)]
    frame = pl.DataFrame({"customer_id": customers})
    for shards in (1, 2, 7, 64):
        found = frame.select(shard_of(pl.col("customer_id"), shards)).to_series()
        assert set(found) == set(range(shards))
        assert found.value_counts()["count"].max() < 2 * 2000 / shards + 20
        assert found.to_list() == [int(customer[1:9], 16) % shards for customer in customers]
