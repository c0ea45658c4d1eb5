import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.clv.fitting.parts import PART, at_once, parts_of, runs


@pytest.mark.parametrize("rows", [0, 1, PART, PART + 1, 3 * PART])
def test_parts_are_all_rows_once(rows: int) -> None:
    seen = [row for part in parts_of(rows) for row in range(rows)[part]]
    assert seen == list(range(rows))
    assert all(part.stop - part.start == PART for part in parts_of(rows))


def test_what_is_done_first_does_not_come_first() -> None:
    last_is_done = threading.Event()

    def work(part: int) -> int:
        if part:
            last_is_done.set()
        else:
            assert last_is_done.wait(60)
        return part

    assert at_once(work, [0, 1]) == [0, 1]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1))))
def test_a_run_begins_where_a_row_differs_from_the_one_before(rows: list[tuple[int, int]]) -> None:
    one, other = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    begins = [place for place, row in enumerate(rows) if not place or row != rows[place - 1]]
    assert runs(one, other).tolist() == begins
