"""The command line as a person meets it."""

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.flows.conftest import BIN, Run, RunAll

pytestmark = [pytest.mark.night, pytest.mark.xdist_group("command_line")]

UNTIL = date(2026, 3, 14)
STAGES = [
    "prepare",
    "collect",
    "read",
    "stage",
    "load_gate",
    "history",
    "gate",
    "links_before",
    "identify",
    "customers",
    "health",
    "fit",
    "score",
    "decide",
    "publish",
    "show",
]
FirstNight = tuple[Path, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def first_night(regulars: Run, tmp_path_factory: pytest.TempPathFactory) -> FirstNight:
    """Folder of a demo shop and what its first night printed."""
    folder = tmp_path_factory.mktemp("first")
    made = regulars("demo-shop", "demo-shop", "--plain", "--customers", 400, "--until", UNTIL, cwd=folder)
    assert made.returncode == 0, made.stderr
    run = regulars(
        "run", "--exports", "demo-shop", "--as-of", UNTIL, cwd=folder, env={"REGULARS_SHOP__NAME": "Tea & Co"}
    )
    assert run.returncode == 0, run.stderr
    return folder, run


def test_the_night_ends_with_a_table_places_and_a_next_step_that_works(
    first_night: FirstNight,
) -> None:
    folder, run = first_night
    for word in ("Tea & Co, night of 2026-03-14", "Customers", "tier member", "Gold", "at risk", "quarantined"):
        assert word in run.stdout
    report = folder / re.search(r"Report +(\S+)", run.stdout)[1]
    assert "Tea &amp; Co" in report.read_text(encoding="utf-8")
    assert Path(re.search(r"Warehouse +(\S+)", run.stdout)[1]).is_file()
    command = shlex.split(run.stdout.splitlines()[-1])
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "customer_id" in shown.stdout


def test_a_line_a_stage_and_nothing_else(first_night: FirstNight) -> None:
    lines = first_night[1].stderr.splitlines()
    assert [line.split()[0] for line in lines] == STAGES


def test_what_holds_personal_data_is_for_the_owner_only(
    first_night: FirstNight,
) -> None:
    data = first_night[0] / "regulars-data"
    modes = {path: stat.S_IMODE((data / path).stat().st_mode) for path in ("lake", "warehouse.duckdb")}
    assert modes == {"lake": 0o700, "warehouse.duckdb": 0o600}


def test_lines_for_machines(regulars: Run, tmp_path: Path, first_night: FirstNight) -> None:
    flags = ("--exports", first_night[0] / "demo-shop", "--as-of", UNTIL)
    run = regulars("run", *flags, cwd=tmp_path, env={"REGULARS_RUNNING__LOG_FORMAT": "json"})
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    assert {line["stage"] for line in lines} >= {"collect", "publish"}
    assert all(line["seconds"] >= 0 and line["peak_mb"] > 0 and line["levelname"] == "INFO" for line in lines)


def test_wrong_usage_is_exit_2_and_says_where(run_all: RunAll, tmp_path: Path) -> None:
    wrong = {
        ("run", "--as-off", "2026-03-14"): "--as-off",
        ("run", "--as-of", "14.3.2026"): "--as-of",
        ("demo-shop", "x", "--customers", "0"): "--customers",
        ("demo-shop", "x", "--world", "soft"): "--world",
        ("demo-shop", "x", "--plain", "--world", "hard"): "--plain",
        ("runn",): "runn",
    }
    for done, told in zip(run_all([(tmp_path, arguments) for arguments in wrong]), wrong.values(), strict=True):
        assert done.returncode == 2
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_a_night_without_a_prefect_server_starts_its_own(tmp_path: Path, first_night: FirstNight) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "REGULARS_"))}
    command = [BIN / "regulars", "run", "--exports", first_night[0] / "demo-shop", "--as-of", str(UNTIL)]
    run = subprocess.run(
        command, cwd=tmp_path, env={**env, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert sys.executable not in run.stderr
    assert [line.split()[0] for line in run.stderr.splitlines()] == STAGES


def test_no_library_has_the_last_word_in_a_terminal(regulars: Run, tmp_path: Path) -> None:
    """Prefect's workers, held up by a busy server, warn at exit: after the line that says what to do."""
    at_exit = (
        "import logging; from flows.cli import quiet_prefect; quiet_prefect(); "
        "from prefect.logging.configuration import setup_logging; setup_logging(); "
        "logging.getLogger('EventsWorker').warning('Still processing items')"
    )
    done = regulars("-c", at_exit, cwd=tmp_path, program=(sys.executable,))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_night_that_lost_orders_stops_and_its_check_report_says_so(
    regulars: Run, tmp_path: Path, first_night: FirstNight
) -> None:
    folder = shutil.copytree(first_night[0], tmp_path / "shop")
    published = folder / "regulars-data" / "report"
    assert 'href="checks-2026-03-14.html"' in (published / "latest.html").read_text(encoding="utf-8")
    assert "The night was published." in (published / "checks-2026-03-14.html").read_text(encoding="utf-8")
    (folder / "regulars.toml").write_text('[paths]\nignore = ["orders-2025.csv"]\n')
    run = regulars("run", "--exports", "demo-shop", "--as-of", UNTIL + timedelta(days=1), cwd=folder)
    assert run.returncode == 1
    assert "nothing was published" in run.stderr
    page = (published / "checks-2026-03-15.html").read_text(encoding="utf-8")
    assert "purchase_order: nothing_lost(rows)" in page
    assert "raise checks.largest_fall for this night" in page
    assert "@example" not in page
