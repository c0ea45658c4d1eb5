"""What a night as of 30 September 1997 says of CDNOW's customers, held against the 39 weeks that came."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from tests.transforms.clv.pasts import past_of
from transforms.clv.choice.ladder import Gate, Learned, Past, learn
from transforms.clv.choice.stack import LEAST_WEIGHT, Stack
from transforms.clv.spend.choice_of_spend import every_occasion, fit_spend

MASTER = Path(__file__).parents[3].parent / "shared/data/cdnow/CDNOW_master.txt"
CUT, DAYS = date(1997, 9, 30), 273
GATE = Gate(min_customers=500, min_history_days=180, last_purchase_within_days=30, min_with_three=10)

pytestmark = pytest.mark.skipif(not MASTER.exists(), reason="needs CDNOW_master.txt beside the repository")


@pytest.fixture(scope="module")
def orders() -> pl.DataFrame:
    _, *rows = MASTER.read_text(encoding="ascii").splitlines()
    lines = [row.split() for row in rows if row.strip()]
    return pl.DataFrame(
        {
            "customer_id": [line[0] for line in lines],
            "happened_date": [line[1] for line in lines],
            "spend": [round(float(line[3]) * 100) * 100 for line in lines],
        }
    ).with_columns(pl.col("happened_date").str.to_date("%Y%m%d"))


@pytest.fixture(scope="module")
def past(orders: pl.DataFrame) -> Past:
    return past_of(orders, CUT)


@pytest.fixture(scope="module")
def learned(past: Past) -> Learned:
    return learn(past, GATE, CUT)


@pytest.fixture(scope="module")
def came(orders: pl.DataFrame, past: Past) -> pl.DataFrame:
    """`bought` and `value` of the 39 weeks, in the order of the history."""
    after = orders.filter(pl.col("happened_date") > CUT).group_by("customer_id").agg(value=pl.col("spend").sum())
    joined = past.history.select("customer_id").join(after, on="customer_id", how="left", maintain_order="left")
    return joined.select(bought=pl.col("value").is_not_null(), value=pl.col("value").fill_null(0))


def log_loss(p_none: pl.Series, bought: pl.Series) -> float:
    p = p_none.clip(1e-6, 1 - 1e-6).to_numpy()
    return float(-np.where(bought.to_numpy(), np.log(1 - p), np.log(p)).mean())


def gini(value: pl.Series, by: NDArray[np.float64]) -> float:
    """How much of the value lies with those highest `by`: 0 as if drawn by lot, 1 in the order of the value itself."""

    def area(order: NDArray[np.int64]) -> float:
        return float((np.cumsum(value.to_numpy()[order]) / value.sum()).mean()) - 0.5

    return area(np.argsort(-by, kind="stable")) / area(np.argsort(-value.to_numpy(), kind="stable"))


def test_several_models_together_foretold_best_and_say_their_weights(learned: Learned) -> None:
    assert learned.purchases is not None
    stack = learned.purchases.model
    assert isinstance(stack, Stack)
    weights = {reason.candidate: reason.figure for reason in learned.reasons if reason.reason == "stacked"}
    assert weights == dict(zip((member.family for member in stack.members), stack.weights, strict=True))
    assert sum(stack.weights) == pytest.approx(1.0)
    assert min(stack.weights) >= LEAST_WEIGHT
    assert learned.quality.filter("is_champion")["model"].unique().to_list() == ["stack"]


def test_together_they_are_better_than_each_of_them_alone(learned: Learned, past: Past, came: pl.DataFrame) -> None:
    assert learned.purchases is not None
    stack = learned.purchases.model
    assert isinstance(stack, Stack)
    together = log_loss(stack.p_no_purchase(past.history, DAYS), came["bought"])
    alone = [log_loss(member.model.p_no_purchase(past.history, DAYS), came["bought"]) for member in stack.members]
    assert together < min(alone)


def test_what_they_spent_first_tells_who_will_bring_most(learned: Learned, past: Past, came: pl.DataFrame) -> None:
    assert learned.purchases is not None
    coming = learned.purchases.model.expected_purchases(past.history, DAYS).to_numpy()
    ginis = []
    for spends in (past.history.select("x", "mean_spend"), every_occasion(past.history)):
        spend, _ = fit_spend(spends)
        ginis.append(gini(came["value"], coming * spend.expected_spend(spends).to_numpy()))
    assert ginis[1] > ginis[0] + 0.02
