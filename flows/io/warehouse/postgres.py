"""The production warehouse: a PostgreSQL database."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType

import polars as pl
import psycopg
import sqlalchemy as sa
from psycopg import sql

from flows.io import migrations
from flows.io.warehouse import copy_text
from flows.io.warehouse.contract import Nights, Warehouse, check_not_newer, check_version
from flows.io.warehouse.faults import WarehouseBusy, WarehouseFault
from flows.io.warehouse.person import Person, delete_person, rows_of_person, tells_of_people
from flows.io.warehouse.postgres_anew import write_anew
from flows.io.warehouse.postgres_faults import told
from flows.io.warehouse.publication import Publication
from flows.io.warehouse.rekey import rekeyed
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Column, Replace, Table, Type

BATCH_ROWS = 50_000

CONNECT_ARGS = {
    "connect_timeout": 10,
    "application_name": "regulars",
    "client_encoding": "utf8",
    # The connection that holds the lock is silent all night; a firewall must not take it for dead.
    "keepalives_idle": 60,
}

READ_AS: Mapping[Type, sql.SQL] = MappingProxyType(
    {
        Type.MONEY: sql.SQL("({column} * 10000)::bigint"),
        Type.BOOLEAN: sql.SQL("{column}::text"),
        Type.DATE: sql.SQL("{column} - DATE '1970-01-01'"),
        Type.INSTANT: sql.SQL("(extract(epoch FROM {column}) * 1000000)::bigint"),
    }
)
"""How a type is asked for, so that neither the server's date style nor its time zone matters."""


def _lock_number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


RUN_LOCK = _lock_number("regulars")
PUBLISH_LOCK = _lock_number("regulars publish")


class PostgresWarehouse(Warehouse):
    """A database whose tables are only ever filled and emptied by row, so that grants and views last.

    Behind a pooler, the address must be one of session pooling: the lock belongs to the session.
    """

    def __init__(self, address: sa.URL) -> None:
        self.address = address
        self._engine = sa.create_engine(address, poolclass=sa.NullPool, connect_args=CONNECT_ARGS)

    @property
    def name(self) -> str:
        """Host, port and database."""
        host = self.address.host or self.address.query.get("host") or "localhost"
        return f"PostgreSQL at {host}:{self.address.port or 5432}, database {self.address.database}"

    def migrate(self) -> None:
        """Migrate in one transaction."""
        with told(self.name), self._engine.begin() as connection:
            current = migrations.current(connection)
            check_not_newer(self.name, current, migrations.known())
            if current != migrations.newest():
                self._keep_others_from_publishing(connection)
                migrations.upgrade(connection)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold an advisory lock of the database, on a connection of its own."""
        with told(self.name):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with told(self.name):
                is_ours = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(RUN_LOCK)))
            if not is_ours:
                raise WarehouseBusy(f"{self.name} is in use by another run")
            yield
        finally:
            # The session's end gives the lock back, also when the server went away meanwhile.
            connection.invalidate()
            connection.close()

    def publish(self, publication: Publication) -> dict[str, int]:
        """Delete and copy in one transaction; readers see the old night until it ends."""
        publication.check()
        with told(self.name), self._engine.begin() as connection:
            check_version(self.name, migrations.current(connection), migrations.newest(), migrations.known())
            self._keep_others_from_publishing(connection)
            later = sa.text("SELECT count(*) FROM ops.run WHERE as_of_date > :as_of AND published_at IS NOT NULL")
            is_later_published = bool(connection.scalar(later, {"as_of": publication.as_of}))
            cursor = _cursor(connection)
            with rekeyed(connection, publication, is_later_published=is_later_published):
                return {
                    table.full_name: _replace(cursor, table, files, publication.as_of)
                    for table, files in publication.replaced(is_later_published=is_later_published).items()
                }

    def count_person(self, person: Person) -> dict[str, int]:
        """Count in one transaction."""
        with told(self.name), self._engine.begin() as connection:
            return rows_of_person(connection, person)

    def erase_person(self, person: Person) -> None:
        """Delete in one transaction, then write the tables anew, so that their files hold the rows no longer.

        The server's log, archives and backups are beyond its reach. Raises WarehouseFault where a table may not be
        written anew, by right or because somebody reads it all the time.
        """
        with told(self.name):
            with self._engine.begin() as connection:
                check_version(self.name, migrations.current(connection), migrations.newest(), migrations.known())
                self._keep_others_from_publishing(connection)
                delete_person(connection, person)
            write_anew(self._engine, [table for table in WAREHOUSE.values() if tells_of_people(table)])

    def _read(self, table: Table, nights: Nights | None) -> pl.DataFrame:
        columns = sql.SQL(", ").join(_readable(column) for column in table.columns)
        query = sql.SQL("COPY (SELECT {} FROM {} {}) TO STDOUT").format(columns, _identifier(table), _of(nights))
        with told(self.name), self._engine.begin() as connection, _cursor(connection).copy(query) as rows:
            return copy_text.read(b"".join(rows), table)

    def _keep_others_from_publishing(self, connection: sa.Connection) -> None:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(PUBLISH_LOCK))):
            raise WarehouseBusy(f"{self.name} is in use by a publication")


def _cursor(connection: sa.Connection) -> psycopg.Cursor[tuple[object, ...]]:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise WarehouseFault("PostgreSQL needs the driver psycopg")
    return driver.cursor()


def _replace(cursor: psycopg.Cursor[tuple[object, ...]], table: Table, files: Sequence[Path], as_of: date) -> int:
    nights = (as_of, as_of) if table.replaces is Replace.NIGHT else None
    cursor.execute(sql.SQL("DELETE FROM {} {}").format(_identifier(table), _of(nights)))
    columns = sql.SQL(", ").join(map(sql.Identifier, table.column_names))
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(_identifier(table), columns)) as target:
        for file in files:
            for batch in pl.read_parquet(file, hive_partitioning=False).iter_slices(BATCH_ROWS):
                target.write(copy_text.written(batch, table))
    return cursor.rowcount


def _of(nights: Nights | None) -> sql.Composable:
    between = sql.SQL("WHERE as_of_date BETWEEN {} AND {}")
    return sql.SQL("") if nights is None else between.format(*map(sql.Literal, nights))


def _readable(column: Column) -> sql.Composable:
    return READ_AS.get(column.type, sql.SQL("{column}")).format(column=sql.Identifier(column.name))


def _identifier(table: Table) -> sql.Identifier:
    return sql.Identifier(table.schema, table.name)
