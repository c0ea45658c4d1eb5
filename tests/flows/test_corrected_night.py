"""Nights with a corrections file: it is kept with the night, and stops one in which it touches something else."""

from datetime import date
from pathlib import Path

import pytest

from flows.demo_shop import write_demo_shop
from flows.io.warehouse import open_warehouse
from flows.steps.corrections import HEADER
from tests.flows.conftest import Run
from tests.flows.published import assert_same, tables
from transforms.contracts.table import Schema

pytestmark = pytest.mark.night

UNTIL = date(2026, 3, 14)
RUN = ("run", "--exports", "exports", "--as-of", UNTIL, "--lake", "lake", "--warehouse", "w.duckdb")
ORDERS = """order_id,ordered_at,account_id,product_id,quantity,unit_price
X1,2026-01-05 10:00:00,N-1,P1,1,2.50
X1,2026-01-05 10:00:00,N-1,P2,secret-cell,2.50
X2,2026-01-06 10:00:00,N-1,P1,1,2.50
"""
CORRECTIONS = f"""{",".join(HEADER)}
,,main,order_line,X1,P2,quantity,secret-cell,3,set,1,typing slip,Ann,2026-02-01
more.csv,4,,,,,,,,drop,1,test order,Ann,2026-02-01
"""


def _corrected(folder: Path, text: str) -> None:
    (folder / "corrections.csv").write_text(text, encoding="utf-8")


def test_a_night_keeps_its_corrections_and_stops_where_they_touch_something_else(tmp_path: Path, regulars: Run) -> None:
    write_demo_shop(tmp_path / "exports", customers=200, until=UNTIL, seed=5)
    (tmp_path / "exports" / "more.csv").write_text(ORDERS)
    (tmp_path / "regulars.toml").touch()
    _corrected(tmp_path, CORRECTIONS)
    done = regulars(*RUN, cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    warehouse = str(tmp_path / "w.duckdb")
    read = open_warehouse(warehouse).read
    orders = read("mart.purchase_order")
    theirs = orders.filter(order_key="main/X1").select("customer_paid", "line_count").rows()
    assert theirs == [(100_000, 2)]
    assert orders.filter(order_key="main/X2").is_empty()
    dropped = read("quality.quarantine", UNTIL).filter(rule="corrected_away")
    assert dropped.select("file_name", "line_number").rows() == [("more.csv", 4)]
    quality = read("mart.data_quality", UNTIL).filter(check_name="corrected_away")
    assert quality["rows_failed"].to_list() == [1]
    [kept] = (tmp_path / "lake" / "nights" / str(UNTIL)).glob("*/corrections.csv")
    assert kept.read_text(encoding="utf-8") == CORRECTIONS

    seen = tables(warehouse, schemas=(Schema.MART, Schema.CONTACT))
    _corrected(tmp_path, CORRECTIONS.replace("3,set,1", "3,set,2"))
    stopped = regulars(*RUN, cwd=tmp_path)
    assert stopped.returncode == 1
    assert "corrections.csv line 2: rows says 2, and it touches 1 in more.csv" in stopped.stderr
    assert "secret-cell" not in stopped.stderr + stopped.stdout
    assert_same(tables(warehouse, schemas=(Schema.MART, Schema.CONTACT)), seen)
