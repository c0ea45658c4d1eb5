import numpy as np
import polars as pl
import pytest

from tests.transforms.simulator.full_shops import ONCE_IN_A_THOUSAND, is_share, shop, truth
from transforms.simulator.campaigns import ANSWER_DAYS, CAMPAIGNS, CONTROL_SHARE

WINDOW_DAYS = ANSWER_DAYS + 1


def outcomes(campaign: int, people: int = 20_000) -> pl.DataFrame:
    """By assigned person: arm, and occasions within the answer window."""
    told = truth("campaign", people).row(campaign, named=True)
    day = pl.col("ordered_at").dt.date()
    bought = (
        truth("order", people)
        .filter(pl.col("is_paid") & (day > told["sent_date"]))
        .filter(day <= pl.lit(told["sent_date"]).dt.offset_by(f"{WINDOW_DAYS}d"))
        .group_by("person")
        .agg(occasions=day.n_unique().cast(pl.Float64))
    )
    assigned = truth("campaign_assignment", people).filter(pl.col("campaign") == campaign)
    return assigned.join(bought, on="person", how="left").with_columns(pl.col("occasions").fill_null(0.0))


def difference(seen: pl.DataFrame) -> tuple[float, float]:
    """Occasions of the treated less those of the control arm, and its standard error."""
    treated = seen.filter(pl.col("arm") == "treated")["occasions"].to_numpy()
    control = seen.filter(pl.col("arm") == "control")["occasions"].to_numpy()
    error = np.sqrt(treated.var() / len(treated) + control.var() / len(control))
    return float(treated.mean() - control.mean()), float(error)


@pytest.mark.parametrize("campaign", range(len(CAMPAIGNS)))
def test_the_difference_of_the_arms_is_the_true_uplift(campaign: int) -> None:
    seen = outcomes(campaign)
    assert len(seen) > 500
    gained, error = difference(seen)
    assert abs(gained - truth("campaign")["mean_uplift"][campaign]) < ONCE_IN_A_THOUSAND * error


def test_over_all_campaigns_the_uplift_is_there_and_is_the_true_one() -> None:
    people = 100_000
    told = truth("campaign", people)
    gained, error = difference(pl.concat(outcomes(campaign, people) for campaign in range(len(CAMPAIGNS))))
    true = (told["mean_uplift"] * told["assigned"]).sum() / told["assigned"].sum()
    assert abs(gained - true) < ONCE_IN_A_THOUSAND * error
    assert gained > ONCE_IN_A_THOUSAND * error


def test_the_arms_are_drawn_by_the_share_and_nobody_is_in_twice() -> None:
    assigned = truth("campaign_assignment")
    assert is_share(assigned["arm"] == "control", CONTROL_SHARE)
    assert assigned.select("campaign", "person").is_unique().all()
    assert assigned.filter(pl.col("arm") == "control")["extra_order_date"].null_count() == len(
        assigned.filter(pl.col("arm") == "control")
    )


def test_every_extra_occasion_is_an_order_of_its_campaign() -> None:
    extra = truth("campaign_assignment").filter(pl.col("extra_order_date").is_not_null())
    brought = truth("order").filter(pl.col("campaign").is_not_null() & pl.col("is_paid"))
    assert len(extra) > 100
    both = extra.join(
        brought.with_columns(extra_order_date=pl.col("ordered_at").dt.date()),
        on=["person", "campaign", "extra_order_date"],
        how="full",
    )
    assert both["extra_order_date"].null_count() == both["extra_order_date_right"].null_count() == 0


def test_only_who_had_said_yes_is_written_to() -> None:
    said = shop().generic["consents.csv"]()
    told = truth("campaign").select("campaign", "channel", "sent_date")
    words = truth("campaign_assignment").join(told, on="campaign").join(said, on=["account", "channel"])
    last = (
        words.filter(pl.col("said_at").dt.date() < pl.col("sent_date"))
        .sort("said_at")
        .group_by("campaign", "account", maintain_order=True)
        .agg(pl.col("consent_state").last())
    )
    assert len(last) == len(truth("campaign_assignment"))
    assert set(last["consent_state"]) == {"granted"}


def test_the_log_tells_who_was_sent_what_and_who_was_held_out() -> None:
    events = shop().generic["contact_events.csv"]()
    counted = dict(events.group_by("event_type").len().iter_rows())
    arms = dict(truth("campaign_assignment").group_by("arm").len().iter_rows())
    assert (counted["sent"], counted["held_out"]) == (arms["treated"], arms["control"])
    assert counted["sent"] > counted["opened"] > counted["clicked"] > counted["replied"] > 0
    assert counted["converted"] > 0
    assert counted["joined_group"] > counted["active_in_group"] > counted["left_group"] > 0
    assert events.filter(pl.col("event_type").str.contains("group"))["arm"].null_count() == sum(
        counted[name] for name in ("joined_group", "active_in_group", "left_group")
    )
    assert events["account_id"].null_count() == 0
    group = events.filter(pl.col("event_type").str.contains("group")).sort("occurred_at")
    first = group.group_by("account", maintain_order=True).agg(pl.col("event_type").first())
    assert set(first["event_type"]) == {"joined_group"}
