"""Which models the night used, why, and how well they have foretold.

From `mart.model_choice`, `mart.model_quality` and `mart.score_calibration`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from transforms.contracts.value import METRICS, SCORES


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a choice; what it speaks of, what was found and what that is held against, where there is such."""

    code: str
    candidate: str
    figure: float | None
    needed: float | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the night used for one part (`purchases`, `spend`, `season`, `value`), and why."""

    part: str
    chosen: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """The model in use and one other way of foretelling, by one metric."""

    metric: str
    rival: str
    ours: float
    theirs: float
    verdict: str
    """Of ours: `better`, `same` or `worse`."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the model in use said at past days, held against what came in the 90 days after them."""

    model: str
    past_days: int
    customers: int
    compared: tuple[Compared, ...]
    """By metric in their order, then by rival."""


@dataclass(frozen=True, slots=True)
class Tenth:
    """A tenth of the customers by a score: its mean, and what came."""

    predicted: float
    observed: float
    customers: int


PARTS = ("purchases", "spend", "season", "value")


def choices(told: pl.DataFrame) -> tuple[Choice, ...]:
    """Findings of `mart.model_choice`, the parts in their order; what this page does not know comes last."""
    ordered = told.sort("part", "reason", "candidate")
    found = [
        Choice(part, rows["chosen"][0], tuple(Reason(*row) for row in _rows(rows, *_OF_REASON)))
        for (part,), rows in ordered.group_by("part", maintain_order=True)
    ]
    return tuple(sorted(found, key=lambda choice: _place(PARTS, choice.part)))


_OF_REASON = ("reason", "candidate", "figure", "needed")


def proof(quality: pl.DataFrame) -> Proof | None:
    """Findings of `mart.model_quality`; None where the model in use has not been put to the test."""
    champion = quality.filter("is_champion")
    if champion.is_empty():
        return None
    rows = _rows(champion, "metric", "baseline", "metric_value", "baseline_value", "verdict")
    compared = sorted((Compared(*row) for row in rows), key=lambda one: (_place(METRICS, one.metric), one.rival))
    model, past_days, customers = _rows(champion, "model", "cut_offs", "customers")[0]
    return Proof(model, past_days, customers, tuple(compared))


def calibration(told: pl.DataFrame) -> Mapping[str, tuple[Tenth, ...]]:
    """Score -> its tenths from the lowest, of `mart.score_calibration`; scores without a row are left out."""
    ordered = told.sort("score", "bin")
    by_score = {
        score: tuple(Tenth(*row) for row in _rows(ordered.filter(score=score), "predicted", "observed", "customers"))
        for score in SCORES
    }
    return {score: tenths for score, tenths in by_score.items() if tenths}


def _place(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _rows(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return frame.select(columns).rows()
