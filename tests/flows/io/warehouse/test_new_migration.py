import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from flows.io import migrations
from flows.io.migrations import new
from flows.io.warehouse import tables
from transforms.contracts import WAREHOUSE, mart
from transforms.contracts.table import Column, Schema, Table, Type


def play(file: Path, connection: sa.Connection) -> None:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with Operations.context(MigrationContext.configure(connection)):
        module.upgrade()


def test_nothing_is_written_when_nothing_changed(tmp_path) -> None:
    assert new.write("nothing", tmp_path) == []


def test_the_next_migration_brings_the_changes(tmp_path, monkeypatch) -> None:
    # With the words that SQL tools trip over: a colon for a parameter, a percent sign, a quote.
    added = Column("mood", Type.MONEY, "It's :mood, 80 % of the time.", nullable=True)
    customer = replace(mart.CUSTOMER, columns=(*mart.CUSTOMER.columns, added))
    table = Table(
        Schema.OPS,
        "note",
        "one note",
        "Notes: a: 5 %.",
        key=("note_id",),
        columns=(Column("note_id", Type.TEXT, "Id."),),
    )
    changed = {**WAREHOUSE, "mart.customer": customer, "ops.note": table}
    view = replace(tables.CUSTOMER_CURRENT, columns=(*tables.CUSTOMER_CURRENT.columns, added))
    monkeypatch.setattr(new, "WAREHOUSE", changed)
    monkeypatch.setattr(tables, "CUSTOMER_CURRENT", view)
    monkeypatch.setattr(mart, "CUSTOMER", customer)

    files = new.write("moods", tmp_path)

    first = int(migrations.newest()) + 1
    assert [file.name for file in files] == [
        f"{first:04}_view_dropped_moods.py",
        f"{first + 1:04}_mart_moods.py",
        f"{first + 2:04}_ops_moods.py",
        f"{first + 3:04}_view_moods.py",
    ]
    assert "ddl_if(dialect='postgresql')" in files[2].read_text()
    with sa.create_engine("duckdb:///:memory:").begin() as connection:
        migrations.upgrade(connection)
        for file in files:
            play(file, connection)
        assert new.differences(connection) == {}
        assert new.is_view_current(connection)


@pytest.mark.night
def test_the_next_migration_runs_on_postgres_too(tmp_path, monkeypatch, postgres_url) -> None:
    test_the_next_migration_brings_the_changes(tmp_path, monkeypatch)
    address = sa.make_url(postgres_url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    with engine.begin() as connection:
        migrations.upgrade(connection)
        for file in sorted(tmp_path.glob("*.py")):
            play(file, connection)
        assert connection.scalar(sa.text("SELECT count(*) FROM mart.customer_current WHERE mood IS NULL")) == 0
        assert sa.inspect(connection).get_pk_constraint("note", "ops")["constrained_columns"] == ["note_id"]


def test_a_view_with_new_comments_alone_keeps_its_grants(tmp_path, monkeypatch) -> None:
    told = replace(tables.CUSTOMER_CURRENT, description="Told better.")
    monkeypatch.setattr(tables, "CUSTOMER_CURRENT", told)
    (file,) = new.write("words", tmp_path)
    assert "COMMENT ON VIEW" in file.read_text()
    assert "CREATE VIEW" not in file.read_text()
