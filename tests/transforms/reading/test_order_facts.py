"""What some rows of an order tell of it stands on all its rows, and nothing of the order before."""

from itertools import groupby, pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.reading.order_facts import IS_CONTRADICTORY, RUN, fact, order_facts, whole_orders, with_runs


def told(*rows: tuple[str, str | None, str | None], file: str = "f") -> list[tuple[object, ...]]:
    """Facts of cells 1 and 2, run and contradiction of rows of (order number, cell 1, cell 2)."""
    cells = pl.LazyFrame(
        [(file, *row) for row in rows],
        orient="row",
        schema=dict.fromkeys(["file_id", "cell_0", "cell_1", "cell_2"], str),
    )
    runs = with_runs(cells, 0)
    found = runs.select(RUN).join(order_facts(runs, [1, 2]), on=RUN, how="left", maintain_order="left").collect()
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
    assert found == [("a", "late", 1, False)] * 3


def test_one_contradiction_spoils_every_row_of_its_order_and_no_other() -> None:
    found = told(("#0", "z", "z"), ("#1", "a", "x"), ("#1", "b", "x"), ("#1", None, None), ("#2", "b", "x"))
    assert [row[-1] for row in found] == [False, True, True, True, False]


def test_an_order_number_that_stands_in_two_files_is_two_orders() -> None:
    cells = pl.LazyFrame({"file_id": ["f", "g"], "cell_0": ["#1", "#1"], "cell_1": ["a", None]})
    found = order_facts(with_runs(cells, 0), [1]).collect()
    assert found.select(fact(1), RUN).rows() == [("a", 1), (None, 2)]


CELL = st.sampled_from([None, "a", "b"])
ORDER = st.sampled_from(["#1", "#2", "#3", None])


@given(st.lists(st.tuples(ORDER, CELL, CELL), min_size=1, max_size=12))
def test_runs_are_told_as_a_person_would(rows: list[tuple[str, str | None, str | None]]) -> None:
    found = told(*rows)
    for number, (_, run) in enumerate(groupby(zip(rows, found, strict=True), key=lambda pair: pair[0][0]), start=1):
        members = list(run)
        said = [{row[place] for row, _ in members} - {None} for place in (1, 2)]
        assert {facts for _, facts in members} == {members[0][1]}
        *facts, told_run, is_contradictory = members[0][1]
        assert (told_run, is_contradictory) == (number, any(len(words) > 1 for words in said))
        assert all(value in (words or {None}) for value, words in zip(facts, said, strict=True))


@given(st.lists(st.lists(st.tuples(st.sampled_from("fg"), ORDER), max_size=5), max_size=5))
def test_pieces_are_cut_between_orders_and_lose_no_row(pieces: list[list[tuple[str, str | None]]]) -> None:
    frames = [pl.DataFrame(piece, orient="row", schema=dict.fromkeys(["file_id", "cell_0"], str)) for piece in pieces]
    cut = [frame.rows() for frame in whole_orders(frames, 0)]
    assert [row for rows in cut for row in rows] == [row for piece in pieces for row in piece]
    ends = [rows for rows in cut if rows]
    assert all(before[-1] != after[0] for before, after in pairwise(ends))
