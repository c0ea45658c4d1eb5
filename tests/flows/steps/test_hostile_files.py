"""Thousands of spoilt files: each ends in rows and rejected rows that are all there is, or in one clear error."""

import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from flows.faults import RegularsError
from flows.io.lake import Lake, Stage
from flows.steps.collect import collect
from flows.steps.read import read, rejected_parts
from tests.flows.steps.conftest import Shop
from tests.flows.steps.hostile import SECRET, mutated
from transforms.platforms.shipped import LAYOUTS
from transforms.reading.layout import KINDS

QUICK, ALL = 200, 5_200
BLOCK = 100


def fate(shop: Shop, name: str, data: bytes) -> str:
    """What became of the file; `read` only if every record is accounted for."""
    shutil.rmtree(shop.exports)
    shutil.rmtree(shop.folder / "lake", ignore_errors=True)
    shop.exports.mkdir()
    (shop.exports / name).write_bytes(data)
    night = shop.night()
    try:
        files, batches = read(night, collect(night))
    except RegularsError as error:
        said = str(error)
        assert said.startswith(("x.", "y.")), said
        assert "\n" not in said
        assert SECRET not in said
        return f"refused ({type(error).__name__})"
    kinds = {layout.name: KINDS[layout.kind] for layout in LAYOUTS}
    for file in files:
        rows = pl.concat(Stage(batch).scan(kinds[file.layout]).select("file_id") for batch in batches)
        rejects = pl.concat(
            pl.scan_parquet(part).select("file_id") for batch in batches for part in rejected_parts(batch)
        )
        good, rejected = (found.filter(pl.col("file_id") == file.file_id).collect().height for found in (rows, rejects))
        assert good + rejected == file.lines_read
    assert_lake_is_tidy(night.lake)
    return "read"


def assert_lake_is_tidy(lake: Lake) -> None:
    lake.clear_work()
    known = {file.sha256 for file in lake.known_files()}
    assert {path.name for path in (lake.root / "raw").glob("*/*")} == known


def assert_all_end_well(shop: Shop, seeds: range) -> None:
    fates = Counter[str]()
    for seed in seeds:
        name, data = mutated(seed)
        try:
            fates[fate(shop, name, data)] += 1
        except BaseException as error:
            error.add_note(f"seed {seed}: {name}")
            raise
    # Else the files are so spoilt that nothing is proved of reading them.
    assert fates["read"] > len(seeds) / 3


@pytest.mark.parametrize("first", range(0, QUICK, BLOCK))
def test_some_spoilt_files(shop: Shop, first: int) -> None:
    assert_all_end_well(shop, range(first, first + BLOCK))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(QUICK, ALL, BLOCK))
def test_thousands_of_spoilt_files(shop: Shop, first: int) -> None:
    assert_all_end_well(shop, range(first, first + BLOCK))


def test_the_same_number_gives_the_same_text(tmp_path: Path) -> None:
    assert [mutated(seed) for seed in range(3)] == [mutated(seed) for seed in range(3)]
