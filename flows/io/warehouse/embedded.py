"""The embedded warehouse: one DuckDB file, and beside it one for BI tools with `mart` alone."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import sqlalchemy as sa
from filelock import FileLock, Timeout

from flows.io import migrations
from flows.io.warehouse.bi import write_bi_file
from flows.io.warehouse.contract import Nights, Warehouse, check_not_newer, check_version
from flows.io.warehouse.drafts import draft_folder, put_in_place
from flows.io.warehouse.faults import WarehouseBusy, WarehouseFault, advice_for
from flows.io.warehouse.opening import engine_of, opened, write_anew
from flows.io.warehouse.person import Person, delete_person, rows_of_person
from flows.io.warehouse.publication import Publication
from flows.io.warehouse.rekey import rekeyed
from transforms.contracts.table import Column, Replace, Table, Type

OWNER_ONLY = 0o600
FOR_EVERYONE = 0o644

ADVICE = (
    ("not a valid DuckDB database", "it is no DuckDB database; name another file, or move this one away"),
    ("Extension", "it is no DuckDB database; name another file, or move this one away"),
    ("with version number", "another version of DuckDB wrote it; update Regulars"),
    ("newer version of DuckDB", "another version of DuckDB wrote it; update Regulars"),
    ("does not exist", "there is no warehouse yet, or not with these tables; run `regulars migrate`"),
    ("Could not set lock", "another program has it open for writing; close that program"),
    ("NOT NULL constraint failed", "a value that must be there is missing in the rows of the night"),
    ("out of range", "an amount of the night has more digits than DECIMAL(18,4)"),
    ("No space left", "the disk is full; make room"),
    ("Out of Memory", "there is too little memory"),
    ("Corrupt", "the file is damaged; put back its last backup and run the nights since again"),
)


class EmbeddedWarehouse(Warehouse):
    """A DuckDB file of mode 0600, changed by replacing it; readers keep the file they opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    def lock(self) -> AbstractContextManager[None]:
        """Hold `<name>.lock`."""
        return self._held(".lock", "another run")

    def migrate(self) -> None:
        """Create the file, or change a copy of it and put that in its place."""
        current = self._version()
        check_not_newer(self.name, current, migrations.known())
        if current != migrations.newest():
            with (
                self._held(".publishing", "a publication"),
                self._changed() as draft,
                engine_of(draft).begin() as connection,
            ):
                migrations.upgrade(connection)

    def publish(self, publication: Publication) -> dict[str, int]:
        """Change a copy of the file in one transaction and put it in its place, then the BI file likewise."""
        publication.check()
        with self._held(".publishing", "a publication"):
            check_version(self.name, self._version(), migrations.newest(), migrations.known())
            with self._changed() as draft:
                with engine_of(draft).begin() as connection:
                    written = _published(connection, publication)
                with opened(draft) as base:
                    base.execute("CHECKPOINT")
                return written

    def count_person(self, person: Person) -> dict[str, int]:
        """Count in the file that readers hold."""
        with self._told(), engine_of(self.path, read_only=True).connect() as connection:
            return rows_of_person(connection, person)

    def erase_person(self, person: Person) -> None:
        """Delete in a copy of the file and put what is left, copied to a new file, in its place, and a new BI file."""
        with self._held(".publishing", "a publication"):
            check_version(self.name, self._version(), migrations.newest(), migrations.known())
            with self._changed() as draft:
                with engine_of(draft).begin() as connection:
                    delete_person(connection, person)
                write_anew(draft)

    def _read(self, table: Table, nights: Nights | None) -> pl.DataFrame:
        columns = ", ".join(f"{_readable(column)} AS {column.name}" for column in table.columns)
        statement = f"SELECT {columns} FROM {table.full_name}"  # noqa: S608 - names of the contracts
        with self._told(), opened(self.path, read_only=True) as base:
            if nights is None:
                return base.execute(statement).pl()
            return base.execute(f"{statement} WHERE as_of_date BETWEEN ? AND ?", nights).pl()

    def _version(self) -> str | None:
        if not self.path.exists():
            return None
        with self._told(), engine_of(self.path, read_only=True).connect() as connection:
            return migrations.current(connection)

    @contextmanager
    def _changed(self) -> Iterator[Path]:
        with self._told():
            if self.path.with_name(f"{self.path.name}.wal").exists():
                # Renaming over the file would leave the log to be replayed into a database it does not belong to.
                raise WarehouseFault(
                    f"{self.path} has unsaved changes of another program beside it (.wal): close that program,"
                    " or open and close the file once with duckdb"
                )
            with draft_folder(self.path) as folder:
                draft, bi = folder / self.path.name, self.path.with_name(f"{self.path.stem}.bi{self.path.suffix}")
                if self.path.exists():
                    shutil.copyfile(self.path, draft)
                yield draft
                write_bi_file(draft, folder / bi.name)
                put_in_place(draft, self.path, OWNER_ONLY)
                bi.with_name(f"{bi.name}.wal").unlink(missing_ok=True)
                put_in_place(folder / bi.name, bi, FOR_EVERYONE)

    @contextmanager
    def _held(self, suffix: str, holder: str) -> Iterator[None]:
        lock = FileLock(self.path.with_name(f"{self.path.name}{suffix}"), timeout=0, thread_local=False)
        with self._told():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            is_ours = _take(lock)
        if not is_ours:
            raise WarehouseBusy(f"{self.path} is in use by {holder}")
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        # None of the originals comes along as a cause: it may quote a row.
        try:
            yield
        except duckdb.Error as error:
            raise self._fault(error) from None
        except sa.exc.DBAPIError as error:
            raise self._fault(error.orig) from None
        except OSError as error:
            place = error.filename or self.path
            raise WarehouseFault(f"{place}: {error.strerror}; the folder must be writable and have room") from None

    def _fault(self, error: BaseException | None) -> WarehouseFault:
        way_out = advice_for(str(error), ADVICE, f"DuckDB refused it ({type(error).__name__})")
        return WarehouseFault(f"{self.path}: {way_out}")


def _take(lock: FileLock) -> bool:
    try:
        lock.acquire()
    except Timeout:
        return False
    return True


def _published(connection: sa.Connection, publication: Publication) -> dict[str, int]:
    later = "SELECT count(*) FROM ops.run WHERE as_of_date > ? AND published_at IS NOT NULL"
    is_later_published = _number(connection.exec_driver_sql(later, (publication.as_of,))) > 0
    with rekeyed(connection, publication, is_later_published=is_later_published):
        return {
            table.full_name: _replace(connection, table, files, publication.as_of)
            for table, files in publication.replaced(is_later_published=is_later_published).items()
        }


def _replace(connection: sa.Connection, table: Table, files: Sequence[Path], as_of: date) -> int:
    if table.replaces is Replace.NIGHT:
        statement = f"DELETE FROM {table.full_name} WHERE as_of_date = ?"  # noqa: S608 - names of the contracts
        connection.exec_driver_sql(statement, (as_of,))
    else:
        connection.exec_driver_sql(f"DELETE FROM {table.full_name}")  # noqa: S608 - as above
    if not files:
        return 0
    columns = ", ".join(f"{_loadable(column)} AS {column.name}" for column in table.columns)
    # Ordered, so that the same night fills the same file; a shard's folder name must not become a column.
    statement = (
        f"INSERT INTO {table.full_name} SELECT {columns} FROM read_parquet(?, hive_partitioning = false)"  # noqa: S608
        f" ORDER BY {', '.join(table.key)}"
    )
    return _number(connection.exec_driver_sql(statement, ([str(file) for file in files],)))


def _loadable(column: Column) -> str:
    if column.type is Type.MONEY:
        # Exact: a product of decimals; a quotient would go through a float.
        return f"({column.name}::DECIMAL(19, 0) * 0.0001::DECIMAL(5, 4))::DECIMAL(18, 4)"
    if column.type is Type.TEXT:
        return f"replace({column.name}, chr(0), '')"
    return column.name


def _readable(column: Column) -> str:
    if column.type is Type.MONEY:
        # The product of the column itself would overflow DECIMAL(18,4).
        return f"({column.name}::DECIMAL(23, 4) * 10000)::BIGINT"
    if column.type is Type.INSTANT:
        # As a number, because as an instant it comes in the time zone of the process.
        return f"epoch_us({column.name})"
    return column.name


def _number(result: sa.CursorResult[Any]) -> int:
    return int(result.scalar() or 0)
