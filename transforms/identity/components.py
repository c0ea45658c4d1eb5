"""Connected components of a graph of integers."""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def components(size: int, ends: pl.Series, other_ends: pl.Series) -> npt.NDArray[np.int64]:
    """For each of `size` nodes the smallest node it is connected to, itself included.

    `ends`, `other_ends`: Int64, nodes from 0; an edge runs between those of the same row.
    """
    if size == 0:
        return np.empty(0, dtype=np.int64)
    ones = np.ones(len(ends), dtype=np.int8)
    graph = coo_array((ones, (ends.to_numpy(), other_ends.to_numpy())), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    smallest = np.empty(label.max() + 1, dtype=np.int64)
    # From behind, so that the smallest is written last.
    smallest[label[::-1]] = np.arange(size - 1, -1, -1)
    return smallest[label]
