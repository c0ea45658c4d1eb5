from datetime import date

import duckdb
import psycopg
import pytest
import sqlalchemy as sa

from flows.io import migrations
from flows.io.migrations import new
from flows.io.warehouse import Publication, WarehouseFault, open_warehouse
from flows.io.warehouse.tables import CUSTOMER_CURRENT, READABLE, column_comment, table_comment
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Type

DUCKDB_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.MONEY: "DECIMAL(18,4)",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.DATE: "DATE",
    Type.INSTANT: "TIMESTAMP WITH TIME ZONE",
}
POSTGRES_TYPES = {
    Type.TEXT: "text",
    Type.INTEGER: "bigint",
    Type.MONEY: "numeric(18,4)",
    Type.NUMBER: "double precision",
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.INSTANT: "timestamp with time zone",
}

DUCKDB_COLUMNS = """
    SELECT schema_name || '.' || table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()
    WHERE NOT internal AND table_name <> 'schema_version' ORDER BY 1, column_index
"""
DUCKDB_COMMENTS = """
    SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE NOT internal
    UNION ALL SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal
"""
POSTGRES_COLUMNS = """
    SELECT n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
        col_description(c.oid, a.attnum)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attnum > 0 AND n.nspname IN ('mart', 'contact', 'quality', 'ops') AND c.relkind IN ('r', 'v')
        AND c.relname <> 'schema_version'
    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", a.attnum
"""
POSTGRES_COMMENTS = """
    SELECT n.nspname || '.' || c.relname, obj_description(c.oid) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('mart', 'contact', 'quality', 'ops') AND c.relkind IN ('r', 'v')
"""
POSTGRES_KEYS = """
    SELECT i.indrelid::regclass::text,
        array_agg(a.attname::text ORDER BY array_position(i.indkey::int[], a.attnum::int))
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary AND i.indrelid::regclass::text ~ '^(mart|contact|quality|ops)[.]' GROUP BY 1
"""


def declared(types: dict[Type, str]) -> list[tuple[str, str, str, bool, str]]:
    return [
        (
            name,
            column.name,
            types[column.type],
            column.nullable or name == CUSTOMER_CURRENT.full_name,
            column_comment(column),
        )
        for name, table in sorted(READABLE.items())
        for column in table.columns
    ]


def declared_comments() -> dict[str, str]:
    return {name: table_comment(table) for name, table in READABLE.items()}


def test_a_migrated_duckdb_has_the_contracts_tables(warehouse_file) -> None:
    open_warehouse(str(warehouse_file)).migrate()
    with duckdb.connect(warehouse_file, read_only=True) as base:
        assert base.execute(DUCKDB_COLUMNS).fetchall() == declared(DUCKDB_TYPES)
        comments = dict(base.execute(DUCKDB_COMMENTS).fetchall())
        assert comments.pop("ops.schema_version")
        assert comments == declared_comments()
        keys = base.execute("SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'")
        assert keys.fetchall() == [("schema_version",)]


@pytest.mark.night
def test_a_migrated_postgres_has_the_contracts_tables_and_keys(postgres_url) -> None:
    open_warehouse(postgres_url).migrate()
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(POSTGRES_COLUMNS).fetchall() == declared(POSTGRES_TYPES)
        comments = dict(connection.execute(POSTGRES_COMMENTS).fetchall())
        assert comments.pop("ops.schema_version")
        assert comments == declared_comments()
        keys = dict(connection.execute(POSTGRES_KEYS).fetchall())
        assert keys.pop("ops.schema_version") == ["version_num"]
        assert keys == {name: list(table.key) for name, table in WAREHOUSE.items()}


def test_migrating_again_changes_nothing(warehouse_file) -> None:
    warehouse = open_warehouse(str(warehouse_file))
    warehouse.migrate()
    before = warehouse_file.stat()
    warehouse.migrate()
    assert warehouse_file.stat() == before


def test_a_warehouse_of_a_newer_release_is_left_alone(warehouse, monkeypatch) -> None:
    monkeypatch.setattr(migrations, "current", lambda _connection: "9999")
    for attempt in (warehouse.migrate, lambda: warehouse.publish(Publication(date(2026, 1, 1), {}))):
        with pytest.raises(WarehouseFault, match=r"newer release \(9999\): update Regulars"):
            attempt()


def test_the_migrations_follow_the_contracts() -> None:
    with sa.create_engine("duckdb:///:memory:").begin() as connection:
        migrations.upgrade(connection)
        assert new.differences(connection) == {}, 'run: python -m flows.io.migrations.new "what changed"'
        assert new.is_view_current(connection)
