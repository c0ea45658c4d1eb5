"""The last rung before no score: what customers of like silence did in the last 90 days, counted.

No model and no assumption but that the next 90 days will be as the last. Customers are parted into those who have come
back and those who have not, and by days since their last occasion.
"""

import json
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.clv.choice.windows import Window

Floats = NDArray[np.float64]

EDGES_DAYS = (30, 60, 90, 180, 365)
"""Last day of silence of each band but the last, which has no end."""
LEAST_CUSTOMERS = 20
"""Customers of 90 days ago below which nothing is counted."""
PRIOR_CUSTOMERS = 2.0
"""Customers as all others whom each cell is given on top, so that nobody is certain of anything."""
_CELLS = 2 * (len(EDGES_DAYS) + 1)


@dataclass(frozen=True, slots=True)
class RecencyBands:
    """Shares and means by cell: bands of those without a repeat, then of those with one, the shortest silence first."""

    NAME: ClassVar[str] = "recency_bands"

    p_none: tuple[float, ...]
    expected: tuple[float, ...]
    customers: tuple[int, ...]

    @classmethod
    def count(cls, window: Window) -> Self | None:
        """What the customers of `window` did in its 90 days; None if they are fewer than `LEAST_CUSTOMERS`."""
        if window.now.height < LEAST_CUSTOMERS:
            return None
        cell = _cells(window.now)
        customers = np.bincount(cell, minlength=_CELLS)

        def drawn(outcome: Floats, of_all: float) -> tuple[float, ...]:
            sums = np.bincount(cell, outcome, _CELLS) + PRIOR_CUSTOMERS * of_all
            return tuple((sums / (customers + PRIOR_CUSTOMERS)).tolist())

        none = (window.came == 0).astype(np.float64)
        everybody = window.now.height
        share_none = float((none.sum() + 1) / (everybody + 2))
        mean_came = float(window.came.sum() / everybody)
        return cls(drawn(none, share_none), drawn(window.came, mean_came), tuple(customers.tolist()))

    def p_no_purchase_90d(self, history: pl.DataFrame) -> pl.Series:
        """Probability of buying nothing in the next 90 days."""
        return pl.Series("p_no_purchase", np.array(self.p_none)[_cells(history)])

    def expected_purchases_90d(self, history: pl.DataFrame) -> pl.Series:
        """Expected purchase occasions in the next 90 days."""
        return pl.Series("expected_purchases", np.array(self.expected)[_cells(history)])

    def to_json(self) -> str:
        """What was counted."""
        fields = {"p_none": self.p_none, "expected": self.expected, "customers": self.customers}
        return json.dumps({"model": self.NAME, **fields})


def _cells(history: pl.DataFrame) -> NDArray[np.int64]:
    silence = (history["age_days"] - history["t_x_days"]).to_numpy()
    band = np.searchsorted(EDGES_DAYS, silence)
    cell: NDArray[np.int64] = band + (history["x"] > 0).to_numpy() * (len(EDGES_DAYS) + 1)
    return cell
