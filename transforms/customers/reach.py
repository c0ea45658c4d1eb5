"""On which channels a customer may be written to. Shard-local by customer."""

import polars as pl

CHANNELS = ("email", "sms")
"""Channels in the order in which they are named and used."""


def reach(contact_points: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `reachable_by`: channels with consent to marketing. `contact_points`: contact.contact_point."""
    granted = contact_points.filter(purpose="marketing", consent_state="granted")
    rank = pl.col("channel").replace_strict(_RANKS, default=len(CHANNELS))
    channels = granted.select("customer_id", "channel").unique().sort(rank, "channel")
    return channels.group_by("customer_id").agg(reachable_by=pl.col("channel").str.join("+"))


_RANKS = {channel: rank for rank, channel in enumerate(CHANNELS)}
