"""The lake: written whole or not at all, one run at a time, a key of its own."""

import stat
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.faults import Busy, Fault, InputError
from flows.io.lake import Lake, RawFile, Stage, write_atomically
from transforms.contracts import mart

FRESH = {"as_of_date": date(2026, 3, 4), "store_id": "web", "last_order_date": None, "days_since_last_order": 3}


def raw(number: int) -> RawFile:
    return RawFile(
        file_id=f"{number:016x}",
        sha256=f"{number:064x}",
        file_name=f"day {number}/Bestellungen ä.csv",
        size_bytes=number,
        modified_ns=number,
        known_at=datetime(2026, 3, 4, 1, 2, 3, 4, tzinfo=UTC),
        layout="own",
        lines_read=number,
    )


@pytest.fixture(autouse=True)
def no_key_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGULARS_KEY", raising=False)


def test_files_that_were_remembered_are_known_in_their_order(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    assert lake.known_files() == []
    lake.remember([raw(2), raw(1)])
    lake.remember([raw(2), raw(1), raw(3)])
    assert lake.known_files() == [raw(2), raw(1), raw(3)]


def test_a_key_is_made_once_for_a_lake_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    key = lake.key()
    assert len(key) == 64
    assert lake.key() == Lake(tmp_path / "lake").key() == key
    assert stat.S_IMODE((tmp_path / "lake" / "key").stat().st_mode) == 0o600
    assert Lake(tmp_path / "other").key() != key


def test_a_key_in_the_environment_is_used_and_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_KEY", "sixteen letters!")
    assert Lake(tmp_path).key() == "sixteen letters!"
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("REGULARS_KEY", "fifteen letters")
    with pytest.raises(InputError, match="shorter than 16"):
        Lake(tmp_path).key()


def test_an_empty_key_file_stops_the_night_rather_than_key_ids_with_nothing(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n")
    with pytest.raises(Fault, match="key"):
        Lake(tmp_path).key()


def test_a_second_run_is_refused_at_once_and_may_start_when_the_first_has_ended(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    with lake.lock(), pytest.raises(Busy, match="another run"), Lake(tmp_path / "lake").lock():
        pass
    with lake.lock():
        pass


def test_what_runs_that_were_cut_off_left_behind_goes_and_batches_stay(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for folder in (lake.work("run"), lake.batch_root("abc") / ".half", lake.batch_root("abc") / "whole"):
        folder.mkdir(parents=True)
        (folder / "part.parquet").write_bytes(b"rows")
    lake.clear_work()
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.parquet")) == [
        "batches/abc/whole/part.parquet"
    ]
    lake.clear_work()


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "files.json"
    write_atomically(path, "old")
    (tmp_path / ".files.json.new").mkdir()
    with pytest.raises(Fault, match=r"files\.json: cannot be written"):
        write_atomically(path, "new")
    assert path.read_text() == "old"


def test_a_table_is_read_back_by_shard_and_whole_with_the_types_of_its_contract(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "shop [1] {a}*")
    frame = pl.DataFrame([FRESH]).with_columns(pl.col("days_since_last_order").cast(pl.Int8), note=pl.lit("extra"))
    stage.write(mart.FRESHNESS, frame, 0)
    stage.write(mart.FRESHNESS, frame.with_columns(store_id=pl.lit("app")).lazy(), 11)
    assert [path.parent.name for path in stage.parts(mart.FRESHNESS)] == ["shard=00", "shard=11"]
    assert stage.scan(mart.FRESHNESS).collect().schema == mart.FRESHNESS.polars_schema
    assert stage.scan(mart.FRESHNESS).collect()["store_id"].to_list() == ["web", "app"]
    assert stage.scan(mart.FRESHNESS, 11).collect()["store_id"].to_list() == ["app"]


def test_a_table_that_was_not_written_has_no_rows_and_all_columns(tmp_path: Path) -> None:
    assert Stage(tmp_path).scan(mart.CUSTOMER).collect().schema == mart.CUSTOMER.polars_schema


def test_a_column_the_contract_asks_for_cannot_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        Stage(tmp_path).write(mart.FRESHNESS, pl.DataFrame([FRESH]).drop("store_id"))


def test_copies_of_files_that_no_night_has_read_can_be_forgotten(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    read, redacted, unread = (raw(number).sha256 for number in (1, 2, 3))
    kept = [lake.raw_path(read), lake.redacted_path(redacted)]
    gone = [lake.raw_path(redacted), lake.raw_path(unread), lake.raw_path(read).with_name(f".{unread}")]
    for path in (*kept, *gone):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    lake.remember([raw(1), raw(2)])
    lake.forget_unknown_files()
    assert [path.exists() for path in (*kept, *gone)] == [True, True, False, False, False]
