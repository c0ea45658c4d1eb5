"""What `run_gate` gives back, what it raises, and what it keeps to itself."""

import logging
import socket
import subprocess
import sys
import tempfile
import traceback
from datetime import date

import polars as pl
import pytest

from checks.gate import GateFault, between_tables, run_gate
from checks.gate.check import SQL_EXPECTATION, Check
from checks.gate.run import row_checks
from checks.gate.suites import structure_check
from transforms.contracts import staged
from transforms.contracts.quality import CHECK_RESULT

pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")

EMAIL, PHONE, NAME = "wilhelmine@xylander.example", "+491701234567", "Wilhelmine Xylander"


def test_valid_tables_pass_with_one_row_an_expectation(tables, write):
    result = run_gate(write(tables))
    assert result.schema == {name: t for name, t in CHECK_RESULT.polars_schema.items() if name != "as_of_date"}
    checks = [check for table in staged.TABLES for check in [structure_check(table), *row_checks(table)]]
    assert result.select("table_name", "check_name").rows() == sorted((check.table, check.name) for check in checks)
    assert result["is_passed"].all()
    counted = result.filter(pl.col("check_name") != "at_least_one_row", pl.col("table_name") != "waiting_line")
    assert counted["rows_failed"].unique().to_list() == [0]
    assert counted.filter(table_name="order_line", check_name="not_null(amount)")["rows_checked"].item() == 3
    columns = CHECK_RESULT.column("severity").values
    assert set(result["severity"]) == set(columns)


def test_every_check_says_what_to_do_in_one_line():
    checks = [check for table in staged.TABLES for check in [structure_check(table), *row_checks(table)]]
    for check in checks:
        assert check.meaning.endswith(".")
        assert "\n" not in check.meaning
    assert len({(check.table, check.name) for check in checks}) == len(checks)
    named = {table.name for table in staged.TABLES}
    assert all({check.table, *check.reads} <= named for check in between_tables.CHECKS)


def test_shards_are_one_table(tables, write):
    lines = tables["order_line"]
    doubled = tables | {"order_line": pl.concat([lines, lines.tail(1).with_columns(order_key=pl.lit("s1/1"))])}
    paths = write(doubled, shards=3)
    tables["consent"].write_parquet(paths["consent"][2])
    result = run_gate(paths)
    assert result.filter(check_name="not_null(amount)", table_name="order_line")["rows_checked"].item() == 4
    assert result.filter(check_name="columns_match_contract")["rows_checked"].unique().to_list() == [None]
    failed = result.filter(~pl.col("is_passed"))
    assert failed.select("table_name", "check_name", "rows_failed").rows() == [
        ("consent", "unique(account_key, channel, purpose, happened_at)", 4),
        ("purchase_order", "lines_are_all_there(line_count)", 1),
    ]


def test_no_files_are_a_table_without_rows(tables, write):
    result = run_gate(write(tables) | {"consent": [], "refund": []})
    assert result["is_passed"].all()
    empty = result.filter(table_name="consent").filter(pl.col("check_name") != "columns_match_contract")
    assert empty["rows_checked"].unique().to_list() == [0]


def test_a_forgotten_table_is_refused(tables, write):
    paths = write(tables)
    del paths["refund"]
    with pytest.raises(ValueError, match="refund"):
        run_gate(paths)


def test_failures_neither_raise_nor_show_what_was_read(tables, write, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    spoiled = tables | {
        "consent": tables["consent"].with_columns(channel=pl.lit(EMAIL), purpose=pl.lit(PHONE)),
        "customer_account": pl.concat([tables["customer_account"].with_columns(account_key=pl.lit(NAME))] * 2),
        "order_line": tables["order_line"].with_columns(product_key=pl.lit(NAME)),
    }
    paths = write(spoiled)
    result = run_gate(paths)
    assert not result["is_passed"].all()
    assert not [record for record in caplog.records if record.name.startswith("great_expectations")]
    seen = result.write_csv() + caplog.text + "".join(capfd.readouterr())
    assert not [secret for secret in (EMAIL, PHONE, NAME) if secret in seen]


BROKEN = Check(
    "customer_account",
    "broken",
    SQL_EXPECTATION,
    {"unexpected_rows_query": "SELECT 1 FROM {batch} WHERE CAST(email AS INTEGER) > 0"},
    "A query whose error quotes an address.",
)


def test_an_expectation_that_raises_is_a_fault(tables, write, caplog, capfd, monkeypatch):
    caplog.set_level(logging.DEBUG)
    assert EMAIL in tables["customer_account"]["email"]
    monkeypatch.setattr(between_tables, "CHECKS", (*between_tables.CHECKS, BROKEN))
    with pytest.raises(GateFault) as caught:
        run_gate(write(tables))
    assert str(caught.value) == f"suite customer_account: {SQL_EXPECTATION} could not be evaluated"
    seen = "".join(traceback.format_exception(caught.value)) + caplog.text + "".join(capfd.readouterr())
    assert not [secret for secret in (EMAIL, PHONE, NAME) if secret in seen]


@pytest.mark.parametrize("spoil", ["missing", "not Parquet", "cut short"])
def test_a_file_that_cannot_be_read_is_a_fault(spoil, tables, write, tmp_path):
    paths = write(tables, shards=2)
    path = tmp_path / "consent" / "shard=01" / "part.parquet"
    {
        "missing": path.unlink,
        "not Parquet": lambda: path.write_text("consent"),
        "cut short": lambda: path.write_bytes(path.read_bytes()[:-20]),
    }[spoil]()
    with pytest.raises(GateFault, match=r"^the files of staged\.consent cannot be read$"):
        run_gate(paths)


def test_damaged_pages_are_a_fault(tables, write, tmp_path):
    paths = write(tables)
    path = tmp_path / "product" / "shard=00" / "part.parquet"
    data = bytearray(path.read_bytes())
    data[4:200] = bytes(196)
    path.write_bytes(data)
    with pytest.raises(GateFault, match=r"^suite \w+: expect_\w+ could not be evaluated$"):
        run_gate(paths)


def test_leaves_no_file_calls_nobody_and_gives_the_log_back(tables, write, monkeypatch, tmp_path_factory):
    paths = write(tables)
    here, temporary = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("temporary")
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def refuse(*_: object) -> None:
        raise AssertionError("the gate called somebody")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    log = logging.getLogger("great_expectations")
    monkeypatch.setattr(log, "level", logging.INFO)
    run_gate(paths)
    assert log.level == logging.INFO
    assert [*here.iterdir(), *temporary.iterdir()] == []


def test_importing_the_package_does_not_import_great_expectations():
    code = "import sys, checks.gate; sys.exit('great_expectations' in sys.modules or 'duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_the_time_zone_of_the_machine_does_not_matter(tables, failed_of, monkeypatch):
    east = tables["purchase_order"].with_columns(happened_date=pl.lit(date(2026, 3, 5)))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    refunds = tables["refund"].with_columns(happened_date=pl.lit(date(2026, 3, 5)))
    assert failed_of(tables | {"purchase_order": east, "refund": refunds}, before=tables) == {}
