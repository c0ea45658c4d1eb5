"""Whole nights with a planted person who is then erased: nothing of them is left, and nothing brings them back."""

import json
import shutil
import signal
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import psycopg
import pytest
from sqlalchemy.engine import make_url

from flows.demo_shop import write_demo_shop
from flows.io.erasures import Erasures
from flows.io.lake import Lake
from flows.io.warehouse import open_warehouse
from tests.deployments.traces import cells, traces
from tests.flows.conftest import Run
from tests.flows.decoded import decoded
from tests.flows.published import assert_same, tables

pytestmark = [pytest.mark.night, pytest.mark.xdist_group("erase")]

UNTIL = date(2026, 3, 14)
BEFORE = UNTIL - timedelta(days=1)
ROOT = Path(__file__).parents[2]
ACCOUNT, NAME, EMAIL, PHONE = "XQ-77-planted", "Xaviera Quillfeather", "X.Quill@planted.example", "+86 138-0000-9999"
PERSON = (ACCOUNT, NAME, EMAIL, EMAIL.lower(), PHONE, "8613800009999")
FILES = {
    "more-customers.csv": f"""account_id,opened_at,customer_name,email,phone
{ACCOUNT},2025-01-01,{NAME},{EMAIL},{PHONE}
N-1,2025-01-01,茶客,tea@example.com,
{ACCOUNT},someday,{NAME},{EMAIL},{PHONE}
,2025-01-01,{NAME},{EMAIL.lower()},
""",
    "more-orders.csv": f"""order_id,ordered_at,account_id,product_id,quantity,unit_price
X1,2026-01-05 10:00:00,{ACCOUNT},P1,1,2.50
X1,2026-01-05 10:00:00,,P2,1,2.50

X2,2026-02-05 10:00:00,{ACCOUNT},P1,1,cheap
N1,2026-02-06 10:00:00,N-1,P1,2,cheap
N1,2026-02-06 10:00:00,N-1,P2,2,5.00
""",
    "more-lines.csv": """order_id,ordered_at,product_id,quantity,unit_price
X1,2026-01-05 10:00:00,P3,1,2.50
G1,2026-02-07 10:00:00,P3,1,2.50
""",
    "more-consents.csv": f"""account_id,said_at,channel,purpose,consent_state,evidence
{ACCOUNT},2025-01-01 10:00:00,email,marketing,granted,signed {NAME}
""",
}
THEIR_ROWS = {"more-customers.csv": 3, "more-orders.csv": 3, "more-lines.csv": 1, "more-consents.csv": 1}
STEPS = (
    "flows.erase:read",
    "flows.steps.read:redact",
    "flows.steps.read:_read_batch",
    "flows.erase:clear_warehouse",
    "flows.erasing.records:_rewrite",
    "flows.erase:finish",
)


def _run(as_of: date, warehouse: str = "w.duckdb") -> tuple[object, ...]:
    return ("run", "--exports", "exports", "--as-of", as_of, "--lake", "lake", "--warehouse", warehouse)


def _erase(*who: str, warehouse: str = "w.duckdb") -> tuple[object, ...]:
    return ("erase", *who, "--lake", "lake", "--warehouse", warehouse)


def _killed_at(step: str) -> tuple[object, ...]:
    return (sys.executable, "-m", "tests.flows.killed_run", step)


def _filled(folder: Path) -> None:
    write_demo_shop(folder / "exports", customers=300, until=UNTIL, seed=5)
    for name, text in FILES.items():
        (folder / "exports" / name).write_text(text, encoding="gb18030")


def _customer(lake: Path) -> str:
    (record,) = (lake / "nights" / str(UNTIL)).glob("*/identity.parquet")
    return pl.read_parquet(record).filter(account_key=f"main/{ACCOUNT}")["customer_id"].item()


def _account(warehouse: str) -> dict[str, dict[str, int]]:
    found = open_warehouse(warehouse).read("quality.row_account", UNTIL).drop("as_of_date", "file_id")
    fates = pl.sum_horizontal("loaded", "merged", "quarantined", "erased")
    assert found.filter(pl.col("lines_read") != fates).is_empty()
    return {row.pop("file_name"): row for row in found.to_dicts()}


@pytest.fixture(scope="module")
def shops(regulars: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders `nights`, after two nights, and `erased`, after the person was erased too; no export is left there."""
    folder = tmp_path_factory.mktemp("shops")
    nights, erased = folder / "nights", folder / "erased"
    _filled(nights)
    for as_of in (BEFORE, UNTIL):
        done = regulars(*_run(as_of), cwd=nights)
        assert done.returncode == 0, done.stderr
    shutil.move(nights / "exports", folder / "exports")
    shutil.copytree(nights, erased)
    done = regulars(*_erase("--email", f" {EMAIL.upper()} "), cwd=erased)
    assert done.returncode == 0, done.stderr
    (erased / "said").write_text(done.stdout + done.stderr)
    return folder


def test_nothing_of_the_person_is_left_in_any_file(shops: Path, prefect_api: dict[str, str]) -> None:
    found = traces(PERSON, decoded(shops / "nights"))
    # What was there shows that the search looks where things are.
    for place in ("lake/raw", "lake/batches", "lake/nights", "w.duckdb, contact.contact_point", "w.duckdb, quality"):
        assert any(f" in {place}" in trace for trace in found), place
    assert traces(PERSON, decoded(shops / "erased")) == []
    home = Path(prefect_api["PREFECT_HOME"])
    kept = [*cells(home / "prefect.db"), *decoded(home)]
    customer = _customer(shops / "nights" / "lake")
    assert any("flow_run.parameters" in trace for trace in traces([customer], kept))
    assert traces(PERSON, kept) == []


def test_every_night_of_every_table_is_without_the_customer_and_nothing_else(shops: Path) -> None:
    customer, orders = _customer(shops / "nights" / "lake"), {"main/X1"}
    before, after = (tables(str(shops / name / "w.duckdb")) for name in ("nights", "erased"))
    for name, frame in before.items():
        is_theirs = pl.lit(False)
        if "customer_id" in frame.columns:
            is_theirs |= pl.col("customer_id").eq_missing(customer)
        if "order_key" in frame.columns:
            is_theirs |= pl.col("order_key").is_in(orders).fill_null(False)
        if "raw" in frame.columns:
            is_theirs |= pl.any_horizontal(
                pl.col("raw").str.contains(text, literal=True) for text in (ACCOUNT, NAME, EMAIL)
            )
        assert_same({name: after[name]}, {name: frame.filter(~is_theirs)})
    assert before["quality.quarantine"].height - after["quality.quarantine"].height == 2 * 3
    assert open_warehouse(str(shops / "erased" / "w.duckdb")).read("mart.customer_current").height == 301


def test_the_receipt_tells_what_was_removed_where(shops: Path) -> None:
    (receipt,) = Erasures(Lake(shops / "erased" / "lake")).receipts()
    assert {str(file["file_name"]): file["rows"] for file in receipt.files} == THEIR_ROWS
    before, after = (tables(str(shops / name / "w.duckdb")) for name in ("nights", "erased"))
    gone = {name: before[name].height - after[name].height for name in before}
    assert receipt.tables == {name: rows for name, rows in gone.items() if rows}
    assert sorted(receipt.night_records.values()) == [1, 1]
    assert receipt.finished_at
    path = Erasures(Lake(shops / "erased" / "lake")).path(receipt)
    assert path.name.endswith(f"-{receipt.customer_id}.json")
    said = (shops / "erased" / "said").read_text()
    for word in (*THEIR_ROWS, *receipt.tables, str(path.name)):
        assert word in said
    assert {path.stat().st_mode & 0o777, (path.parent / "barred.json").stat().st_mode & 0o777} == {0o600}


def test_the_next_nights_balance_and_no_export_brings_the_person_back(
    shops: Path, regulars: Run, tmp_path: Path
) -> None:
    shutil.copytree(shops / "erased", tmp_path, dirs_exist_ok=True)
    (tmp_path / "exports").mkdir()
    assert regulars(*_run(UNTIL), cwd=tmp_path).returncode == 0
    balanced = _account(str(tmp_path / "w.duckdb"))
    assert {name: fates["erased"] for name, fates in balanced.items() if fates["erased"]} == THEIR_ROWS
    reference = tables(str(tmp_path / "w.duckdb"))
    manifest = (tmp_path / "lake" / "files.json").read_bytes()

    shutil.copytree(shops / "exports", tmp_path / "exports", dirs_exist_ok=True, copy_function=shutil.copyfile)
    shutil.copyfile(tmp_path / "exports" / "more-orders.csv", tmp_path / "exports" / "renamed.csv")
    assert regulars(*_run(UNTIL), cwd=tmp_path).returncode == 0
    assert_same(tables(str(tmp_path / "w.duckdb")), reference)
    assert (tmp_path / "lake" / "files.json").read_bytes() == manifest

    newer = FILES["more-orders.csv"] + f"X9,2026-03-01 10:00:00,{ACCOUNT},P1,1,9.00\n"
    (tmp_path / "exports" / "newer.csv").write_text(newer.replace("cheap", "1.00"))
    (tmp_path / "exports" / "newest.csv").write_text(
        FILES["more-lines.csv"].replace("X1", "X9") + "X2,2026-02-05 10:00:00,P1,1,1.00\n"
    )
    assert regulars(*_run(UNTIL), cwd=tmp_path).returncode == 0
    balanced = _account(str(tmp_path / "w.duckdb"))
    assert {name: balanced[name]["erased"] for name in ("newer.csv", "newest.csv")} == {"newer.csv": 4, "newest.csv": 2}
    assert open_warehouse(str(tmp_path / "w.duckdb")).run(UNTIL)["erased"] == sum(THEIR_ROWS.values()) + 6
    shutil.rmtree(tmp_path / "exports")
    assert traces(PERSON, decoded(tmp_path)) == []
    orders = tables(str(tmp_path / "w.duckdb"))["mart.purchase_order"]["order_key"]
    assert {"main/N1", "main/G1"} <= set(orders)
    assert not {"main/X1", "main/X2", "main/X9"} & set(orders)


@pytest.mark.slow
def test_erasing_twice_says_that_it_is_done(shops: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(shops / "erased", tmp_path, dirs_exist_ok=True)
    receipts = Erasures(Lake(tmp_path / "lake")).receipts()
    for who in (("--email", EMAIL), ("--phone", "+86 138 0000 9999"), ("--customer", receipts[0].customer_id)):
        again = regulars(*_erase(*who), cwd=tmp_path)
        assert again.returncode == 0, again.stderr
        assert "was erased before; nothing is left" in again.stderr
        assert receipts[0].finished_at in again.stdout
    assert Erasures(Lake(tmp_path / "lake")).receipts() == receipts
    assert_same(tables(str(tmp_path / "w.duckdb")), tables(str(shops / "erased" / "w.duckdb")))


def test_under_another_key_than_the_nights_nothing_is_erased(shops: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(shops / "nights", tmp_path, dirs_exist_ok=True)
    done = regulars(*_erase("--email", EMAIL), cwd=tmp_path, env={"REGULARS_KEY": "not the key of the nights"})
    assert done.returncode == 2
    assert "was named under another key; set REGULARS_KEY" in done.stderr
    assert_same(tables(str(tmp_path / "w.duckdb")), tables(str(shops / "nights" / "w.duckdb")))


@pytest.mark.parametrize("who", [("--email", "nobody@planted.example"), ("--customer", "c0123456789abcdef0123")])
def test_nobody_found_is_one_line_that_repeats_nothing(
    who: tuple[str, ...], shops: Path, regulars: Run, tmp_path: Path
) -> None:
    shutil.copytree(shops / "nights", tmp_path, dirs_exist_ok=True)
    done = regulars(*_erase(*who), cwd=tmp_path)
    assert done.returncode == 2
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("regulars: ")]
    assert "nobody is known by that" in said
    assert who[1] not in done.stderr + done.stdout
    assert not (tmp_path / "lake" / "erased").exists()


@pytest.mark.slow
def test_killed_once_they_are_barred_no_night_reads_them(shops: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(shops / "nights", tmp_path, dirs_exist_ok=True)
    (tmp_path / "exports").mkdir()
    regulars(*_erase("--email", EMAIL), cwd=tmp_path, program=_killed_at(STEPS[0]), env={"PYTHONPATH": str(ROOT)})
    assert regulars(*_run(UNTIL), cwd=tmp_path).returncode == 0
    # What earlier nights wrote waits for the erasure; this night wrote nothing, and left no file as it came.
    night = {name: frame.write_json().encode() for name, frame in tables(str(tmp_path / "w.duckdb"), UNTIL).items()}
    assert traces([*PERSON, _customer(shops / "nights" / "lake")], night.items()) == []
    assert traces(PERSON, [*decoded(tmp_path / "lake" / "raw"), *decoded(tmp_path / "lake" / "batches")]) == []
    assert _account(str(tmp_path / "w.duckdb"))["more-orders.csv"]["erased"] == 3

    assert regulars(*_erase("--email", EMAIL), cwd=tmp_path).returncode == 0
    assert traces(PERSON, decoded(tmp_path)) == []
    (receipt,) = Erasures(Lake(tmp_path / "lake")).receipts()
    assert {str(file["file_name"]): file["rows"] for file in receipt.files} == THEIR_ROWS


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_the_next_erasure_ends_it(step: str, shops: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(shops / "nights", tmp_path, dirs_exist_ok=True)
    killed = regulars(*_erase("--email", EMAIL), cwd=tmp_path, program=_killed_at(step), env={"PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (pending,) = Erasures(Lake(tmp_path / "lake")).receipts()
    assert pending.finished_at is None

    done = regulars(*_erase("--email", EMAIL), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert traces(PERSON, decoded(tmp_path)) == []
    assert_same(tables(str(tmp_path / "w.duckdb")), tables(str(shops / "erased" / "w.duckdb")))
    kept, undisturbed = (_lake(folder / "lake") for folder in (tmp_path, shops / "erased"))
    assert kept == undisturbed


def _lake(lake: Path) -> dict[str, object]:
    """Content of the lake by file, without when the erasure ran."""

    def content(path: Path) -> object:
        if path.suffix == ".parquet":
            return pl.read_parquet(path, hive_partitioning=False).to_dicts(), pl.read_parquet_metadata(path).get(
                "regulars"
            )
        if path.parent.name == "erased" and path.name != "barred.json":
            return {name: value for name, value in json.loads(path.read_text()).items() if not name.endswith("_at")}
        return path.read_bytes()

    return {str(path.relative_to(lake)): content(path) for path in lake.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_on_postgresql_nothing_is_left_in_the_servers_files(
    shops: Path, regulars: Run, tmp_path: Path, postgres_url: str
) -> None:
    shutil.copytree(shops / "exports", tmp_path / "exports")
    for as_of in (BEFORE, UNTIL):
        done = regulars(*_run(as_of, postgres_url), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert_same(tables(postgres_url), tables(str(shops / "nights" / "w.duckdb")))
    assert traces([EMAIL.lower(), NAME], _server_files(postgres_url))

    done = regulars(*_erase("--phone", PHONE, warehouse=postgres_url), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert_same(tables(postgres_url), tables(str(shops / "erased" / "w.duckdb")))
    assert traces(PERSON, _server_files(postgres_url)) == []
    shutil.rmtree(tmp_path / "exports")
    assert traces(PERSON, decoded(tmp_path)) == []
    assert regulars(*_erase("--phone", PHONE, warehouse=postgres_url), cwd=tmp_path).returncode == 0


def _server_files(url: str) -> Iterator[tuple[str, bytes]]:
    """Every file of the database's folder, once what the server holds in memory is written."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        (number,) = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    folder = Path(str(make_url(url).query["host"])) / "data" / "base" / str(number)
    for path in folder.iterdir():
        yield path.name, path.read_bytes()


@pytest.mark.slow
def test_a_person_whose_address_several_customers_have_is_erased_under_each(
    shops: Path, regulars: Run, tmp_path: Path
) -> None:
    shutil.copytree(shops / "nights", tmp_path, dirs_exist_ok=True)
    (tmp_path / "exports").mkdir()
    other = f"account_id,opened_at,customer_name,email\nXQ-78,2025-02-01,{NAME},{EMAIL}\n"
    (tmp_path / "exports" / "again.csv").write_text(other)
    assert regulars(*_run(UNTIL), cwd=tmp_path).returncode == 0
    assert regulars(*_erase("--email", EMAIL), cwd=tmp_path).returncode == 0
    assert len(Erasures(Lake(tmp_path / "lake")).receipts()) == 2
    (tmp_path / "exports" / "again.csv").unlink()
    assert traces([*PERSON, "XQ-78"], decoded(tmp_path)) == []
