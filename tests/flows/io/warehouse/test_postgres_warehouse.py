from collections.abc import Iterator
from datetime import date

import polars as pl
import psycopg
import pytest

from flows.io.warehouse import Publication, Warehouse, WarehouseBusy, WarehouseFault, open_warehouse, postgres
from transforms.contracts import WAREHOUSE

pytestmark = pytest.mark.night

NIGHT = date(2026, 3, 1)
NOTHING = Publication(NIGHT, {})
COUNT = "SELECT count(*) FROM mart.product"


@pytest.fixture
def production(postgres_url) -> Warehouse:
    warehouse = open_warehouse(postgres_url)
    warehouse.migrate()
    return warehouse


@pytest.fixture
def reader(postgres_url) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '1s'")
        yield connection


def rows(connection: psycopg.Connection) -> int:
    return connection.execute(COUNT).fetchone()[0]


def test_readers_see_the_old_night_until_the_new_one_is_whole(
    production, reader, nasty_night, publication, monkeypatch
) -> None:
    product = nasty_night(NIGHT)["mart.product"]
    production.publish(publication(NIGHT, {"mart.product": product}))
    seen = []
    original = postgres._replace

    def watched(*arguments: object) -> int:
        written = original(*arguments)
        seen.append(rows(reader))
        return written

    monkeypatch.setattr(postgres, "_replace", watched)
    production.publish(
        publication(NIGHT, {"mart.product": product.head(3), "mart.calendar": nasty_night(NIGHT)["mart.calendar"]})
    )
    assert seen == [product.height, product.height]
    assert rows(reader) == 3


def test_a_reader_in_a_transaction_keeps_its_night(production, reader, nasty_night, publication) -> None:
    product = nasty_night(NIGHT)["mart.product"]
    production.publish(publication(NIGHT, {"mart.product": product}))
    with reader.transaction():
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert rows(reader) == product.height
        production.publish(publication(NIGHT, {"mart.product": product.head(3)}))
        assert rows(reader) == product.height
    assert rows(reader) == 3


def test_grants_and_foreign_views_last(production, reader, nasty_night, publication) -> None:
    reader.execute("CREATE VIEW public.own AS SELECT product_key FROM mart.product")
    reader.execute("GRANT SELECT ON mart.product TO PUBLIC")
    before = reader.execute("SELECT oid, relacl FROM pg_class WHERE oid = 'mart.product'::regclass").fetchall()
    production.publish(publication(NIGHT, nasty_night(NIGHT)))
    assert reader.execute("SELECT oid, relacl FROM pg_class WHERE oid = 'mart.product'::regclass").fetchall() == before
    assert reader.execute("SELECT count(*) FROM public.own").fetchone() == (rows(reader),)


def test_a_second_run_finds_it_busy(production, postgres_url) -> None:
    with production.lock():
        with pytest.raises(WarehouseBusy, match="another run"), open_warehouse(postgres_url).lock():
            pass
        production.publish(NOTHING)
    with production.lock():
        pass


def test_a_lost_lock_connection_does_not_hide_what_happened(production, reader) -> None:
    def fails() -> None:
        reader.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        raise KeyError

    with pytest.raises(KeyError), production.lock():
        fails()


def test_a_second_publication_finds_it_busy(production, reader) -> None:
    reader.execute("SELECT pg_advisory_lock(%s)", [postgres.PUBLISH_LOCK])
    with pytest.raises(WarehouseBusy, match="a publication"):
        production.publish(NOTHING)


def test_a_key_that_comes_twice_is_refused_without_telling_it(production, nasty_night, publication) -> None:
    product = nasty_night(NIGHT)["mart.product"].with_columns(product_key=pl.lit("secret-key"))
    with pytest.raises(WarehouseFault, match=r"same key .*mart\.product") as caught:
        production.publish(publication(NIGHT, {"mart.product": product}))
    assert "secret-key" not in str(caught.value)


def test_a_user_without_rights_is_told_so(production, reader, postgres_url) -> None:
    reader.execute("CREATE ROLE analyst LOGIN PASSWORD 'p%/@:s'")
    try:
        address = postgres_url.replace("//owner:", "//analyst:").replace(password(postgres_url), "p%25%2F%40%3As")
        analyst = open_warehouse(address)
        with pytest.raises(WarehouseFault, match="lacks a right"):
            analyst.read("mart.product")
    finally:
        reader.execute("DROP ROLE analyst")


def password(url: str) -> str:
    return url.partition("//owner:")[2].partition("@")[0]


def test_schemas_that_the_owner_of_the_database_made_are_used(reader, postgres_url) -> None:
    for schema in ("mart", "contact", "quality", "ops"):
        reader.execute(f"CREATE SCHEMA {schema}")
    warehouse = open_warehouse(postgres_url)
    warehouse.migrate()
    assert warehouse.read("mart.calendar").equals(WAREHOUSE["mart.calendar"].empty())


@pytest.mark.parametrize(
    ("before", "after", "way_out"),
    [
        ("//owner:", "//owner:wrong", "right user and password"),
        ("/shop_", "/shop_missing_", "create it"),
        ("host=", "host=/nowhere", "start the server"),
    ],
)
def test_a_server_that_lets_nobody_in_is_told_with_its_place(postgres_url, before, after, way_out) -> None:
    address = postgres_url.replace(before, after)
    warehouse = open_warehouse(address)
    for attempt in (warehouse.latest_published, warehouse.lock().__enter__):
        with pytest.raises(WarehouseFault, match=way_out) as caught:
            attempt()
        message = str(caught.value)
        assert "PostgreSQL at" in message
        assert "database shop_" in message
        assert "\n" not in message
        assert password(postgres_url) not in message


def test_a_server_that_goes_away_during_a_publication_is_told(
    production, reader, nasty_night, publication, monkeypatch
) -> None:
    def lost(*_arguments: object) -> int:
        reader.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'regulars'")
        return 0

    original = postgres._replace
    monkeypatch.setattr(postgres, "_replace", lambda *arguments: lost() + original(*arguments))
    with pytest.raises(WarehouseFault, match="server's log"):
        production.publish(publication(NIGHT, {"mart.product": nasty_night(NIGHT)["mart.product"]}))
