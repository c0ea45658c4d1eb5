"""PostgreSQL's errors in one line each. Their details may quote rows, so only names and codes get through."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from psycopg import errors

from flows.io.warehouse.faults import WarehouseFault, advice_for

CONNECTING = (
    ("password", "put the right user and password into the address"),
    ("does not exist", "create it, or put the right database and user into the address"),
    ("pg_hba.conf", "let this machine and user in, in the server's pg_hba.conf"),
    ("too many", "the server has no connection free; close some or raise max_connections"),
)
NEVER_REACHED = ("connection failed", "connection is bad", "connection timeout", "resolve host")
REACH = "start the server, or put the right host and port into the address"

NOT_MIGRATED = "it does not have this release's tables: run `regulars migrate`"

SERVING: dict[type[psycopg.Error], str] = {
    errors.UndefinedTable: NOT_MIGRATED,
    errors.UndefinedColumn: NOT_MIGRATED,
    errors.InvalidSchemaName: NOT_MIGRATED,
    errors.InsufficientPrivilege: "its user lacks a right: grant it, or run as the owner of the tables",
    errors.NotNullViolation: "a value that must be there is missing in the rows of the night",
    errors.UniqueViolation: "two rows of the night have the same key",
    errors.NumericValueOutOfRange: "a number of the night has more digits than its column",
    errors.UntranslatableCharacter: "it cannot hold every character: create the database with encoding UTF8",
    errors.LockNotAvailable: "another program has a table open all the time; end it, then run this again",
    errors.DiskFull: "its disk is full; make room",
    errors.ReadOnlySqlTransaction: "it is read-only, perhaps a standby; put the primary into the address",
}
LOST = "the connection was lost; see the server's log, then run the night again"


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn an error of the server `name` or the way to it into a WarehouseFault."""
    # None of the originals comes along as a cause: it may quote a row.
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise WarehouseFault(f"{name}: {_fault(error.orig)}") from None
    except psycopg.Error as error:
        raise WarehouseFault(f"{name}: {_fault(error)}") from None


def _fault(error: BaseException | None) -> str:
    if not isinstance(error, psycopg.Error):
        return f"it refused ({type(error).__name__})"
    if error.sqlstate is None:
        return _without_state(error)
    way_out = next((text for kind, text in SERVING.items() if isinstance(error, kind)), "see the server's log")
    place = ".".join(part for part in (error.diag.schema_name, error.diag.table_name, error.diag.column_name) if part)
    return f"{way_out} ({type(error).__name__}{f' in {place}' if place else ''})"


def _without_state(error: psycopg.Error) -> str:
    text = str(error)
    if any(fragment in text for fragment in NEVER_REACHED):
        return advice_for(text.rpartition("FATAL:")[2], CONNECTING, REACH)
    return LOST
