"""Versions of orders that lost rows: they give way to complete ones, in whatever order files come."""

import random
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts import rows
from transforms.staging.incomplete import (
    SUBJECT_COLUMNS,
    SUBJECT_OF,
    behind_complete,
    contested,
    lines_to_repair,
    told_subject,
)
from transforms.staging.merging import merged_by_file
from transforms.staging.orders import ORDER, kept_lines

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KIND = rows.ORDER_LINE.name
SCHEMA = {**rows.ORDER_LINE.polars_schema, "file_rank": pl.Int64()}
Cell = tuple[int, int, int]
"""File, order and place of a row in the order."""


def frame(cells: list[Cell], ranks: dict[int, int]) -> pl.LazyFrame:
    """Rows of order lines: place 0 costs 1, place 1 costs 2, ... whichever file tells it."""
    told = [
        {
            "file_id": f"f{file}",
            "file_rank": ranks[file],
            "line_number": 2 + 10 * order + place,
            "known_at": NOON,
            "cells_hash": place,
            "store_id": "web",
            "order_id": str(order),
            "happened_at": NOON,
            "product_id": f"P{place}",
            "quantity": 1,
            "unit_price": place + 1,
            "is_refund": False,
            "is_goods": True,
        }
        for file, order, place in cells
    ]
    return pl.LazyFrame(told, schema=SCHEMA)


def kept(good: list[Cell], bad: list[Cell], ranks: dict[int, int]) -> tuple[set[tuple[str, str, str]], int]:
    """(file, order, product) of the lines that count, and how many rows the account calls merged."""
    told, lost = frame(good, ranks), lost_of(bad, ranks)
    ranked = behind_complete(told, contested(told, lost, KIND).collect(), KIND)
    lines = kept_lines(ranked).collect()
    merged = merged_by_file(ranked, lines.lazy(), ORDER).collect()["merged"].sum()
    return set(lines.select("file_id", "order_id", "product_id").iter_rows()), merged


def lost_of(bad: list[Cell], ranks: dict[int, int]) -> pl.DataFrame:
    told = (
        frame(bad, ranks)
        .with_columns(told_subject(KIND))
        .select("file_id", "line_number", "file_rank", *SUBJECT_COLUMNS)
    )
    return told.collect()


def test_what_is_left_of_an_order_does_not_replace_its_complete_version() -> None:
    good, bad = [(1, 1, 0), (1, 1, 1), (2, 1, 0)], [(2, 1, 1)]
    assert kept(good, bad, {1: 1, 2: 2}) == ({("f1", "1", "P0"), ("f1", "1", "P1")}, 1)


def test_of_incomplete_versions_the_newest_counts_and_of_complete_ones_too() -> None:
    assert kept([(1, 1, 0), (2, 1, 1)], [(1, 1, 1), (2, 1, 0)], {1: 1, 2: 2}) == ({("f2", "1", "P1")}, 1)
    good = [(1, 1, 0), (2, 1, 0), (3, 1, 0)]
    assert kept(good, [(3, 1, 1)], {1: 1, 2: 2, 3: 3}) == ({("f2", "1", "P0")}, 2)


def test_a_rejected_row_of_another_order_store_or_file_changes_nothing() -> None:
    good = [(1, 1, 0), (1, 2, 0), (2, 1, 0)]
    assert kept(good, [(1, 2, 1)], {1: 1, 2: 2})[0] == {("f2", "1", "P0"), ("f1", "2", "P0")}


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 3))), max_size=4)),
        min_size=1,
        max_size=5,
    ),
    st.randoms(use_true_random=False),
)
def test_any_split_and_order_of_arrival_gives_the_same_orders(
    world: list[tuple[int, list[tuple[int, set[int]]]]], arrival: random.Random
) -> None:
    """Every order is told whole by file 9 and, with rows lost, by others: it is whole, and each row has one fate."""
    good, bad = [], []
    for order, (length, versions) in enumerate(world):
        good += [(9, order, place) for place in range(length)]
        for file, lost in dict(versions).items():
            gone = {place for place in range(length) if place in lost} or {0}
            bad += [(file, order, place) for place in gone]
            good += [(file, order, place) for place in range(length) if place not in gone]
    places = list(range(5))
    arrival.shuffle(places)
    counted, merged = kept(good, bad, dict(zip((0, 1, 2, 3, 9), places, strict=True)))
    expected = {(str(order), f"P{place}") for order, (length, _) in enumerate(world) for place in range(length)}
    assert {told[1:] for told in counted} == expected
    assert {told[0] for told in counted} == {"f9"}
    assert len(counted) + merged == len(good)


def to_repair(good: list[Cell], bad: list[Cell], ranks: dict[int, int]) -> list[tuple[str, int]]:
    return list(lines_to_repair(frame(good, ranks), lost_of(bad, ranks), KIND).iter_rows())


def test_all_rows_of_an_order_are_to_be_repaired_if_one_is() -> None:
    good, bad = [(1, 1, 0), (1, 1, 2), (1, 2, 0)], [(1, 1, 1)]
    assert to_repair(good, bad, {1: 1}) == [("f1", 12), ("f1", 13), ("f1", 14)]


@pytest.mark.parametrize(("rank", "expected"), [(0, [("f1", 12), ("f1", 13)]), (2, [])])
def test_what_a_later_file_tells_whole_needs_no_repair(rank: int, expected: list[tuple[str, int]]) -> None:
    assert to_repair([(1, 1, 0), (5, 1, 0)], [(1, 1, 1)], {1: 1, 5: rank}) == expected


def test_of_several_versions_that_lost_rows_only_the_newest_is_to_be_repaired() -> None:
    assert to_repair([(1, 1, 0), (5, 1, 0)], [(1, 1, 1), (5, 1, 1)], {1: 1, 5: 2}) == [("f5", 12), ("f5", 13)]
    assert to_repair([(1, 1, 0)], [(1, 1, 1), (5, 1, 1)], {1: 1, 5: 2}) == [("f5", 13)]


def test_a_rounded_or_missing_number_names_no_order() -> None:
    told = frame([(1, 1, 0), (1, 2, 0)], {1: 1}).with_columns(order_id=pl.Series(["1.23E+18", None]))
    found = told.select(told_subject(KIND)).collect()
    assert found["order_id"].to_list() == [None, None]
    assert found["review_id"].to_list() == [None, None]


def test_every_kind_of_file_says_what_its_rows_are_about() -> None:
    assert set(SUBJECT_OF) == {table.name for table in rows.TABLES}
    for table in rows.TABLES:
        named = pl.LazyFrame(schema=table.polars_schema).select(told_subject(table.name)).collect_schema()
        assert dict(named) == SUBJECT_COLUMNS
