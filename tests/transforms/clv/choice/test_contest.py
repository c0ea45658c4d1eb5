"""Who wins the contest, and when several models together do."""

from datetime import date

import polars as pl
import pytest

from transforms.clv import BetaGeo
from transforms.clv.choice.candidates import Candidate
from transforms.clv.choice.contest import Contest
from transforms.clv.choice.foretelling import foretold
from transforms.clv.choice.stack import STACK, Stack
from transforms.clv.choice.windows import Window

GOES_ON = BetaGeo(r=5.0, alpha=100.0, a=0.01, b=5.0, loglik=0.0, customers=1)
NEARLY_SO = BetaGeo(r=5.0, alpha=100.1, a=0.01, b=5.0, loglik=0.0, customers=1)
LEAVES = BetaGeo(r=5.0, alpha=100.0, a=20.0, b=5.0, loglik=0.0, customers=1)


def window(buyers: int, silent: int) -> Window:
    """All have bought five times again in a hundred days; then `buyers` go on as before, and `silent` buy no more."""
    customers = buyers + silent
    now = pl.DataFrame({"customer_id": range(customers), "x": 5, "t_x_days": 100, "age_days": 100})
    bought = pl.col("customer_id") < buyers
    later = now.select(
        x=pl.when(bought).then(9).otherwise(5),
        t_x_days=pl.when(bought).then(180).otherwise(100),
        age_days=pl.lit(190),
    )
    came = (later["x"] - 5).cast(pl.Float64).to_numpy()
    return Window(date(2026, 8, 18), now, later, came, came)


def contest(of: Window, **models: BetaGeo) -> Contest:
    rivals = {name: (Candidate(name, name, model),) for name, model in models.items()}
    return Contest((of,), rivals, {name: (foretold(model, of),) for name, model in models.items()}, {})._with_stack()


def test_models_that_are_right_of_different_customers_win_together() -> None:
    both = contest(window(buyers=280, silent=120), goes_on=GOES_ON, leaves=LEAVES)
    family, reasons = both.champion(["goes_on", "leaves"])
    assert family == STACK
    said = {reason.candidate: reason.figure for reason in reasons if reason.reason == "stacked"}
    assert said == both.weights
    # Neither is ever impossible, so the say of each is not just the share of the customers of whom it is right.
    assert said["goes_on"] == pytest.approx(0.7, abs=0.05)
    assert {reason.candidate for reason in reasons if reason.reason == "best_out_of_sample"} == {"goes_on", "leaves"}


def test_tonight_the_stack_has_the_models_of_tonight() -> None:
    both = contest(window(buyers=280, silent=120), goes_on=GOES_ON, leaves=LEAVES)
    tonight = {"leaves": Candidate("leaves", "leaves", GOES_ON), "goes_on": Candidate("goes_on", "goes_on_map", LEAVES)}
    stack = both.tonight(STACK, tonight).model
    assert isinstance(stack, Stack)
    assert dict(zip((member.family for member in stack.members), stack.weights, strict=True)) == both.weights
    assert {member.name for member in stack.members} == {"goes_on_map", "leaves"}


def test_who_is_right_of_all_wins_alone() -> None:
    alone = contest(window(buyers=400, silent=0), goes_on=GOES_ON, leaves=LEAVES)
    assert alone.champion(["leaves", "goes_on"])[0] == "goes_on"
    assert not alone.weights


def test_a_gain_that_may_be_chance_is_none() -> None:
    # One silent customer of four hundred is better told by the other model.
    nearly = contest(window(buyers=399, silent=1), goes_on=GOES_ON, leaves=LEAVES)
    assert nearly.champion(["goes_on", "leaves"])[0] == "goes_on"
    alike = contest(window(buyers=280, silent=120), goes_on=GOES_ON, nearly_so=NEARLY_SO)
    assert STACK not in alike.records


def test_without_past_days_the_first_family_is_taken() -> None:
    family, reasons = Contest.of(["mbg_nbd", "bg_nbd"], []).champion(["mbg_nbd", "bg_nbd"])
    assert family == "mbg_nbd"
    assert [reason.reason for reason in reasons] == ["no_past_to_compare"]
