"""DuckDB names a database after its file: no such name may clash with what is inside."""

from datetime import date
from pathlib import Path

import pytest

from flows.faults import InputError
from flows.io.warehouse import Publication, open_warehouse


@pytest.mark.parametrize("name", ["warehouse.duckdb", "base.duckdb", "main.duckdb", "temp.duckdb", "a b.duckdb"])
def test_any_other_name_will_do(name: str, tmp_path: Path) -> None:
    warehouse = open_warehouse(str(tmp_path / name))
    warehouse.migrate()
    warehouse.publish(Publication(date(2026, 1, 1), {"mart.customer": []}))
    assert open_warehouse(str(tmp_path / name)).read("mart.customer").is_empty()


@pytest.mark.parametrize("name", ["mart.duckdb", "Ops.duckdb", "contact.v2.duckdb"])
def test_the_name_of_a_schema_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="choose another file name"):
        open_warehouse(str(tmp_path / name))
