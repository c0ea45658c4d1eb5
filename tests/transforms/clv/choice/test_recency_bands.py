"""The last rung: shares by silence, never certain, never from too few."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from transforms.clv.choice.recency_bands import LEAST_CUSTOMERS, RecencyBands
from transforms.clv.choice.windows import Window


def window(silences: list[int], repeats: list[int], came: list[float]) -> Window:
    now = pl.DataFrame(
        {
            "customer_id": [f"c{n}" for n in range(len(came))],
            "x": repeats,
            "t_x_days": [10 if x else 0 for x in repeats],
            "age_days": [silence + (10 if x else 0) for silence, x in zip(silences, repeats, strict=True)],
        }
    )
    return Window(date(2026, 8, 18), now, now.drop("customer_id"), np.array(came), np.zeros(len(came)))


def test_shares_by_hand() -> None:
    # Twenty fresh one-time buyers, of whom five came, once each; twenty regulars gone silent, who did not.
    seen = window([30] * 20 + [400] * 20, [0] * 20 + [2] * 20, [1.0] * 5 + [0.0] * 35)
    bands = RecencyBands.count(seen)
    assert bands is not None
    everybody = (35 + 1) / (40 + 2)
    fresh, silent = bands.p_no_purchase_90d(seen.now).gather([0, 39])
    assert fresh == pytest.approx((15 + 2 * everybody) / 22)
    assert silent == pytest.approx((20 + 2 * everybody) / 22)
    assert bands.expected_purchases_90d(seen.now)[0] == pytest.approx((5 + 2 * 5 / 40) / 22)


def test_nobody_is_certain_of_anything() -> None:
    never = RecencyBands.count(window([10] * 40, [0] * 40, [0.0] * 40))
    assert never is not None
    assert 0 < min(never.p_none) <= max(never.p_none) < 1


def test_too_few_are_not_counted() -> None:
    assert (
        RecencyBands.count(
            window([10] * (LEAST_CUSTOMERS - 1), [0] * (LEAST_CUSTOMERS - 1), [1.0] * (LEAST_CUSTOMERS - 1))
        )
        is None
    )
