"""Inquiries, complaints, service requests: answered in hours, but for those who then leave for bad service."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.simulator.causes import QUALITY, SERVICE, Departures
from transforms.simulator.lives import Flags, Lives
from transforms.simulator.moments import awake, between, end_of, instants, moment
from transforms.simulator.process import Floats, Ints
from transforms.simulator.setting import Setting

TYPES = ("inquiry", "service_request", "complaint")
INQUIRY, SERVICE_REQUEST, COMPLAINT = range(len(TYPES))
TYPE_SHARES = (0.55, 0.30, 0.15)
CHANNELS = ("chat", "email", "phone", "wechat")
CHANNEL_SHARES = (0.45, 0.20, 0.15, 0.20)
AGENTS = 12
BAD_AGENTS = 3
"""Who leaves people waiting: the first of the agents."""
USUAL_TAGS = ("", "delivery", "size", "late", "invoice")
QUALITY_TAGS = ("quality", "defect;quality", "quality;refund")
SERVICE_TAGS = ("late", "late;unanswered", "delivery;late")
HAGGLER_TAGS = ("haggle", "haggle;threat", "threat")
HOUR = 3600
REPLY_MEDIAN_HOURS, RESOLVE_MEDIAN_HOURS = 2.5, 12.0
REOPENED_SHARE = 0.05
SLOWLY_ANSWERED_SHARE, RESOLVED_SHARE = 0.7, 0.4
"""Of the tickets left waiting: answered at all, after days; of these, those resolved."""
QUALITY_SHARE = 0.7
"""Of the anchor orders of quality traces that are followed by a complaint."""
HAGGLER_SHARE = 0.5
"""Of the orders of hagglers."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Tickets of one kind, one an order; moments are seconds, -1 for never."""

    order: Ints
    ticket_type: Ints
    opened: Ints
    reply_seconds: Ints
    resolve_seconds: Ints
    reopened: Ints
    agent: Ints
    tags: list[str]
    tag: Ints


def draw_tickets(setting: Setting, orders: pl.DataFrame, lives: Lives, departures: Departures) -> pl.DataFrame:
    """Tickets by time; what had not happened by the end of the last date is null.

    `ticket_id`, `agent_id`, `opened_at`, `order` (row of orders), `channel`, `ticket_type`, `first_reply_at`,
    `resolved_at`, `reopened_count`, `tags`, `is_planted`.
    """
    rng, world = setting.stream("tickets"), setting.world
    person = orders["person"].to_numpy()
    is_paid, shown = orders["is_paid"].to_numpy(), departures.shown[person]
    is_anchor = orders["is_anchor"].to_numpy()
    start = moment(orders["day"].to_numpy(), orders["second"].to_numpy())
    chance = rng.random(len(orders))
    until = end_of(departures.shown_until_day[person])

    def after(order: Ints, earliest: float, latest: float) -> Ints:
        return between(start[order], until[order], rng.uniform(earliest, latest, len(order)))

    usual = np.flatnonzero(is_paid & (chance < world.ticket_share))
    bad = np.flatnonzero(is_anchor & (shown == QUALITY) & (chance < QUALITY_SHARE))
    slow = np.repeat(np.flatnonzero(is_anchor & (shown == SERVICE)), 2)
    haggled = np.flatnonzero(is_paid & lives.is_haggler[person] & (chance < HAGGLER_SHARE))
    batches = (
        _answered(rng, usual, awake(start[usual] + rng.integers(0, 7 * 86_400, len(usual))), TYPE_SHARES, USUAL_TAGS),
        _answered(rng, bad, after(bad, 0.1, 0.6), (0, 0, 1), QUALITY_TAGS),
        _left_waiting(rng, slow, after(slow, 0.05, 0.3)),
        _answered(
            rng, haggled, awake(start[haggled] + rng.integers(600, 86_400, len(haggled))), (0.5, 0, 0.5), HAGGLER_TAGS
        ),
    )
    is_planted = np.repeat([False, True, True, False], [len(batch.order) for batch in batches])
    return _frame(setting, batches, is_planted)


def _answered(
    rng: np.random.Generator, order: Ints, opened: Ints, type_shares: tuple[float, ...], tags: tuple[str, ...]
) -> _Batch:
    size = len(order)
    reply = _lognormal_hours(rng, REPLY_MEDIAN_HOURS, size)
    return _Batch(
        order=order,
        ticket_type=rng.choice(len(TYPES), size, p=type_shares),
        opened=opened,
        reply_seconds=reply,
        resolve_seconds=reply + _lognormal_hours(rng, RESOLVE_MEDIAN_HOURS, size),
        reopened=(rng.random(size) < REOPENED_SHARE).astype(np.int64),
        agent=rng.integers(BAD_AGENTS, AGENTS, size),
        tags=list(tags),
        tag=rng.integers(len(tags), size=size),
    )


def _left_waiting(rng: np.random.Generator, order: Ints, opened: Ints) -> _Batch:
    """Two an anchor order, a complaint and a request: answered after days or never, most never resolved."""
    size = len(order)
    reply: Ints = np.where(rng.random(size) < SLOWLY_ANSWERED_SHARE, rng.integers(48 * HOUR, 120 * HOUR, size), -1)
    is_resolved = (reply >= 0) & (rng.random(size) < RESOLVED_SHARE)
    return _Batch(
        order=order,
        ticket_type=np.where(np.arange(size) % 2 == 0, COMPLAINT, SERVICE_REQUEST),
        opened=opened,
        reply_seconds=reply,
        resolve_seconds=np.where(is_resolved, reply + rng.integers(72 * HOUR, 160 * HOUR, size), -1),
        reopened=rng.integers(1, 4, size),
        agent=rng.integers(0, BAD_AGENTS, size),
        tags=list(SERVICE_TAGS),
        tag=rng.integers(len(SERVICE_TAGS), size=size),
    )


def _lognormal_hours(rng: np.random.Generator, median: float, size: int) -> Ints:
    hours: Floats = rng.lognormal(np.log(median), 1.0, size)
    return np.maximum((hours * HOUR).astype(np.int64), 60)


def _frame(setting: Setting, batches: tuple[_Batch, ...], is_planted: Flags) -> pl.DataFrame:
    rng, first = setting.stream("ticket channels"), setting.first
    end = int(end_of(setting.days - 1))
    opened = np.concatenate([batch.opened for batch in batches])
    by_time = np.argsort(opened, kind="stable")
    by_time = by_time[opened[by_time] <= end]

    def joined(name: str) -> Ints:
        together: Ints = np.concatenate([getattr(batch, name) for batch in batches])[by_time]
        return together

    def later(name: str) -> pl.Series:
        wait = joined(name)
        at = awake(opened[by_time] + wait)
        return instants(first, np.where((wait >= 0) & (at <= end), at, -1))

    tags = pl.concat([pl.Series(batch.tags).gather(batch.tag) for batch in batches]).gather(by_time)
    return (
        pl.DataFrame(
            {
                "opened_at": instants(first, opened[by_time]),
                "order": joined("order"),
                "channel": pl.Series(CHANNELS).gather(rng.choice(len(CHANNELS), len(by_time), p=CHANNEL_SHARES)),
                "ticket_type": pl.Series(TYPES).gather(joined("ticket_type")),
                "first_reply_at": later("reply_seconds"),
                "resolved_at": later("resolve_seconds"),
                "reopened_count": joined("reopened"),
                "agent": joined("agent") + 1,
                "tags": tags,
                "is_planted": is_planted[by_time],
            }
        )
        .with_row_index("number", offset=1)
        .select(
            pl.concat_str(pl.lit("T"), pl.col("number").cast(pl.String).str.zfill(8)).alias("ticket_id"),
            pl.concat_str(pl.lit("A"), pl.col("agent").cast(pl.String).str.zfill(2)).alias("agent_id"),
            pl.exclude("number", "agent"),
        )
    )
