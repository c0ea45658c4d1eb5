"""Alembic's entry: runs the migrations on the connection that `flows.io.migrations.upgrade` was given."""

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateSchema

from flows.io.migrations import VERSION_SCHEMA, VERSION_TABLE
from transforms.contracts.table import WAREHOUSE_SCHEMAS

VERSION_COMMENT = "One row. The migration this warehouse stands at; written by `regulars migrate` alone."


def _run(connection: Connection) -> None:
    # Asked first, because CREATE SCHEMA IF NOT EXISTS needs the right to create even where the schema exists.
    inspector = sa.inspect(connection)
    for schema in WAREHOUSE_SCHEMAS:
        if not inspector.has_schema(schema):
            connection.execute(CreateSchema(str(schema)))
    context.configure(connection=connection, version_table=VERSION_TABLE, version_table_schema=VERSION_SCHEMA)
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(sa.text(f"COMMENT ON TABLE {VERSION_SCHEMA}.{VERSION_TABLE} IS '{VERSION_COMMENT}'"))
    column_comment = f"COMMENT ON COLUMN {VERSION_SCHEMA}.{VERSION_TABLE}.version_num IS 'Number of the migration.'"
    connection.execute(sa.text(column_comment))


_run(context.config.attributes["connection"])
