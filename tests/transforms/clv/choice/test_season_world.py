"""On the demo world, whose year has a shape, the clock foretells the volume; its truth is never looked at."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from tests.transforms.clv.pasts import past_of
from tests.transforms.simulator.full_shops import UNTIL, truth
from transforms.clv.choice.candidates import fit_family
from transforms.clv.choice.season import season
from transforms.clv.choice.season_choice import in_season
from transforms.clv.history import purchase_history

DAYS_BACK = (30, 90, 150, 210, 270, 330)
HORIZONS = (30, 90, 180, 270)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def orders() -> pl.DataFrame:
    paid = truth("order").filter(pl.col("is_paid"))
    return paid.select(customer_id="person", happened_date=pl.col("ordered_at").dt.date(), spend="paid")


def biases(orders: pl.DataFrame, kind: str) -> np.ndarray:
    """Expected over observed occasions, less 1, on six days of the last year and up to four horizons."""
    found = []
    for back in DAYS_BACK:
        day = UNTIL - timedelta(days=back)
        past = past_of(orders, day)
        plain = fit_family("mbg_nbd", past.history)
        found_season = season(kind, plain.model, past.activity, day)
        timed = found_season.history(past.history, day)
        model = in_season(plain, past.history, found_season, day).model
        for horizon in (days for days in HORIZONS if days <= back):
            later = purchase_history(orders.lazy(), day + timedelta(days=horizon)).collect()
            came = later.join(past.history, on="customer_id").select((pl.col("x") - pl.col("x_right")).sum()).item()
            expected = model.expected_purchases(timed, found_season.days_ahead(day, horizon)).sum()
            found.append(expected / came - 1)
    return np.abs(found)


def test_the_clock_halves_the_bias_of_volume_within_a_year(orders: pl.DataFrame) -> None:
    assert biases(orders, "clock").mean() < biases(orders, "off").mean() / 2
