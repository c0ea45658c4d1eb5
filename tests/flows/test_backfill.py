"""Past nights computed by one command are the nights that were run one by one, without their lists."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.backfill import dates
from flows.demo_shop import write_demo_shop
from flows.faults import InputError
from flows.io.warehouse import open_warehouse
from flows.steps.decide import LISTS
from tests.flows.conftest import Run
from tests.flows.published import assert_same, tables

pytestmark = pytest.mark.xdist_group("backfill")

UNTIL = date(2026, 3, 14)
NIGHTS = tuple(UNTIL - timedelta(days=days) for days in (14, 7, 0))


def test_a_step_of_a_month_keeps_the_day_where_the_month_has_it() -> None:
    found = dates(date(2025, 12, 31), date(2026, 4, 30), "month")
    assert found == [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_both_ends_are_asked_for() -> None:
    assert dates(UNTIL, UNTIL, "day") == [UNTIL]
    assert dates(NIGHTS[0], UNTIL, "week") == list(NIGHTS)


def test_an_end_before_the_beginning_is_told() -> None:
    with pytest.raises(InputError, match="before it begins"):
        dates(UNTIL, UNTIL - timedelta(days=1), "day")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the exports of a small shop."""
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder / "exports", customers=300, until=UNTIL, seed=9)
    return folder


@pytest.fixture(scope="module")
def backfilled(shop: Path, regulars: Run) -> str:
    """A warehouse whose last week was tried too early to be found by a backfill of missing nights."""
    flags = ("--exports", "exports", "--lake", "backfilled", "--warehouse", "backfilled.duckdb")
    first = regulars("run", *flags, "--as-of", NIGHTS[0], cwd=shop)
    assert first.returncode == 0, first.stderr
    done = regulars("backfill", *flags, "--from", NIGHTS[0], "--to", UNTIL, "--every", "week", cwd=shop)
    assert done.returncode == 0, done.stderr
    assert "2 of 3 nights to compute" in done.stderr
    return str(shop / "backfilled.duckdb")


@pytest.mark.night
@pytest.mark.slow
def test_it_publishes_what_nights_one_by_one_do(shop: Path, backfilled: str, regulars: Run) -> None:
    for as_of in NIGHTS:
        flags = ("--exports", "exports", "--lake", "nightly", "--warehouse", "nightly.duckdb")
        assert regulars("run", *flags, "--as-of", as_of, cwd=shop).returncode == 0
    for as_of in NIGHTS:
        by_night, at_once = (tables(url, as_of) for url in (str(shop / "nightly.duckdb"), backfilled))
        assert_same(*({name: found[name] for name in found.keys() - LISTS} for found in (by_night, at_once)))


@pytest.mark.night
def test_it_lists_nobody_and_leaves_lists_alone(backfilled: str) -> None:
    warehouse = open_warehouse(backfilled)
    listed = {as_of: not warehouse.read("contact.contact_hold", as_of).is_empty() for as_of in NIGHTS}
    assert listed == {NIGHTS[0]: True, NIGHTS[1]: False, NIGHTS[2]: False}


@pytest.mark.night
def test_a_night_that_fails_ends_it_and_is_named(shop: Path, regulars: Run) -> None:
    flags = ("--exports", "exports", "--lake", "early", "--warehouse", "early.duckdb")
    done = regulars("backfill", *flags, "--from", "2020-01-01", "--to", "2020-01-02", cwd=shop)
    assert done.returncode == 2
    assert "night of 2020-01-01, after 0 of 2: as_of 2020-01-01 lies before the first order" in done.stderr
    assert open_warehouse(str(shop / "early.duckdb")).run(date(2020, 1, 1))["status"] == "stopped"
    # The next asks for nights whose latest attempt did not publish, and finds that one alone.
    again = regulars("backfill", *flags, "--from", "2020-01-01", "--to", "2020-01-02", "--which", "failed", cwd=shop)
    assert "1 of 2 nights to compute" in again.stderr
