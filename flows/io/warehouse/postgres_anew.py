"""Tables of PostgreSQL written to new files, without the bytes of deleted rows."""

from collections.abc import Sequence

import psycopg
import sqlalchemy as sa
from psycopg import sql

from flows.io.warehouse.faults import WarehouseFault
from flows.progress import LOGGER
from transforms.contracts.table import Table

WAIT_FOR_READERS = "60s"
STATISTICS = sql.Identifier("pg_catalog", "pg_statistic")
"""The planner's samples of columns: an address can stand there as a common value."""


def write_anew(engine: sa.Engine, tables: Sequence[Table]) -> None:
    """Write the tables and the planner's samples of them to new files; each is closed to readers while it takes.

    Raises WarehouseFault naming a table that the user of the connection may not write anew.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise WarehouseFault("PostgreSQL needs the driver psycopg")
        driver.execute(sql.SQL("SET lock_timeout = {}").format(WAIT_FOR_READERS))
        for table in tables:
            if not _is_written_anew(driver, sql.Identifier(table.schema, table.name)):
                raise WarehouseFault(
                    f"the rows are deleted, but their bytes are still in the file of {table.full_name}: "
                    "run this again as owner of the tables"
                )
        if not _is_written_anew(driver, STATISTICS):
            LOGGER.warning("a superuser or the database's owner must still run VACUUM FULL pg_catalog.pg_statistic")


def _is_written_anew(driver: psycopg.Connection[tuple[object, ...]], table: sql.Identifier) -> bool:
    """Whether the server did it: a table of somebody else it passes over, with a warning."""
    severities = list[str | None]()
    driver.add_notice_handler(note := lambda notice: severities.append(notice.severity_nonlocalized))
    driver.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(table))
    driver.remove_notice_handler(note)
    return "WARNING" not in severities
