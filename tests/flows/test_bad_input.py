"""Bad input: one line that says what to do, the designed exit code, nothing published."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from flows.demo_shop import write_demo_shop
from flows.io.warehouse import open_warehouse
from tests.flows.conftest import Ended, Run, RunAll

pytestmark = [pytest.mark.night, pytest.mark.xdist_group("bad_input")]

UNTIL = date(2026, 3, 14)
Spoil = Callable[[Path], tuple[str, ...]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with good exports."""
    folder = tmp_path_factory.mktemp("shop") / "exports"
    write_demo_shop(folder, customers=60, until=UNTIL, seed=3)
    return folder


def _no_folder(folder: Path) -> tuple[str, ...]:
    shutil.rmtree(folder / "exports")
    return ()


def _no_file(folder: Path) -> tuple[str, ...]:
    for path in (folder / "exports").iterdir():
        path.unlink()
    return ()


def _empty_file(folder: Path) -> tuple[str, ...]:
    (folder / "exports" / "orders-today.csv").touch()
    return ()


def _unknown_layout(folder: Path) -> tuple[str, ...]:
    (folder / "exports" / "odd.csv").write_text("order_id,when,what\n1,2,anna@example.com\n")
    return ()


def _other_shops_store(folder: Path) -> tuple[str, ...]:
    (folder / "mine.toml").write_text('[[stores]]\nid = "web"\n')
    (folder / "theirs.toml").write_text('[[stores]]\nid = "outlet"\n')
    (folder / "exports" / "outlet").mkdir()
    (folder / "exports" / "customers.csv").rename(folder / "exports" / "outlet" / "customers.csv")
    return ("--config", "mine.toml")


def _store_in_a_column(folder: Path) -> tuple[str, ...]:
    (folder / "mine.toml").write_text('[[stores]]\nid = "web"\n')
    (folder / "theirs.toml").write_text('[[stores]]\nid = "outlet"\n')
    (folder / "exports" / "more.csv").write_text(
        "store_id,order_id,ordered_at,product_id,quantity,unit_price\noutlet,O1,2026-01-01 10:00,P1,1,2.00\n"
    )
    return ("--config", "mine.toml")


def _unknown_setting(folder: Path) -> tuple[str, ...]:
    (folder / "odd.toml").write_text('[shop]\ntimezon = "Europe/London"\n')
    return ("--config", "odd.toml")


def _unreachable(_folder: Path) -> tuple[str, ...]:
    return ("--warehouse", "postgresql://someone:secret-word@127.0.0.1:1/nowhere")


def _too_early(_folder: Path) -> tuple[str, ...]:
    return ("--as-of", "1999-01-01")


def _not_over(_folder: Path) -> tuple[str, ...]:
    return ("--as-of", "2099-01-01")


def _bad_address(_folder: Path) -> tuple[str, ...]:
    return ("--warehouse", "mysql://someone:secret-word@host/shop")


CASES: dict[str, tuple[Spoil, int, str]] = {
    "no folder": (_no_folder, 2, "exports: no such folder; give the folder"),
    "no file": (_no_file, 2, "exports: no export file; put"),
    "empty file": (_empty_file, 2, "orders-today.csv: the file is empty"),
    "unknown layout": (_unknown_layout, 2, "odd.csv: unknown layout; closest is generic_order_lines"),
    "another shop's folder": (_other_shops_store, 2, "store 'outlet' belongs to theirs.toml; move the file"),
    "another shop's rows": (_store_in_a_column, 2, "more.csv: store 'outlet' belongs to theirs.toml; move the file"),
    "unknown setting": (_unknown_setting, 2, "odd.toml: unknown setting shop.timezon; did you mean timezone?"),
    "unreachable warehouse": (_unreachable, 3, "127.0.0.1"),
    "malformed warehouse": (_bad_address, 2, "The warehouse's address must be"),
    "as_of not over": (_not_over, 2, "as_of 2099-01-01 is not over yet in UTC; give a day before today"),
    "as_of before the data": (_too_early, 2, "lies before the first order"),
}


@pytest.fixture(scope="module")
def ended(
    shop: Path, run_all: RunAll, prefect_api: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, Ended]]:
    """Folder of each case, and how the command ended there."""
    folders, asked = [], []
    for spoil, _, _ in CASES.values():
        folders.append(folder := tmp_path_factory.mktemp("case"))
        shutil.copytree(shop, folder / "exports")
        flags = spoil(folder)
        as_of = () if "--as-of" in flags else ("--as-of", UNTIL)
        asked.append((folder, ("run", "--exports", "exports", *as_of, *flags)))
    return dict(zip(CASES, zip(folders, run_all(asked, env=prefect_api), strict=True), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_bad_input(case: str, ended: dict[str, tuple[Path, Ended]]) -> None:
    _, exit_code, message = CASES[case]
    folder, done = ended[case]
    assert done.returncode == exit_code, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("regulars: ")]
    assert len(said) == 1
    assert message in said[0]
    for secret in ("Traceback", "anna@example.com", "secret-word"):
        assert secret not in done.stderr + done.stdout
    warehouse = folder / "regulars-data" / "warehouse.duckdb"
    assert not warehouse.exists() or open_warehouse(str(warehouse)).latest_published() is None


def test_a_bad_file_does_not_stay_in_the_lake(shop: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(shop, tmp_path / "exports")
    _unknown_layout(tmp_path)
    run = ("run", "--exports", "exports", "--as-of", UNTIL)
    assert regulars(*run, cwd=tmp_path).returncode == 2
    (tmp_path / "exports" / "odd.csv").unlink()
    assert regulars(*run, cwd=tmp_path).returncode == 0
