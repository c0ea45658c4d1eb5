"""Messages sent to some and withheld from a control arm, and the purchases they truly brought."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.simulator.accounts import Accounts
from transforms.simulator.causes import Departures
from transforms.simulator.lives import Flags, Lives
from transforms.simulator.process import Ints, Occasions
from transforms.simulator.setting import Setting

CONTROL_SHARE = 0.2
ANSWER_DAYS = 14
"""What a message brings comes within so many days after it."""
MARGIN_DAYS = ANSWER_DAYS + 7
"""Who ends or leaves sooner than this after the message is past being moved by it."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One message on one day."""

    name: str
    channel: str
    at_share: float
    """When, as a share of the shop's days."""
    uplift: float
    """Further purchase occasions a treated person makes because of it, on average, if still to be moved."""


CAMPAIGNS = (
    Campaign("new-arrivals", "email", 0.30, 0.04),
    Campaign("member-day", "sms", 0.42, 0.06),
    Campaign("newsletter", "email", 0.55, 0.0),
    Campaign("gift-ideas", "wechat", 0.66, 0.05),
    Campaign("big-sale", "sms", 0.78, 0.10),
    Campaign("care-tips", "email", 0.90, 0.02),
)


@dataclass(frozen=True, slots=True)
class Mailing:
    """What the campaigns did."""

    campaigns: pl.DataFrame
    """`campaign`, `channel`, `sent_day`, `control_share`, `uplift`, `assigned`, `movable` (counts)."""
    assignments: pl.DataFrame
    """`campaign` (index), `person`, `account`, `arm`, `is_movable`, `extra_day` (-1 without an extra occasion)."""


def draw_mailing(
    setting: Setting, lives: Lives, departures: Departures, accounts: Accounts, consents: pl.DataFrame
) -> Mailing:
    """Who was assigned to which campaign and arm, and who bought once more because of it.

    `consents` holds the words by `account` (index), `said_day`, `channel`, `consent_state`. A person is assigned
    through the first account, if its last word on the channel before the day grants marketing.
    """
    rng, days = setting.stream("campaigns"), setting.days
    movable_until = np.minimum(np.minimum(lives.death_day, departures.last_visit_day), days - 1)
    first = pl.DataFrame({"account": accounts.of_person, "person": np.arange(len(lives))})
    assigned = []
    for index, campaign in enumerate(CAMPAIGNS):
        sent_day = int(campaign.at_share * days)
        reachable = (
            consents.filter((pl.col("channel") == campaign.channel) & (pl.col("said_day") < sent_day))
            .sort("account", "said_day", maintain_order=True)
            .unique("account", keep="last", maintain_order=True)
            .filter(pl.col("consent_state") == "granted")
            .join(first, on="account", maintain_order="left")
            .select("person", "account")
        )
        size = len(reachable)
        is_treated = rng.random(size) >= CONTROL_SHARE
        is_movable = movable_until[reachable["person"].to_numpy()] >= sent_day + MARGIN_DAYS
        is_moved = is_treated & is_movable & (rng.random(size) < campaign.uplift)
        extra_day = np.where(is_moved, sent_day + rng.integers(1, ANSWER_DAYS, size), -1)
        assigned.append(
            reachable.with_columns(
                campaign=pl.lit(index, dtype=pl.Int64),
                arm=pl.when(pl.Series(is_treated)).then(pl.lit("treated")).otherwise(pl.lit("control")),
                is_movable=pl.Series(is_movable),
                extra_day=pl.Series(extra_day),
            )
        )
    assignments = pl.concat(assigned)
    counts = assignments.group_by("campaign").agg(
        assigned=pl.len().cast(pl.Int64), movable=pl.col("is_movable").sum().cast(pl.Int64)
    )
    told = pl.DataFrame(
        {
            "campaign": range(len(CAMPAIGNS)),
            "name": [campaign.name for campaign in CAMPAIGNS],
            "channel": [campaign.channel for campaign in CAMPAIGNS],
            "sent_day": [int(campaign.at_share * days) for campaign in CAMPAIGNS],
            "control_share": CONTROL_SHARE,
            "uplift": [campaign.uplift for campaign in CAMPAIGNS],
        }
    )
    told = told.join(counts, on="campaign", how="left", maintain_order="left").with_columns(
        pl.col("assigned", "movable").fill_null(0)
    )
    return Mailing(told, assignments)


@dataclass(frozen=True, slots=True)
class Visits:
    """Occasions of everyone with the account used, sorted by person and day."""

    occasions: Occasions
    account: Ints
    store: Ints
    campaign: Ints
    """Index of the campaign that brought it, or -1."""


def with_extra_visits(
    setting: Setting, lives: Lives, occasions: Occasions, accounts: Accounts, mailing: Mailing
) -> tuple[Visits, Mailing]:
    """The occasions with those the campaigns brought, and the mailing without the few that found no free day."""
    days, shape = setting.days, setting.world.buying.p
    assignments = mailing.assignments
    moved = assignments.filter(pl.col("extra_day") >= 0)
    person, day = moved["person"].to_numpy(), moved["extra_day"].to_numpy()
    taken = occasions.customer * days + occasions.day
    day = day + _is_in(taken, person * days + day)
    is_free = ~_is_in(taken, person * days + day)
    moved = moved.with_columns(new_day=pl.Series(np.where(is_free, day, -1)))
    assignments = (
        assignments.join(
            moved.select("campaign", "person", "new_day"), on=["campaign", "person"], how="left", maintain_order="left"
        )
        .with_columns(extra_day=pl.col("new_day").fill_null(-1))
        .drop("new_day")
    )
    person, day = person[is_free], day[is_free]
    spend = setting.stream("extra spend").gamma(shape, lives.customers.mean_spend[person] / shape)
    customer = np.concatenate([occasions.customer, person])
    all_days = np.concatenate([occasions.day, day])
    order = np.lexsort((all_days, customer))
    cents = np.concatenate([occasions.spend_cents, np.maximum(np.rint(spend * 100).astype(np.int64), 1)])
    account = np.concatenate([accounts.of_occasion, moved["account"].to_numpy()[is_free]])
    brought_by = np.concatenate([np.full(len(occasions), -1), moved["campaign"].to_numpy()[is_free]])
    account = account[order]
    by_person = Occasions(customer[order], all_days[order], cents[order])
    visits = Visits(by_person, account, accounts.store[account], brought_by[order])
    return visits, Mailing(mailing.campaigns, assignments)


def _is_in(rising: Ints, wanted: Ints) -> Flags:
    """Whether each is in a rising array."""
    at = np.minimum(np.searchsorted(rising, wanted), len(rising) - 1)
    found: Flags = rising[at] == wanted
    return found
