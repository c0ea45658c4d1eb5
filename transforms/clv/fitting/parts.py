"""Arithmetic on many rows: some thousand at a time, and two parts at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

PART = 2**15
"""Numbers that stay in a processor's cache with what is made of them: a million taken anew at each step cost more."""

_AT_ONCE = 2
"""Every machine has as many processors; between its calls NumPy needs the one interpreter, so more gain little."""

Part = TypeVar("Part")
Found = TypeVar("Found")


def parts_of(rows: int, columns: int = 1) -> list[slice]:
    """So many rows in parts of `PART` numbers, the last one shorter."""
    many = max(1, PART // columns)
    return [slice(begin, begin + many) for begin in range(0, rows, many)]


def at_once(work: Callable[[Part], Found], parts: Sequence[Part]) -> list[Found]:
    """`work` of every part, in their order, whichever is done first; `work` is NumPy's, which needs no interpreter."""
    if len(parts) == 1:
        return [work(parts[0])]
    # Made anew for a fraction of a millisecond: the threads of one that is kept are missing in a forked process.
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(work, parts))


def runs(*columns: NDArray[np.generic]) -> NDArray[np.int64]:
    """Where each run of rows begins that are equal in all of the columns, of one length."""
    is_first = np.zeros(len(columns[0]), dtype=bool)
    is_first[:1] = True
    for values in columns:
        is_first[1:] |= values[1:] != values[:-1]
    return np.flatnonzero(is_first)
