"""A person leaves either warehouse: every row, and the bytes of every row."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import psycopg
import pytest
from sqlalchemy.engine import make_url

from flows.io.warehouse import Warehouse, WarehouseFault, open_warehouse
from flows.io.warehouse.embedded import EmbeddedWarehouse
from flows.io.warehouse.person import Person, tells_of_people
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Privacy, Schema, Type

NIGHT = date(2026, 3, 1)
THEIRS, FORMER = "c" + "7" * 20, "c" + "8" * 20
TEXT = "planted text of the person"
ABOUT_PEOPLE = {name: table for name, table in WAREHOUSE.items() if tells_of_people(table)}
KEYS = {"customer_id", "file_id", "order_key", "refund_key"}
Frames = dict[str, pl.DataFrame]


def rejected(*numbers: int) -> pl.DataFrame:
    schema = {"file_id": pl.String, "line_number": pl.Int64}
    return pl.DataFrame([("theirs", number) for number in numbers], schema=schema, orient="row")


def planted(frames: Frames) -> tuple[Frames, Frames]:
    """The night with rows of the person in every table about people, and what should be left of it."""
    left = {}
    for name, table in ABOUT_PEOPLE.items():
        others = frames[name].slice(2)
        if "referred_by_customer_id" in table.column_names:
            brought = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(THEIRS)).otherwise("referred_by_customer_id")
            others = others.with_columns(referred_by_customer_id=brought)
        texts = [column for column in table.columns if column.type is Type.TEXT and column.name not in KEYS]
        theirs = {column.name: pl.lit(TEXT) for column in texts}
        if "customer_id" in table.column_names:
            theirs["customer_id"] = pl.lit(THEIRS)
        if name == "mart.customer_link":
            theirs |= {"old_customer_id": pl.lit(FORMER), "new_customer_id": pl.lit(THEIRS)}
        own = [frames[name].head(1).with_columns(**theirs)]
        if "order_key" in table.column_names:
            # Two of their orders, one of which the warehouse takes for a guest's.
            guest = {"customer_id": pl.lit(None, pl.String), "order_key": pl.lit("web/guest")}
            own += [own[0].with_columns(order_key=pl.lit("web/1")), frames[name][1].with_columns(**{**theirs, **guest})]
            own = own[1:]
        if "line_number" in table.column_names:
            own = [own[0].with_columns(file_id=pl.lit("theirs"), line_number=pl.lit(number)) for number in (2, 5)]
        frames[name], left[name] = pl.concat([others, *own], how="vertical_relaxed"), others
    return frames, left


@pytest.fixture
def night(nasty_night, publication) -> Callable[[Warehouse, date], Frames]:
    """Publishes a night that holds the person; what should be left of it."""

    def publish(warehouse: Warehouse, as_of: date) -> Frames:
        frames, left = planted(nasty_night(as_of, tables=[*ABOUT_PEOPLE, "ops.run", "mart.product"]))
        warehouse.publish(publication(as_of, frames))
        return left

    return publish


def test_every_table_with_personal_data_can_be_searched_for_a_person() -> None:
    personal = {
        name
        for name, table in WAREHOUSE.items()
        if any(column.privacy is Privacy.PERSONAL for column in table.columns) or table.schema is Schema.CONTACT
    }
    assert personal <= set(ABOUT_PEOPLE)


def test_every_row_of_every_night_goes_and_no_other(warehouse: Warehouse, night) -> None:
    nights = [NIGHT, NIGHT + timedelta(days=1)]
    left = [night(warehouse, as_of) for as_of in nights]
    person = Person((THEIRS, FORMER), ("web/1", "web/guest"), rejected(2, 5, 9))
    counts = warehouse.count_person(person)
    before = {name: warehouse.read(name).height for name in WAREHOUSE}
    warehouse.erase_person(person)
    assert warehouse.count_person(person) == {}
    after = {name: warehouse.read(name).height for name in WAREHOUSE}
    assert {name: before[name] - after[name] for name in before if before[name] > after[name]} == counts
    assert set(counts) == set(ABOUT_PEOPLE)
    for name, table in ABOUT_PEOPLE.items():
        for as_of, frames in zip(nights, left, strict=True):
            if "as_of_date" in table.column_names:
                kept = warehouse.read(name, as_of).select(table.key)
                expected = frames[name].sort(table.key).select(table.key)
                assert kept.rows() == expected.with_columns(pl.col(pl.String).str.replace_all("\0", "")).rows()
    everything = "".join(warehouse.read(name).write_json() for name in WAREHOUSE)
    assert not [text for text in (TEXT, THEIRS, FORMER) if text in everything]


def test_whom_they_brought_stays_and_a_row_under_a_former_id_goes(
    warehouse: Warehouse, nasty_night, publication
) -> None:
    frames = nasty_night(NIGHT)
    ids, count = frames["mart.customer"]["customer_id"], frames["mart.customer"].height
    former = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(FORMER)).otherwise("customer_id")
    brought = pl.Series([None, THEIRS, FORMER, *ids[3:]])
    frames["mart.customer"] = frames["mart.customer"].with_columns(former.alias("customer_id"),
                                                                   referred_by_customer_id=brought)  # fmt: skip
    warehouse.publish(publication(NIGHT, frames))
    assert warehouse.count_person(Person((THEIRS, FORMER))) == {"mart.customer": 1}
    warehouse.erase_person(Person((THEIRS, FORMER)))
    left = warehouse.read("mart.customer").select("customer_id", "referred_by_customer_id")
    told = dict(left.iter_rows())
    assert (left.height, told[ids[1]], told[ids[2]]) == (count - 1, None, None)
    assert [told[one] for one in ids[3:]] == ids[3:].to_list()


def test_again_removes_nothing_more(warehouse: Warehouse, night) -> None:
    night(warehouse, NIGHT)
    person = Person((THEIRS, FORMER), ("web/1", "web/guest"), rejected(2, 5))
    warehouse.erase_person(person)
    left = {name: warehouse.read(name) for name in WAREHOUSE}
    warehouse.erase_person(person)
    assert all(warehouse.read(name).equals(frame) for name, frame in left.items())


def test_their_bytes_are_in_no_file(warehouse: Warehouse, night, warehouse_file: Path) -> None:
    night(warehouse, NIGHT)
    if isinstance(warehouse, EmbeddedWarehouse):
        files = [warehouse_file, warehouse_file.with_name("shop.bi.duckdb")]
    else:
        files = _server_files(warehouse)
    assert all(any(text in file.read_bytes() for file in files) for text in (TEXT.encode(), THEIRS.encode()))
    warehouse.erase_person(Person((THEIRS, FORMER), ("web/1", "web/guest"), rejected(2, 5)))
    if not isinstance(warehouse, EmbeddedWarehouse):
        files = _server_files(warehouse)
    assert not any(text in file.read_bytes() for file in files for text in (TEXT.encode(), THEIRS.encode()))


def _server_files(warehouse: Warehouse) -> list[Path]:
    address = make_url(warehouse.address).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        # What the planner has sampled lies in a file too.
        connection.execute("ANALYZE")
        connection.execute("CHECKPOINT")
        (number,) = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    return [path for path in (Path(address.query["host"]) / "data" / "base" / str(number)).iterdir() if path.is_file()]


def test_comments_views_and_tables_of_others_outlive_the_copy(warehouse_file: Path, night) -> None:
    warehouse = open_warehouse(str(warehouse_file))
    warehouse.migrate()
    night(warehouse, NIGHT)
    with duckdb.connect(warehouse_file) as base:
        base.execute("CREATE TABLE main.of_an_analyst AS SELECT 1 AS one; CREATE VIEW main.theirs AS FROM mart.product")
        before = _catalogue(base)
    warehouse.erase_person(Person((THEIRS, FORMER)))
    with duckdb.connect(warehouse_file, read_only=True) as base:
        assert _catalogue(base) == before
        assert base.execute("SELECT one FROM of_an_analyst").fetchall() == [(1,)]
    assert warehouse.read("mart.customer_current").height > 0


def _catalogue(base: duckdb.DuckDBPyConnection) -> list[list[tuple[object, ...]]]:
    queries = (
        "SELECT schema_name, table_name, comment FROM duckdb_tables() ORDER BY ALL",
        "SELECT schema_name, view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
        "SELECT schema_name, table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        "WHERE NOT internal ORDER BY ALL",
    )
    return [base.execute(query).fetchall() for query in queries]


@pytest.mark.night
def test_a_table_that_may_not_be_written_anew_is_a_fault_that_says_so(postgres_url: str, night) -> None:
    owner = open_warehouse(postgres_url)
    owner.migrate()
    night(owner, NIGHT)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS clerk")
        connection.execute("CREATE ROLE clerk LOGIN PASSWORD 'clerk'")
        for schema in ("mart", "contact", "quality", "ops"):
            connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO clerk")
            connection.execute(f"GRANT SELECT, DELETE, UPDATE ON ALL TABLES IN SCHEMA {schema} TO clerk")
    address = make_url(postgres_url).set(username="clerk", password="clerk")
    with pytest.raises(WarehouseFault, match=r"still in the file of \w+\.\w+: run this again as owner"):
        open_warehouse(address.render_as_string(hide_password=False)).erase_person(Person((THEIRS, FORMER)))
    assert owner.count_person(Person((THEIRS, FORMER))) == {}
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY clerk; DROP ROLE clerk")
