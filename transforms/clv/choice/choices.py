"""Why the night uses what it uses: mart.model_choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.contracts import value


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for what was chosen of a part, or against something else."""

    part: str
    reason: str
    candidate: str = "none"
    figure: float | None = None
    needed: float | None = None


def model_choice(chosen: dict[str, str], reasons: Sequence[Reason], as_of: date) -> pl.DataFrame:
    """mart.model_choice. `chosen`: part -> what the night used."""
    table = value.MODEL_CHOICE
    rows = [
        {
            "as_of_date": as_of,
            "part": reason.part,
            "chosen": chosen[reason.part],
            "candidate": reason.candidate,
            "reason": reason.reason,
            "figure": reason.figure,
            "needed": reason.needed,
        }
        for reason in reasons
    ]
    return pl.DataFrame(rows, schema=table.polars_schema).sort(table.key)
