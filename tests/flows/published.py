"""What readers see of a warehouse, as frames to compare."""

from datetime import date

import polars as pl
from polars.testing import assert_frame_equal

from checks.gate.history import GROWS_AS_USUAL, NOTHING_LOST
from checks.gate.stores import FRESH_AS_USUAL
from flows.io.warehouse import open_warehouse
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Replace, Schema

ABOUT_DATA = (Schema.MART, Schema.CONTACT, Schema.QUALITY)


def tables(url: str, as_of: date | None = None, schemas: tuple[Schema, ...] = ABOUT_DATA) -> dict[str, pl.DataFrame]:
    """Every table of `schemas`; of tables kept by night only that night, if one is given."""
    warehouse = open_warehouse(url)
    return {
        name: warehouse.read(name, as_of if table.replaces is Replace.NIGHT else None)
        for name, table in WAREHOUSE.items()
        if table.schema in schemas
    }


def whatever_came_before(found: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables without the checks that compare with the nights published before, as they must."""
    beside_the_past = pl.col("check_name").is_in([NOTHING_LOST, GROWS_AS_USUAL, FRESH_AS_USUAL])
    checked = ("mart.data_quality", "quality.check_result")
    return {name: frame.filter(~beside_the_past) if name in checked else frame for name, frame in found.items()}


def assert_same(left: dict[str, pl.DataFrame], right: dict[str, pl.DataFrame]) -> None:
    """Every table has the same rows, to the last digit."""
    assert left.keys() == right.keys()
    for name, frame in left.items():
        try:
            assert_frame_equal(frame, right[name], check_exact=True)
        except AssertionError as difference:
            raise AssertionError(f"{name} differs: {difference}") from None
