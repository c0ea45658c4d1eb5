import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest

from flows.faults import InputError
from flows.io.warehouse import Publication, WarehouseFault, open_warehouse
from flows.io.warehouse.embedded import ADVICE, EmbeddedWarehouse
from flows.io.warehouse.faults import advice_for


@pytest.mark.parametrize("url", ["data/shop.duckdb", "duckdb:///data/shop.duckdb"])
def test_a_path_is_a_file(url) -> None:
    warehouse = open_warehouse(url)
    assert isinstance(warehouse, EmbeddedWarehouse)
    assert warehouse.path == Path("data/shop.duckdb").absolute()


def test_an_absolute_path_has_four_slashes(tmp_path) -> None:
    assert open_warehouse(f"duckdb:///{tmp_path}/shop.duckdb").name == f"{tmp_path}/shop.duckdb"


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_server_is_named_without_its_password(scheme) -> None:
    warehouse = open_warehouse(f"{scheme}://me:hush@db.shop.example:5433/shop?sslmode=require")
    assert warehouse.name == "PostgreSQL at db.shop.example:5433, database shop"


@pytest.mark.parametrize(
    "url",
    [
        "",
        ":memory:",
        "duckdb://",
        "duckdb://hush@host/x",
        "mysql://me:hush@host/shop",
        "postgresql+psycopg2://me:hush@host/shop",
        "postgresql://me:hush@host",
        "postgresql://me:hush",
        "postgresql://me:hu@hush@host/shop",
        "postgresql://me:x@host:hush/shop",
        "://hush",
    ],
)
def test_another_address_is_refused_without_quoting_it(url) -> None:
    with pytest.raises(InputError) as caught:
        open_warehouse(url)
    assert "hush" not in str(caught.value)
    assert "\n" not in str(caught.value)


def sqlite(file: Path) -> None:
    with closing(sqlite3.connect(file)) as base:
        base.execute("CREATE TABLE t (a)")


@pytest.mark.parametrize("other", [sqlite, Path.touch, lambda file: file.write_text("order_id;amount\n")])
@pytest.mark.parametrize("action", ["migrate", "publish", "read", "latest_published"])
def test_a_file_that_is_no_duckdb_is_told_and_kept(tmp_path, action, other) -> None:
    file = tmp_path / "shop.duckdb"
    other(file)
    before = file.read_bytes()
    warehouse = open_warehouse(str(file))
    arguments = {"publish": [Publication(date(2026, 1, 1), {})], "read": ["mart.product"]}.get(action, [])
    with pytest.raises(WarehouseFault, match="name another file") as caught:
        getattr(warehouse, action)(*arguments)
    assert str(file) in str(caught.value)
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    warehouse = open_warehouse(str(tmp_path / "file" / "shop.duckdb"))
    for attempt in (warehouse.migrate, lambda: warehouse.lock().__enter__()):
        with pytest.raises(WarehouseFault, match="the folder must be writable"):
            attempt()


def test_a_file_another_program_writes_to_is_told(tmp_path) -> None:
    assert "close that program" in advice_for("IO Error: Could not set lock on file", ADVICE, "")


def test_a_file_of_a_newer_duckdb_is_told() -> None:
    message = (
        "Trying to read a database file with version number 68, but we can only read versions between 64 and 67.\n"
        "The database file was created with a newer version of DuckDB.\n"
    )
    assert "another version of DuckDB wrote it" in advice_for(message, ADVICE, "")


def test_a_duckdb_without_our_tables_is_migrated(tmp_path) -> None:
    file = tmp_path / "shop.duckdb"
    with duckdb.connect(file) as base:
        base.execute("CREATE TABLE own AS SELECT 1 AS a")
    warehouse = open_warehouse(str(file))
    with pytest.raises(WarehouseFault, match="run `regulars migrate`"):
        warehouse.publish(Publication(date(2026, 1, 1), {}))
    warehouse.migrate()
    assert warehouse.latest_published() is None
    with duckdb.connect(file, read_only=True) as base:
        assert base.execute("SELECT a FROM own").fetchall() == [(1,)]


def test_a_link_to_the_warehouse_stays_a_link(tmp_path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "shop.duckdb").symlink_to(tmp_path / "elsewhere" / "shop.duckdb")
    open_warehouse(str(tmp_path / "shop.duckdb")).migrate()
    assert (tmp_path / "shop.duckdb").is_symlink()
    assert (tmp_path / "elsewhere" / "shop.bi.duckdb").is_file()
