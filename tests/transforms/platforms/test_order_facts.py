"""What some rows of an order tell of it stands on all its rows, and nothing of the order before."""

from itertools import groupby

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.platforms.order_facts import IS_CONTRADICTORY, RUN, fact, with_order_facts


def told(*rows: tuple[str, str | None, str | None], file: str = "f") -> list[tuple[object, ...]]:
    """Facts of cells 1 and 2, run and contradiction of rows of (order number, cell 1, cell 2)."""
    cells = pl.LazyFrame(
        [(file, *row) for row in rows],
        orient="row",
        schema=dict.fromkeys(["file_id", "cell_0", "cell_1", "cell_2"], str),
    )
    found = with_order_facts(cells, 0, [1, 2]).collect()
    return found.select(fact(1), fact(2), RUN, IS_CONTRADICTORY).rows()


def test_facts_of_the_first_row_stand_on_all_rows_and_never_on_the_next_order() -> None:
    assert told(
        ("#1", "a@x.example", "2026-03-01"),
        ("#1", None, " "),
        ("#2", None, "-"),
        ("#2", "", None),
        ("#3", "c@x.example", None),
    ) == [
        ("a@x.example", "2026-03-01", 1, False),
        ("a@x.example", "2026-03-01", 1, False),
        (None, None, 2, False),
        (None, None, 2, False),
        ("c@x.example", None, 3, False),
    ]


def test_facts_that_every_row_repeats_do_not_contradict_and_a_late_one_is_told() -> None:
    found = told(("#1", "a", None), ("#1", "a", "late"), ("#1", None, "late"))
    assert found == [("a", None, 1, False), ("a", "late", 1, False), ("a", "late", 1, False)]


def test_one_contradiction_spoils_every_row_of_its_order_and_no_other() -> None:
    found = told(("#0", "z", "z"), ("#1", "a", "x"), ("#1", "b", "x"), ("#1", None, None), ("#2", "b", "x"))
    assert [row[-1] for row in found] == [False, True, True, True, False]


def test_an_order_number_that_stands_in_two_files_is_two_orders() -> None:
    cells = pl.LazyFrame({"file_id": ["f", "g"], "cell_0": ["#1", "#1"], "cell_1": ["a", None]})
    found = with_order_facts(cells, 0, [1]).collect()
    assert found.select(fact(1), RUN).rows() == [("a", 1), (None, 2)]


CELL = st.sampled_from([None, "a", "b"])


@given(st.lists(st.tuples(st.sampled_from(["#1", "#2", "#3"]), CELL, CELL), min_size=1, max_size=12))
def test_runs_are_told_as_a_person_would(rows: list[tuple[str, str | None, str | None]]) -> None:
    expected: list[tuple[object, ...]] = []
    for number, (_, run) in enumerate(groupby(rows, key=lambda row: row[0]), start=1):
        members = list(run)
        is_contradictory = any(len({row[place] for row in members} - {None}) > 1 for place in (1, 2))
        so_far: list[str | None] = [None, None]
        for row in members:
            so_far = [new or old for new, old in zip(row[1:], so_far, strict=True)]
            expected.append((*so_far, number, is_contradictory))
    assert told(*rows) == expected
