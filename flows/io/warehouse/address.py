"""From the address in the settings to a warehouse."""

from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from flows.faults import InputError
from flows.io.warehouse.contract import Warehouse
from flows.io.warehouse.embedded import EmbeddedWarehouse
from flows.io.warehouse.postgres import PostgresWarehouse
from transforms.contracts.table import WAREHOUSE_SCHEMAS

FORMS = "a path, duckdb:///path or postgresql://user:password@host:port/database"


def open_warehouse(url: str) -> Warehouse:
    """The warehouse at a path, a `duckdb:///` or a `postgresql://` address; nothing is opened or connected yet.

    Raises InputError for an address of another form.
    """
    if "://" not in url:
        return _embedded(url)
    address = _parsed(url)
    if address.get_backend_name() == "duckdb" and address.host is None:
        return _embedded(address.database or "")
    if address.drivername in {"postgresql", "postgresql+psycopg"} and address.database:
        return PostgresWarehouse(address.set(drivername="postgresql+psycopg"))
    raise InputError(f"The warehouse's address must be {FORMS}")


def _embedded(path: str) -> Warehouse:
    if path in {"", ":memory:"}:
        raise InputError("The warehouse needs a file: name a path, such as regulars-data/warehouse.duckdb")
    name = Path(path).name.split(".")[0]
    if name.lower() in {str(schema) for schema in WAREHOUSE_SCHEMAS}:
        # DuckDB names a database after its file, and mart.customer could then mean two things.
        raise InputError(f"{path}: a warehouse cannot be named like its schema {name}; choose another file name")
    # Resolved, so that a link is followed and not replaced by the file of the first night.
    return EmbeddedWarehouse(Path(path).expanduser().resolve())


def _parsed(url: str) -> URL:
    address = None
    # Any exception: its message quotes the piece it tripped over, which may be the password.
    with suppress(Exception):
        address = make_url(url)
    if address is None:
        raise InputError(f"The warehouse's address cannot be read; it must be {FORMS}")
    if "@" in (address.host or ""):
        # What stands before it is the end of a password, so it must not get into a message as the host's name.
        raise InputError("The warehouse's address has more than one @: write one in a password as %40")
    return address
