"""Linear algebra of many small matrices, which BLAS only slows down by sharing it out to threads."""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    # Not at import: it knows the libraries that are loaded by then, and looking for them takes a while.
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[object]:
    """Within it BLAS uses one thread.

    A search in four parameters works on matrices of at most 20 by 20. OpenBLAS hands even these to all cores, and where
    another process holds one they wait: 210 steps of L-BFGS-B took 1.8 s on a busy machine, and 0.03 s within this.
    """
    limit: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limit
