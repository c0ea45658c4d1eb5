"""The log of contacts: campaigns sent, withheld and answered, and life in the shop's chat group."""

import numpy as np
import polars as pl

from transforms.simulator.campaigns import Mailing
from transforms.simulator.moments import DAY_SECONDS, instants, moment
from transforms.simulator.process import Ints
from transforms.simulator.setting import Setting

OPENED_SHARE, CLICKED_SHARE, REPLIED_SHARE = 0.30, 0.08, 0.01
"""Of the messages sent; who clicks has opened."""
SENDING_SECOND = 10 * 3600
JOINED_SHARE, ACTIVE_SHARE, LEFT_SHARE = 0.08, 0.5, 0.2
"""Of the accounts where the shop keeps a group: those that join; of these, those that speak and those that leave."""


def draw_contact_events(setting: Setting, mailing: Mailing, group_accounts: pl.DataFrame) -> pl.DataFrame:
    """`event_id`, `occurred_at`, `account` (index), `channel`, `campaign` (name or null), `event_type`, `arm`, by time.

    `group_accounts` has `account` and `opened_day` of the accounts where a group exists. Nothing after the last date.
    """
    events = pl.concat([*_answers(setting, mailing), *_group(setting, group_accounts)])
    kept = events.filter(pl.col("at") < setting.days * DAY_SECONDS).sort(
        "at", "account", "event_type", maintain_order=True
    )
    return kept.with_row_index("number", offset=1).select(
        pl.concat_str(pl.lit("E"), pl.col("number").cast(pl.String).str.zfill(8)).alias("event_id"),
        instants(setting.first, kept["at"].to_numpy()).alias("occurred_at"),
        "account", "channel", "campaign", "event_type", "arm",
    )  # fmt: skip


def _answers(setting: Setting, mailing: Mailing) -> list[pl.DataFrame]:
    rng = setting.stream("answers")
    size = len(mailing.assignments)
    told = mailing.campaigns.select("campaign", "name", "channel", "sent_day")
    rows = mailing.assignments.join(told, on="campaign", how="left", maintain_order="left")
    sent_at = moment(rows["sent_day"].to_numpy(), SENDING_SECOND + rng.integers(0, 4 * 3600, size))
    chance = rng.random(size)
    rows = rows.with_columns(
        at=pl.Series(sent_at), chance=pl.Series(chance), wait=pl.Series(rng.integers(60, 6 * 3600, size))
    )
    treated = rows.filter(pl.col("arm") == "treated")
    at = pl.col("at")
    return [
        _event(rows.filter(pl.col("arm") == "control"), "held_out", at),
        _event(treated, "sent", at),
        _event(treated.filter(pl.col("chance") < OPENED_SHARE), "opened", at + pl.col("wait")),
        _event(treated.filter(pl.col("chance") < CLICKED_SHARE), "clicked", at + pl.col("wait") + 30),
        _event(treated.filter(pl.col("chance") < REPLIED_SHARE), "replied", at + pl.col("wait") + 600),
        _event(treated.filter(pl.col("extra_day") >= 0), "converted", (pl.col("extra_day") + 1) * DAY_SECONDS - 1),
    ]


def _group(setting: Setting, accounts: pl.DataFrame) -> list[pl.DataFrame]:
    rng = setting.stream("group")
    joined = accounts.filter(pl.Series(rng.random(len(accounts)) < JOINED_SHARE))
    size = len(joined)
    start = joined["opened_day"].to_numpy()
    joins = moment(start, np.full(size, 21 * 3600)) + rng.integers(0, 3600, size)
    rest = setting.days * DAY_SECONDS - joins
    speaks = np.maximum(joins + 60, _afternoon(joins + (rest * rng.uniform(0.05, 0.7, size)).astype(np.int64)))
    leaves = np.maximum(speaks + 60, _afternoon(joins + (rest * rng.uniform(0.75, 0.95, size)).astype(np.int64)))
    rows = joined.with_columns(
        channel=pl.lit("wechat"),
        name=pl.lit(None, dtype=pl.String),
        arm=pl.lit(None, dtype=pl.String),
        at=pl.Series(joins),
        chance=pl.Series(rng.random(size)),
        speaks=pl.Series(speaks),
        leaves=pl.Series(leaves),
    )
    return [
        _event(rows, "joined_group", pl.col("at")),
        _event(rows.filter(pl.col("chance") < ACTIVE_SHARE), "active_in_group", pl.col("speaks")),
        _event(rows.filter(pl.col("chance") >= 1 - LEFT_SHARE), "left_group", pl.col("leaves")),
    ]


def _afternoon(at: Ints) -> Ints:
    """The same day, between noon and midnight."""
    return at - at % DAY_SECONDS + DAY_SECONDS // 2 + at % DAY_SECONDS // 2


def _event(rows: pl.DataFrame, event_type: str, at: pl.Expr) -> pl.DataFrame:
    return rows.select(
        at.cast(pl.Int64).alias("at"), "account", "channel", pl.col("name").alias("campaign"),
        pl.lit(event_type).alias("event_type"), "arm",
    )  # fmt: skip
