"""The decision: one row a customer, on the list or on hold. Shard-local by customer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from transforms.contacts import back_from_silence
from transforms.contacts.arms import arm
from transforms.customers.reach import CHANNELS


@dataclass(frozen=True, slots=True)
class Policy:
    """The shop's rules for writing to people."""

    control_share: float
    pause_days: int
    send_from_hour: int
    send_until_hour: int
    timezone: str

    def window(self, day: date) -> tuple[datetime, datetime]:
        """First and last instant of sending on a shop-local day, UTC."""
        midnight = datetime.combine(day, time(), ZoneInfo(self.timezone))
        until = midnight + timedelta(hours=self.send_until_hour)
        return (midnight + timedelta(hours=self.send_from_hour)).astimezone(UTC), until.astimezone(UTC)


def decided(
    scores: pl.LazyFrame, contact_points: pl.LazyFrame, recent: pl.LazyFrame, as_of: date, policy: Policy
) -> pl.LazyFrame:
    """Every customer with `hold_reason` (null for those to write to), `look_again_on`, and `channel` if there is one.

    `scores`: mart.customer_score of the night. `contact_points`: contact.contact_point. `recent`: `customer_id`,
    `send_on` of the latest list each customer stood on before this night.
    """
    candidates = (
        back_from_silence.with_usual_gap(scores)
        .join(_best_channel(contact_points), on="customer_id", how="left")
        .join(_has_address(contact_points), on="customer_id", how="left")
        .join(recent.select("customer_id", last_sent_on="send_on"), on="customer_id", how="left")
    )
    again_on = pl.col("last_sent_on") + pl.duration(days=policy.pause_days)
    holds: list[tuple[str, pl.Expr, pl.Expr]] = [
        ("no_purchase", pl.col("frequency").is_null(), _NEVER),
        ("no_score", pl.col("churn_risk_90d").is_null(), _NEVER),
        ("not_worth_it", back_from_silence.is_lost(), _NEVER),
        ("not_due", ~back_from_silence.is_due(), back_from_silence.due_on(as_of)),
        ("no_address", pl.col("has_address").is_null(), _NEVER),
        ("no_consent", pl.col("channel").is_null(), _NEVER),
        ("cap_reached", (again_on > as_of + timedelta(days=1)).fill_null(False), again_on),
    ]
    return candidates.with_columns(
        hold_reason=pl.coalesce(pl.when(holds_back).then(pl.lit(name)) for name, holds_back, _ in holds),
        # The first hold decides the date too, even where it knows none.
        look_again_on=_first_true([(holds_back, on) for _, holds_back, on in holds]),
    ).sort("customer_id")


def contact_list(candidates: pl.LazyFrame, as_of: date, policy: Policy, key: str) -> pl.LazyFrame:
    """contact.contact_list from `decided`. Control rows have no address."""
    send_on = as_of + timedelta(days=1)
    send_from, send_until = policy.window(send_on)
    campaign = f"{back_from_silence.OCCASION} {send_on:%Y-%m}"
    return (
        candidates.filter(pl.col("hold_reason").is_null())
        .with_columns(campaign=pl.lit(campaign))
        .with_columns(arm=arm(pl.col("customer_id"), pl.col("campaign"), policy.control_share, key))
        .with_columns(
            as_of_date=pl.lit(as_of),
            occasion=pl.lit(back_from_silence.OCCASION),
            address=pl.when(pl.col("arm") == "treated").then("address"),
            message=pl.lit(back_from_silence.MESSAGE),
            reward=pl.lit(None, pl.String),
            send_on=pl.lit(send_on),
            send_from_at=pl.lit(send_from),
            send_until_at=pl.lit(send_until),
            reason=back_from_silence.reason(),
        )
    )


def contact_hold(candidates: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """contact.contact_hold from `decided`: everyone who is not on the list."""
    held = candidates.filter(pl.col("hold_reason").is_not_null())
    return held.with_columns(as_of_date=pl.lit(as_of), reason="hold_reason")


def contact_summary(listed: pl.LazyFrame, held: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """mart.contact_summary from the night's list and hold. A merge over all shards."""
    outcomes = pl.concat(
        [
            listed.select(outcome="arm", occasion="occasion", channel="channel", reason=pl.lit("due")),
            held.select(outcome=pl.lit("held"), occasion=pl.lit("none"), channel=pl.lit("none"), reason="reason"),
        ]
    )
    keys = ["outcome", "occasion", "channel", "reason"]
    return outcomes.group_by(keys).agg(customers=pl.len()).with_columns(as_of_date=pl.lit(as_of)).sort(keys)


_NEVER = pl.lit(None, pl.Date)


def _first_true(cases: list[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    result = _NEVER
    for condition, value in reversed(cases):
        result = pl.when(condition).then(value).otherwise(result)
    return result


def _best_channel(contact_points: pl.LazyFrame) -> pl.LazyFrame:
    rank = pl.col("channel").replace_strict({name: rank for rank, name in enumerate(CHANNELS)}, default=len(CHANNELS))
    granted = contact_points.filter(purpose="marketing", consent_state="granted")
    return granted.sort(rank, "address").group_by("customer_id").agg(pl.col("channel", "address").first())


def _has_address(contact_points: pl.LazyFrame) -> pl.LazyFrame:
    return contact_points.group_by("customer_id").agg(has_address=pl.lit(True))
