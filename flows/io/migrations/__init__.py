"""The warehouse's schema over time. Migrations are frozen: they know nothing of today's contracts.

After a change of a contract, `python -m flows.io.migrations.new "what changed"` writes the next one.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

VERSION_TABLE = "schema_version"
VERSION_SCHEMA = "ops"
FOLDER = Path(__file__).parent


def upgrade(connection: Connection) -> None:
    """Bring the warehouse to the newest schema within the caller's transaction; creates `ops.schema_version`."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def newest() -> str | None:
    """Version the contracts of this release need; None before the first migration is written."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known() -> frozenset[str]:
    """Every version this release has a migration for."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def current(connection: Connection) -> str | None:
    """Version the warehouse has; None if it was never migrated."""
    options = {"version_table": VERSION_TABLE, "version_table_schema": VERSION_SCHEMA}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _config() -> Config:
    config = Config()
    # Alembic reads the value as an INI file would: a percent sign in the path must be doubled.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
