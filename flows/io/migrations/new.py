"""Write the migrations that bring a warehouse from the last one to today's contracts.

    python -m flows.io.migrations.new "what changed"

No server is needed: the migrations so far are played into a DuckDB in memory and compared with the contracts there. One
file is written a schema that changed. Read it before you keep it: a renamed column shows up as one dropped and one
added, a changed key does not show up at all, and a new column that may not be null needs a default for existing rows.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import MigrateOperation, ModifyTableOps, UpgradeOps
from sqlalchemy.engine import Connection

from flows.io.migrations import FOLDER, VERSION_TABLE, newest, upgrade
from flows.io.warehouse.tables import CUSTOMER_CURRENT, metadata_of, view_statements
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import WAREHOUSE_SCHEMAS, Schema

MEMORY = "memory."
"""DuckDB names the schemas of a database in memory with its catalog in front."""

TABLES_A_FILE = 12

HEADER = '''# ruff: noqa: E501
# fmt: off
"""{message}"""

{imports}

revision = "{revision}"
down_revision = {parent}


def upgrade() -> None:
    """Forward only: a warehouse goes back by its backup."""
'''


def differences(connection: Connection) -> dict[Schema, list[MigrateOperation]]:
    """What to do, by schema, to bring the tables of a migrated DuckDB in memory to the contracts."""
    options = {"include_schemas": True, "include_name": _is_ours, "compare_type": _is_other_type}
    context = MigrationContext.configure(connection, opts=options)
    contracts = sa.MetaData()
    for table in metadata_of(WAREHOUSE).sorted_tables:
        table.to_metadata(contracts, schema=f"{MEMORY}{table.schema}")
    operations = produce_migrations(context, contracts).upgrade_ops
    return _by_schema(operations.ops if operations else [])


def is_view_current(connection: Connection) -> bool:
    """Whether the view of a migrated DuckDB in memory is the one declared, comments included."""
    return _view(connection) == _declared_view()


def _declared_view() -> list[sa.Row[Any]]:
    with sa.create_engine("duckdb:///:memory:").begin() as fresh:
        fresh.execute(sa.schema.CreateSchema("mart"))
        metadata_of({name: table for name, table in WAREHOUSE.items() if table.schema is Schema.MART}).create_all(fresh)
        for statement in view_statements():
            fresh.exec_driver_sql(statement)
        return _view(fresh)


def write(message: str, folder: Path = FOLDER / "versions") -> list[Path]:
    """Write the next migrations, one a schema that changed; returns their files, none when nothing changed."""
    written: list[Path] = []
    parent = newest()
    for name, body in _bodies():
        revision = f"{int(parent or 0) + 1:04}"
        head = HEADER.format(
            message=f"{message[0].upper()}{message[1:]}: {name}.",
            imports="import sqlalchemy as sa\nfrom alembic import op" if "sa." in body else "from alembic import op",
            revision=revision,
            parent=f'"{parent}"' if parent else None,
        )
        file = folder / f"{revision}_{name}_{re.sub(r'[^a-z0-9]+', '_', message.lower()).strip('_')}.py"
        file.write_text(head + body, encoding="utf-8")
        written.append(file)
        parent = revision
    return written


def _bodies() -> Iterator[tuple[str, str]]:
    with sa.create_engine("duckdb:///:memory:").begin() as connection:
        upgrade(connection)
        changes = differences(connection)
        found, declared = _view(connection), _declared_view()
    is_replaced = bool(found) and found[0].sql != declared[0].sql
    if is_replaced:
        yield "view_dropped", f'    op.execute("DROP VIEW {CUSTOMER_CURRENT.full_name}")\n'
    for schema in (schema for schema in WAREHOUSE_SCHEMAS if schema in changes):
        for start in range(0, len(changes[schema]), TABLES_A_FILE):
            yield str(schema), _code(changes[schema][start : start + TABLES_A_FILE])
    if found != declared:
        # New comments alone must not cost the view its grants.
        statements = view_statements() if is_replaced or not found else view_statements()[1:]
        yield "view", "".join(f"    op.execute({_as_text(statement)!r})\n" for statement in statements)


def _code(operations: list[MigrateOperation]) -> str:
    code = render_python_code(UpgradeOps(operations), sqlalchemy_module_prefix="sa.", alembic_module_prefix="op.")
    code = re.sub(r"^ *# ###.*\n", "", code, flags=re.MULTILINE).replace(f"'{MEMORY}", "'")
    code = re.sub(r"(sa\.PrimaryKeyConstraint\([^()]*\))", r"\1.ddl_if(dialect='postgresql')", code)
    lines = (line.strip() for line in code.splitlines())
    return "".join(f"{'    ' if line.startswith(('op.', ')')) else '        '}{line}\n" for line in lines if line)


def _as_text(statement: str) -> str:
    """For `op.execute`, which takes a colon before a word for a parameter."""
    return re.sub(r":(?=\w)", r"\\:", statement)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    if kind == "schema":
        return name in {f"{MEMORY}{schema}" for schema in WAREHOUSE_SCHEMAS}
    return name != VERSION_TABLE


def _is_other_type(
    _context: object, _found_column: object, _declared_column: object, found: object, declared: object
) -> bool | None:
    # DuckDB has one text type and reports it as VARCHAR. None leaves every other comparison to Alembic.
    return False if isinstance(found, sa.String) and isinstance(declared, sa.Text) else None


def _by_schema(operations: list[MigrateOperation]) -> dict[Schema, list[MigrateOperation]]:
    found: dict[Schema, list[MigrateOperation]] = {}
    for operation in operations:
        schema = Schema(str(getattr(operation, "schema", "")).removeprefix(MEMORY))
        if not isinstance(operation, ModifyTableOps) or operation.ops:
            found.setdefault(schema, []).append(operation)
    return found


def _view(connection: Connection) -> list[sa.Row[Any]]:
    comments = (
        "SELECT v.sql, v.comment, c.column_name, c.comment AS column_comment FROM duckdb_views() v"
        " JOIN duckdb_columns() c ON c.schema_name = v.schema_name AND c.table_name = v.view_name"
        " WHERE NOT v.internal ORDER BY c.column_index"
    )
    return list(connection.exec_driver_sql(comments))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():  # noqa: PLR2004 - the program and one message
        raise SystemExit('usage: python -m flows.io.migrations.new "what changed"')
    files = write(sys.argv[1])
    sys.stdout.write("".join(f"{file.name}\n" for file in files) or "The migrations follow the contracts already.\n")
