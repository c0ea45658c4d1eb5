"""Great Expectations over DuckDB. Importing this module imports Great Expectations: import it where it runs.

Great Expectations hands a query's result on after giving its connection back. DuckDB loses the result there, and
bundled metrics then fail with "list index out of range". So the engine here keeps one connection open.
"""

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

import great_expectations as gx
import polars as pl
import sqlalchemy as sa
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

from checks.gate.check import Derived, GateFault
from checks.gate.suites import FILES, shape
from transforms.contracts import staged as contracts
from transforms.contracts.table import Table


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """The SQL engine with one connection for all its queries."""

    @contextmanager
    def get_connection(self) -> Generator[sa.Connection, None, None]:
        """The connection, left open."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    def close(self) -> None:
        """Let go of connection and database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        super().close()


EngineType = type[SqlAlchemyExecutionEngine]  # a name of its own: in the class below `type` is a field


class DuckDBDatasource(SQLDatasource):
    """Adds `add_duckdb(name=..., connection_string="duckdb:///...")` to the data sources of a context.

    Give it `kwargs={"isolation_level": "AUTOCOMMIT"}`: in a transaction, one failed query fails all that follow.
    """

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> EngineType:
        """The engine above."""
        return DuckDBExecutionEngine

    def get_engine(self) -> sa.Engine:
        """The one the execution engine has, so that closing that one closes the file."""
        engine: sa.Engine = self.get_execution_engine().engine
        return engine


class ExpectNoContradictingRows(UnexpectedRowsExpectation):
    """No row comes back from `unexpected_rows_query`.

    The parent also fetches rows and does not say how many were looked at; this one counts, and nothing else.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count", "table.row_count")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        found = metrics["unexpected_rows_query.row_count"]
        counts = {"element_count": metrics["table.row_count"], "unexpected_count": found}
        return {"success": found == 0, "result": counts}


@contextmanager
def open_source(staged: Mapping[str, Sequence[str]], workspace: Path) -> Iterator[DuckDBDatasource]:
    """A data source with a view over the files of every staged table, and the table FILES.

    Great Expectations logs nothing while it is open. Writes below `workspace` only.
    Raises GateFault if a file cannot be read.
    """
    with _without_its_log():
        source = _new_source(workspace)
        try:
            _show_all(source, staged, workspace)
            yield source
        finally:
            source.get_execution_engine().close()


@contextmanager
def _without_its_log() -> Iterator[None]:
    # Great Expectations logs exception texts, and those of DuckDB quote values. What matters comes back as GateFault.
    log = logging.getLogger("great_expectations")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(level)


def _new_source(workspace: Path) -> DuckDBDatasource:
    configuration = DataContextConfig(
        # Left to itself it makes, and removes, a folder for a documents site outside the workspace.
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=configuration)
    # A file, not memory: what does not fit goes to disk beside it, and leaves with the workspace.
    source: DuckDBDatasource = context.data_sources.add_duckdb(
        name="staged",
        connection_string=f"duckdb:///{workspace / 'gate.duckdb'}",
        kwargs={"isolation_level": "AUTOCOMMIT"},
    )
    return source


def _show_all(source: DuckDBDatasource, staged: Mapping[str, Sequence[str]], workspace: Path) -> None:
    with source.get_execution_engine().get_connection() as connection:
        connection.exec_driver_sql("SET autoinstall_known_extensions = false")
        connection.exec_driver_sql(f"CREATE TABLE {FILES} (table_name VARCHAR, columns VARCHAR)")
        for table in contracts.TABLES:
            # A list without files cannot be read, so a file without rows stands in for it.
            paths = list(staged[table.name]) or [_write_empty(table, workspace)]
            try:
                _show(connection, table.name, paths)
            except Exception:  # its text would name what was read
                raise GateFault(f"the files of staged.{table.name} cannot be read") from None


def derive(source: DuckDBDatasource, derived: Derived) -> None:
    """Make the table, in memory or beside it, for as long as `source` is open. Raises GateFault if it cannot be."""
    with source.get_execution_engine().get_connection() as connection:
        try:
            connection.exec_driver_sql(f"CREATE TEMP TABLE {derived.name} AS {derived.query}")
        except Exception:  # its text would carry values
            raise GateFault(f"the table {derived.name} could not be made") from None


def _write_empty(table: Table, workspace: Path) -> str:
    path = workspace / f"{table.name}.parquet"
    table.empty().write_parquet(path)
    return str(path)


def _show(connection: sa.Connection, table: str, paths: Sequence[str]) -> None:
    literals = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    # Left to itself DuckDB makes a column of the shard=NN in a path.
    files = f"read_parquet([{literals}], hive_partitioning = false)"
    connection.exec_driver_sql(f"CREATE VIEW {table} AS SELECT * FROM {files}")  # noqa: S608
    for path in paths:
        found = shape(pl.read_parquet_schema(path))
        connection.exec_driver_sql(f"INSERT INTO {FILES} VALUES (?, ?)", (table, found))  # noqa: S608
