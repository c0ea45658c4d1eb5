"""A night that is cut off leaves the last one readable, and the next run whole."""

import shutil
import signal
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.demo_shop import write_demo_shop
from flows.io.lake import Lake
from flows.io.salvaged_text import BROKEN_ROWS
from flows.io.warehouse import open_warehouse
from tests.flows.conftest import Run
from tests.flows.published import ABOUT_DATA, assert_same, tables

pytestmark = [pytest.mark.night, pytest.mark.xdist_group("interrupted_night")]

UNTIL = date(2026, 3, 14)
BEFORE = UNTIL - timedelta(days=1)
QUICK = ("publish",)
"""Every table is made, and nothing published."""
OTHERS = ("prepare", "collect", "read", "customers", "stage", "gate", "fit", "score", "decide", "show")
STEPS = (*QUICK, *(pytest.param(step, marks=pytest.mark.slow) for step in OTHERS))
ROOT = Path(__file__).parents[2]


def _arguments(as_of: date) -> tuple[object, ...]:
    return ("run", "--exports", "exports", "--as-of", as_of, "--lake", "lake", "--warehouse", "w.duckdb")


@pytest.fixture(scope="module")
def undisturbed(regulars: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders: `first` after the night before, `second` after both nights; a file came in between."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write_demo_shop(folder / "shop", customers=300, until=UNTIL, seed=5)
    exports = folder / "first" / "exports"
    shutil.copytree(folder / "shop", exports)
    (exports / f"orders-{UNTIL.year}.csv").rename(folder / "late.csv")
    assert regulars(*_arguments(BEFORE), cwd=folder / "first").returncode == 0
    shutil.copytree(folder / "first", folder / "second")
    shutil.copyfile(folder / "late.csv", folder / "second" / "exports" / "late.csv")
    assert regulars(*_arguments(UNTIL), cwd=folder / "second").returncode == 0
    return folder


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(step: str, undisturbed: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(undisturbed / "first", tmp_path, dirs_exist_ok=True)
    shutil.copyfile(undisturbed / "late.csv", tmp_path / "exports" / "late.csv")
    before = tables(str(tmp_path / "w.duckdb"))

    program = (sys.executable, "-m", "tests.flows.killed_run", step)
    killed = regulars(*_arguments(UNTIL), cwd=tmp_path, program=program, env={"PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    readable = tables(str(tmp_path / "w.duckdb"))
    is_published = step == "show"
    assert_same(readable, tables(str(undisturbed / ("second" if is_published else "first") / "w.duckdb")))
    assert is_published or before.keys() == readable.keys()
    assert regulars(*_arguments(UNTIL), cwd=tmp_path).returncode == 0
    assert_same(tables(str(tmp_path / "w.duckdb")), tables(str(undisturbed / "second" / "w.duckdb")))
    records = {record.name for record in (tmp_path / "lake" / "nights" / str(UNTIL)).iterdir()}
    assert open_warehouse(str(tmp_path / "w.duckdb")).run(UNTIL)["published_run_id"] in records
    assert not (tmp_path / "lake" / "work").exists()


def test_two_runs_at_once(undisturbed: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(undisturbed / "first", tmp_path, dirs_exist_ok=True)
    before = tables(str(tmp_path / "w.duckdb"))
    with Lake(tmp_path / "lake").lock():
        second = regulars(*_arguments(UNTIL), cwd=tmp_path)
    assert second.returncode == 4
    assert "another run" in second.stderr
    assert_same(tables(str(tmp_path / "w.duckdb")), before)


def test_a_stopped_night_changes_ops_and_quality_only(undisturbed: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(undisturbed / "first", tmp_path, dirs_exist_ok=True)
    before = tables(str(tmp_path / "w.duckdb"))
    rows = "O2,2026-01-01 10:00:00,P1,1,2.00,9\n" * (BROKEN_ROWS + 1)
    (tmp_path / "exports" / "broken.csv").write_text(f"order_id,ordered_at,product_id,quantity,unit_price\n{rows}")
    stopped = regulars(*_arguments(UNTIL), cwd=tmp_path)
    assert stopped.returncode == 1
    assert "broken.csv: more than 50,000 of its rows are broken, the first in line 2 (cells_shifted)" in stopped.stderr
    after = tables(str(tmp_path / "w.duckdb"))
    mart = {name: frame for name, frame in after.items() if not name.startswith("quality")}
    assert_same(mart, {name: before[name] for name in mart})
    run = open_warehouse(str(tmp_path / "w.duckdb")).run(UNTIL)
    assert (run["status"], run["published_at"]) == ("stopped", None)

    (tmp_path / "exports" / "broken.csv").unlink()
    shutil.copyfile(undisturbed / "late.csv", tmp_path / "exports" / "late.csv")
    assert regulars(*_arguments(UNTIL), cwd=tmp_path).returncode == 0
    assert_same(tables(str(tmp_path / "w.duckdb")), tables(str(undisturbed / "second" / "w.duckdb")))


def test_shards_and_threads_change_nothing(undisturbed: Path, regulars: Run, tmp_path: Path) -> None:
    reference = tables(str(undisturbed / "first" / "w.duckdb"))
    for name, env in {"shards": {"REGULARS_RUNNING__SHARDS": "3"}, "threads": {"POLARS_MAX_THREADS": "1"}}.items():
        shutil.copytree(undisturbed / "first" / "exports", tmp_path / name / "exports")
        assert regulars(*_arguments(BEFORE), cwd=tmp_path / name, env=env).returncode == 0
        assert_same(tables(str(tmp_path / name / "w.duckdb")), reference)


def test_a_dry_run_publishes_nothing(undisturbed: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(undisturbed / "first", tmp_path, dirs_exist_ok=True)
    before = tables(str(tmp_path / "w.duckdb"), schemas=(*ABOUT_DATA,))
    assert regulars(*_arguments(UNTIL), "--dry-run", cwd=tmp_path).returncode == 0
    assert_same(tables(str(tmp_path / "w.duckdb")), before)
    assert open_warehouse(str(tmp_path / "w.duckdb")).run(UNTIL) is None


def test_a_past_night_changes_nothing_of_the_latest_and_makes_no_lists(
    undisturbed: Path, regulars: Run, tmp_path: Path
) -> None:
    shutil.copytree(undisturbed / "second", tmp_path, dirs_exist_ok=True)
    before = tables(str(tmp_path / "w.duckdb"))
    past = BEFORE - timedelta(days=30)
    assert regulars(*_arguments(past), cwd=tmp_path).returncode == 0
    after = open_warehouse(str(tmp_path / "w.duckdb"))
    assert after.read("mart.customer_score", past).height > 0
    assert after.read("contact.contact_hold", past).is_empty()
    assert after.run(past)["contacts"] is None
    past_only = {
        name: frame for name, frame in tables(str(tmp_path / "w.duckdb")).items() if "as_of_date" in frame.columns
    }
    now = {name: frame.filter(pl.col("as_of_date") != past) for name, frame in past_only.items()}
    assert_same(now | {name: after.read(name) for name in before if name not in now}, before)


def test_published_without_a_report_is_published(undisturbed: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(undisturbed / "second", tmp_path, dirs_exist_ok=True)
    (tmp_path / "blocked").write_text("a file where the folder should be")
    done = regulars(*_arguments(UNTIL), cwd=tmp_path, env={"REGULARS_PATHS__REPORT": "blocked"})
    assert done.returncode == 0
    assert "published, but without a report" in done.stderr


def test_what_nobody_thought_of_is_a_fault_and_not_a_failed_check(regulars: Run, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where the folder should be")
    (tmp_path / "exports").mkdir()
    done = regulars("run", "--exports", "exports", "--lake", "blocked/lake", cwd=tmp_path)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("regulars: ")
