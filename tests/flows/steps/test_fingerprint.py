"""Whatever shapes the reading of a file is in the fingerprint."""

import ast
from pathlib import Path

import polars as pl
import pytest

from flows.settings import Settings
from flows.steps import fingerprint
from flows.steps.fingerprint import CODE, ROOT, reading_fingerprint

SHAPES_NOTHING = {
    "flows/faults.py",
    "flows/io/containers/unpack.py",
    "flows/io/durable.py",
    "flows/io/erasures.py",
    "flows/io/lake.py",
    "flows/night.py",
    "flows/progress.py",
    "flows/settings.py",
    "flows/steps/fingerprint.py",
    "flows/steps/repaired.py",
    "transforms/contracts/staged.py",
    "transforms/identity/keyed_hash.py",
    "transforms/staging/days.py",
    "transforms/staging/merging.py",
}
"""Files that code of the fingerprint imports and that have no say in what a batch holds of a file."""


def code() -> set[Path]:
    return {path for pattern in CODE for path in ROOT.glob(pattern)}


def imported(path: Path) -> set[Path]:
    """Files of the project that a file imports."""
    nodes = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.ImportFrom)]
    names = {name for node in nodes for name in (node.module, *(f"{node.module}.{one.name}" for one in node.names))}
    paths = {ROOT / f"{name.replace('.', '/')}.py" for name in names if name}
    return {path for path in paths if path.exists()}


def test_it_names_files_that_are_there() -> None:
    assert [pattern for pattern in CODE if not list(ROOT.glob(pattern))] == []


def test_what_its_code_imports_is_in_it_too() -> None:
    needed = {path for source in code() for path in imported(source)} - code()
    assert {path.relative_to(ROOT).as_posix() for path in needed} == SHAPES_NOTHING


@pytest.mark.parametrize("library", ["charset-normalizer", "polars", "polars-hash"])
def test_another_version_of_a_library_is_another_fingerprint(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = reading_fingerprint(Settings(), "", pl.Series(dtype=pl.String))
    known = fingerprint.version
    monkeypatch.setattr(fingerprint, "version", lambda name: "0.0.1" if name == library else known(name))
    assert reading_fingerprint(Settings(), "", pl.Series(dtype=pl.String)) != before
