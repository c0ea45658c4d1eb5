"""What the lake keeps of erasures."""

from pathlib import Path

import polars as pl
import pytest

from flows.faults import InputError
from flows.io.erasures import Erasures, Receipt
from flows.io.lake import Lake

ONE, OTHER = "c" + "1" * 20, "c" + "2" * 20


@pytest.fixture(autouse=True)
def _no_key_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGULARS_KEY", raising=False)


@pytest.fixture
def erasures(tmp_path: Path) -> Erasures:
    return Erasures(Lake(tmp_path))


def marks(*pairs: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"customer_id": pl.String, "mark": pl.String}, orient="row")


def test_nobody_is_barred_at_first(erasures: Erasures) -> None:
    assert erasures.barred().is_empty()
    assert erasures.receipts() == []


def test_marks_add_up_and_come_once(erasures: Erasures) -> None:
    erasures.bar(marks((OTHER, "b"), (ONE, "a")))
    erasures.bar(marks((ONE, "c"), (ONE, "a")))
    assert erasures.barred().rows() == [(ONE, "a"), (ONE, "c"), (OTHER, "b")]
    assert (erasures.root / "barred.json").stat().st_mode & 0o777 == 0o600


def test_another_key_is_refused_before_anybody_comes_back(erasures: Erasures, monkeypatch: pytest.MonkeyPatch) -> None:
    erasures.bar(marks((ONE, "a")))
    monkeypatch.setenv("REGULARS_KEY", "another key than the lake's")
    for ask in (erasures.barred, lambda: erasures.bar(marks((OTHER, "b")))):
        with pytest.raises(InputError, match="under another key; set REGULARS_KEY"):
            ask()
    monkeypatch.delenv("REGULARS_KEY")
    assert erasures.barred().rows() == [(ONE, "a")]


def test_a_receipt_is_one_file_whatever_is_added_to_it(erasures: Erasures) -> None:
    receipt = Receipt(ONE, "2026-03-14T10:00:00+00:00", "0.1.0", erased_before={"f": 2})
    erasures.keep(receipt)
    erasures.bar(marks((ONE, "a")))
    assert erasures.pending() == [receipt]
    receipt.finished_at = "2026-03-15T10:00:00+00:00"
    erasures.keep(receipt)
    assert erasures.pending() == []
    assert erasures.receipts() == [receipt]
    assert erasures.path(receipt).name == f"2026-03-14-{ONE}.json"


def test_what_a_run_that_was_cut_off_had_noted_stays(erasures: Erasures) -> None:
    receipt = Receipt(ONE, "2026-03-14T10:00:00+00:00", "0.1.0")
    receipt.note(receipt.tables, {"mart.customer": 1, "mart.refund": 0, "quality.quarantine": 4})
    receipt.note(receipt.tables, {"mart.customer": 0, "quality.quarantine": 5})
    assert receipt.tables == {"mart.customer": 1, "quality.quarantine": 5}


def test_a_receipt_is_found_by_any_id_of_the_person(erasures: Erasures) -> None:
    first = Receipt(ONE, "2026-03-01T10:00:00+00:00", "1", customer_ids=[ONE, OTHER])
    again = Receipt(OTHER, "2026-03-02T10:00:00+00:00", "1")
    for receipt in (again, first):
        erasures.keep(receipt)
    assert erasures.of(OTHER) == [first, again]
    assert erasures.of(ONE) == [first]
    assert erasures.of("c" + "3" * 20) == []
