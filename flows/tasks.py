"""How a step becomes a Prefect task: no result is stored, and no message of a library, which may quote data, leaves."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.faults import Fault, RegularsError, without_content
from flows.progress import stage_line

P = ParamSpec("P")
R = TypeVar("R")

RETRIES_OF_WAREHOUSE = [1.0, 5.0]
"""Seconds to wait before trying a warehouse again."""


def step(function: Callable[P, R], *, touches_warehouse: bool = False) -> Callable[P, R]:
    """`function` as a task with its line in the log.

    Only what touches a warehouse is tried again, and only after a fault: a failed check or a wrong file stays wrong.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with stage_line(function.__name__):
            try:
                return function(*args, **kwargs)
            except RegularsError:
                raise
            except (Exception, pl.exceptions.PanicException) as error:
                raise without_content(function.__name__, error) from None

    return task(
        name=function.__name__,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(RETRIES_OF_WAREHOUSE) if touches_warehouse else 0,
        retry_delay_seconds=RETRIES_OF_WAREHOUSE if touches_warehouse else None,
        retry_condition_fn=_is_fault,
    )(run)


def _is_fault(_task: object, _run: object, state: object) -> bool:
    raised = getattr(state, "data", None)
    return isinstance(getattr(raised, "exception", raised), Fault)
