"""`regulars check` tells what became of every row, and nothing of what stands in it."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from flows.check import check
from flows.demo_shop import write_demo_shop
from flows.faults import InputError
from flows.io.salvaged_text import BROKEN_ROWS
from flows.settings import Settings
from tests.flows.conftest import Run

UNTIL = date(2026, 3, 14)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the exports of a small shop, some rows of which are damaged."""
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder / "exports", customers=500, until=UNTIL, seed=3)
    return folder


def test_exactly_the_damaged_rows_are_quarantined(shop: Path) -> None:
    checked = check(Settings(), [shop / "exports"])
    damaged = pl.read_parquet(shop / "exports.truth" / "damaged_row.parquet").select("file", "line_number")
    rejected = checked.rejected.select(file="file_name", line_number="line_number")
    assert not damaged.is_empty()
    assert set(rejected.iter_rows()) == set(damaged.iter_rows())
    assert checked.account["lines_read"].sum() == checked.account["loaded"].sum() + len(damaged)
    assert (checked.failure, checked.lacking) == (None, None)
    assert "raw" not in checked.rejected.columns


def test_files_are_named_one_by_one(shop: Path) -> None:
    consents, customers = (shop / "exports" / name for name in ("consents.csv", "customers.csv"))
    checked = check(Settings(), [consents, customers])
    assert checked.account["file_name"].to_list() == ["consents.csv", "customers.csv"]
    assert "no order" in str(checked.lacking)


ORDERS = "order_id,ordered_at,account_id,product_id,quantity,unit_price,currency\n"
TWO_CURRENCIES = "1,2026-03-01 10:00:00,7,P1,1,2.00,EUR\n1,2026-03-01 10:00:00,7,P2,1,2.00,USD\n"


@pytest.mark.parametrize(
    ("rows", "told", "fates"),
    [
        ("1,2026-03-01 10:00:00,7,P1,1,2.00,USD\n2,never,7,P1,1,2.00,EUR\n", "rate", (2, 1, 1)),
        (TWO_CURRENCIES, "line 3", (2, 2, 0)),
        ("1,never,7,P1,1,2.00,EUR\n", "no order is left", (1, 0, 1)),
    ],
)
def test_what_would_stop_a_night_is_a_failure_and_every_row_is_told(
    tmp_path: Path, rows: str, told: str, fates: tuple[int, int, int]
) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS + rows)
    checked = check(Settings.model_validate({"shop": {"currency": "EUR"}}), [tmp_path / "orders.csv"])
    assert checked.lacking is None
    assert isinstance(checked.failure, InputError)
    assert told in str(checked.failure)
    assert checked.account.select("lines_read", "loaded", "quarantined").rows() == [fates]
    assert checked.rejected.height == fates[2]


def test_a_file_keeps_the_folder_of_its_store(shop: Path, tmp_path: Path) -> None:
    settings = Settings(stores=[{"id": "web"}, {"id": "market"}])
    (tmp_path / "market").mkdir()
    copy = tmp_path / "market" / "customers.csv"
    copy.write_bytes((shop / "exports" / "customers.csv").read_bytes())
    assert check(settings, [copy]).account["file_name"].to_list() == ["market/customers.csv"]
    with pytest.raises(InputError, match="which store"):
        check(settings, [shop / "exports" / "customers.csv"])


def test_two_files_of_one_name_are_told(shop: Path, tmp_path: Path) -> None:
    copy = tmp_path / "customers.csv"
    copy.write_bytes((shop / "exports" / "customers.csv").read_bytes())
    with pytest.raises(InputError, match="two of the files"):
        check(Settings(), [shop / "exports", copy])


@pytest.mark.night
def test_the_command_prints_lines_and_leaves_rows_to_repair(shop: Path, regulars: Run, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.csv"
    header = "order_id,ordered_at,account_id,product_id,quantity,unit_price\n"
    rows = ["1,2026-03-01 10:00:00,anna@example.com,P1,1,2.00", "2,yesterday,bert@example.com,P1,1,2.00"]
    spoilt.write_text(header + "\n".join(rows) + "\n")
    done = regulars("check", spoilt, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "spoilt.csv: 1 row happened_at_unreadable, line 3" in done.stdout
    assert "example.com" not in done.stdout + done.stderr
    name = f"spoilt.{sha256(spoilt.read_bytes()).hexdigest()[:8]}.rejected.csv"
    assert f"rejected/{name}, 1 row\nNext: " in done.stdout
    assert {path.name for path in tmp_path.rglob("*")} == {"rejected", "spoilt.csv", name}


@pytest.mark.night
def test_a_file_that_cannot_be_split_is_critical(regulars: Run, tmp_path: Path) -> None:
    rows = '1,"2026,P,1,2\n' * (BROKEN_ROWS + 1)
    (tmp_path / "broken.csv").write_text(f"order_id,ordered_at,product_id,quantity,unit_price\n{rows}")
    done = regulars("check", "broken.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "broken.csv" in done.stderr
    assert regulars("check", "missing.csv", cwd=tmp_path).returncode == 2
