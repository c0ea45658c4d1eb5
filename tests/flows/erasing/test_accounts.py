"""One customer's accounts and ids, by the records of nights that knew more from one to the next."""

from pathlib import Path

import polars as pl
import pytest

from flows.erasing.accounts import barred_accounts, known
from flows.faults import InputError
from flows.io.lake import Lake
from transforms.identity.customers import own_id
from transforms.identity.marks import mark

KEY = "a key for tests only"
Groups = list[list[str]]
"""Accounts by customer; the first of each names the customer."""


def own(account: str, key: str = KEY) -> str:
    return pl.select(own_id(pl.lit(account), key)).item()


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setenv("REGULARS_KEY", KEY)
    return Lake(tmp_path / "lake")


def record(lake: Lake, night: str, groups: Groups, run: str = "1") -> None:
    rows = [(account, own(group[0])) for group in groups for account in group]
    path = lake.root / "nights" / night / run / "identity.parquet"
    path.parent.mkdir(parents=True)
    pl.DataFrame(rows, schema=["account_key", "customer_id"], orient="row").write_parquet(path)


def accounts(lake: Lake, customer_id: str) -> set[str]:
    found = known(lake, customer_id)
    assert found is not None
    return set(found.accounts["account_key"])


def test_any_id_that_was_joined_means_the_whole_customer(lake: Lake) -> None:
    record(lake, "2026-03-01", [["a"], ["b"], ["c"], ["d"]])
    record(lake, "2026-03-02", [["a", "b"], ["c"], ["d"]])
    record(lake, "2026-03-03", [["c", "a", "b"], ["d"]])
    for account in "abc":
        found = known(lake, own(account))
        assert found is not None
        assert found.customer_id == own("c")
        assert found.customer_ids == {own("a"), own("b"), own("c")}
        assert set(found.accounts["account_key"]) == {"a", "b", "c"}
    assert accounts(lake, own("d")) == {"d"}


def test_an_account_that_was_parted_since_is_somebody_else(lake: Lake) -> None:
    record(lake, "2026-03-01", [["a", "b"]])
    record(lake, "2026-03-02", [["a"], ["b"]])
    assert accounts(lake, own("a")) == {"a"}
    assert accounts(lake, own("b")) == {"b"}


def test_an_account_that_no_later_night_names_is_theirs_still(lake: Lake) -> None:
    record(lake, "2026-03-01", [["a", "b"]])
    record(lake, "2026-03-02", [["a"]])
    assert accounts(lake, own("a")) == {"a", "b"}


def test_of_a_nights_runs_the_last_counts_and_a_past_night_run_again_does_not(lake: Lake) -> None:
    record(lake, "2026-03-02", [["a"], ["b"]], run="20260303T010000")
    record(lake, "2026-03-02", [["a", "b"]], run="20260303T020000")
    record(lake, "2026-03-01", [["a"], ["b"]], run="20260304T010000")
    assert accounts(lake, own("b")) == {"a", "b"}


def test_nobody_is_known_by_an_id_of_no_record(lake: Lake) -> None:
    assert known(lake, own("a")) is None
    record(lake, "2026-03-01", [["a"]])
    assert known(lake, own("b")) is None


def test_an_id_of_another_key_is_refused(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    record(lake, "2026-03-01", [["a"]])
    monkeypatch.setenv("REGULARS_KEY", "another key than the nights'")
    with pytest.raises(InputError, match="under another key; set REGULARS_KEY"):
        known(Lake(lake.root), own("a"))


def test_accounts_are_found_by_their_marks(lake: Lake) -> None:
    record(lake, "2026-03-01", [["a"], ["b"]])
    record(lake, "2026-03-02", [["c"]])
    marks = pl.DataFrame({"account_key": ["a", "c", "x"]}).select(mark=mark("account_key", KEY))
    assert set(barred_accounts(lake, marks)["account_key"]) == {"a", "c"}
