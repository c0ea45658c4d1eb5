"""What a night asks of a warehouse, wherever its tables lie."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from flows.io.warehouse.faults import WarehouseFault
from flows.io.warehouse.person import Person
from flows.io.warehouse.publication import Publication
from flows.io.warehouse.tables import READABLE
from transforms.contracts.table import Table

Nights = tuple[date, date]
"""The first and the last night of a range."""


class Warehouse(ABC):
    """A DuckDB file or a PostgreSQL database. Nothing is retried here; the flow decides what to try again.

    Every method raises WarehouseFault when the warehouse cannot be reached, opened, read or written.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """File or host, port and database, for messages; never a password."""

    @abstractmethod
    def migrate(self) -> None:
        """Bring schemas, tables and view to this release; does nothing to a warehouse that is there already.

        Raises WarehouseFault for a warehouse that a newer release migrated, and WarehouseBusy during a publication.
        """

    @abstractmethod
    def lock(self) -> AbstractContextManager[None]:
        """Keep other runs out for as long as the context lasts; raises WarehouseBusy at once if one is in.

        Publishing has a lock of its own, so it may be called inside, from this process or another.
        """

    @abstractmethod
    def publish(self, publication: Publication) -> dict[str, int]:
        """Replace what the night replaces, in one transaction; returns the rows written, by full table name.

        A table of the latest night is left alone, and not in the answer, when a later night is published. NUL
        characters, which PostgreSQL cannot hold, are dropped from text in either warehouse.

        Raises ValueError for a part that does not follow its contract, WarehouseFault for a warehouse that is not
        migrated or refuses the rows, WarehouseBusy during another publication. The old night then stands untouched.
        """

    @abstractmethod
    def count_person(self, person: Person) -> dict[str, int]:
        """Rows that `erase_person` would remove, by full table name, where there are any."""

    def read_person(self, person: Person, table_names: Iterable[str]) -> dict[str, pl.DataFrame]:
        """Those rows of the tables or the view named, in the contract's types, sorted by key.

        Raises KeyError for an unknown table.
        """
        return self._read_person(person, [READABLE[name] for name in table_names])

    @abstractmethod
    def _read_person(self, person: Person, tables: list[Table]) -> dict[str, pl.DataFrame]:
        """The same for the tables' contracts."""

    @abstractmethod
    def erase_person(self, person: Person) -> None:
        """Remove every row of the person, of every night, and their bytes with them; aggregates of past nights stay.

        Readers see all of them or none. Doing it again only tidies once more. Raises what `publish` raises for a
        warehouse that is not migrated or is being published to.
        """

    @abstractmethod
    def _read(self, table: Table, nights: Nights | None) -> pl.DataFrame:
        """The table's rows, of those nights or all, in any order, in types that the contract's can be cast from."""

    def read(self, table_name: str, as_of: date | None = None, *, since: date | None = None) -> pl.DataFrame:
        """A table or the view by its full name, in the contract's types, sorted by key.

        Of a table kept by night all rows, those of the night `as_of`, or those from the night `since` up to it.

        Raises KeyError for an unknown table, and ValueError if `as_of` is given for one without `as_of_date`.
        """
        table = READABLE[table_name]
        if as_of is not None and "as_of_date" not in table.column_names:
            raise ValueError(f"{table_name} is not kept by night")
        nights = None if as_of is None else (since or as_of, as_of)
        return table.conform(self._read(table, nights).lazy()).sort(table.key).collect()

    def distinct(self, table_name: str, columns: tuple[str, ...]) -> pl.DataFrame:
        """What stands in those columns of a table, over all nights, each row once, sorted."""
        table = READABLE[table_name]
        narrow = replace(table, columns=tuple(table.column(name) for name in columns), key=columns)
        return narrow.conform(self._read(narrow, None).lazy()).unique().sort(columns).collect()

    def run(self, as_of: date) -> dict[str, Any] | None:
        """The row of `ops.run` for that night, instants in UTC; None if the night was never tried."""
        rows = self.read("ops.run", as_of)
        return rows.row(0, named=True) if rows.height else None

    def latest_published(self) -> date | None:
        """The latest night that readers see; None before the first."""
        published = self.read("ops.run").filter(pl.col("published_at").is_not_null())
        latest = published.get_column("as_of_date").max()
        return latest if isinstance(latest, date) else None


def check_version(name: str, current: str | None, newest: str | None, known: frozenset[str]) -> None:
    """Raise WarehouseFault unless a warehouse stands at this release's schema, telling what to run."""
    if current != newest:
        check_not_newer(name, current, known)
        raise WarehouseFault(f"{name} does not have this release's tables: run `regulars migrate`")


def check_not_newer(name: str, current: str | None, known: frozenset[str]) -> None:
    """Raise WarehouseFault for a schema this release knows nothing of."""
    if current is not None and current not in known:
        raise WarehouseFault(f"{name} was migrated by a newer release ({current}): update Regulars")
