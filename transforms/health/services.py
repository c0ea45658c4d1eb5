"""mart.service_health: how fast the service answers and settles, and who buys again. A scan over all tickets."""

from datetime import date, timedelta

import polars as pl

from transforms.customers.service import as_of_night, hours_to_reply, hours_to_settle
from transforms.staging.days import end_of

LOOKS_BACK = timedelta(days=365)
FOLLOWED = timedelta(days=90)
"""Whoever buys within this time after a ticket has bought again."""
SLOW = 0.9
UNTOLD = "(untold)"
_KEY = ["channel", "agent_id"]


def service_health(tickets: pl.LazyFrame, orders: pl.LazyFrame, as_of: date, timezone: str) -> pl.LazyFrame:
    """mart.service_health, sorted by key; no row without a ticket.

    `tickets`: staged.ticket with `customer_id`, null where unknown. `orders`: mart.purchase_order of all shards.
    """
    told = (
        as_of_night(tickets, as_of, timezone)
        .filter(pl.col("happened_date") > as_of - LOOKS_BACK)
        .with_columns(pl.col("agent_id").fill_null(UNTOLD))
    )
    to_reply, to_settle = hours_to_reply(end_of(as_of, timezone)), hours_to_settle()
    is_open, is_unanswered = pl.col("resolved_at").is_null(), pl.col("first_reply_at").is_null()
    of_agents = told.group_by(_KEY).agg(
        tickets=pl.len(),
        complaints=(pl.col("ticket_type") == "complaint").sum(),
        open_tickets=is_open.sum(),
        unanswered_tickets=is_unanswered.sum(),
        first_reply_hours=to_reply.median(),
        # The smallest number of hours within which nine in ten are answered: nothing between two tickets.
        slow_reply_hours=to_reply.quantile(SLOW, interpolation="equiprobable"),
        resolution_hours=to_settle.median(),
        reopened_rate=(pl.col("reopened_count") > 0).mean(),
    )
    return (
        of_agents.join(_bought_again(told, orders, as_of), on=_KEY, how="left")
        .with_columns(pl.col("followed_tickets").fill_null(0), as_of_date=pl.lit(as_of))
        .sort(_KEY)
    )


def _bought_again(tickets: pl.LazyFrame, orders: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`_KEY`, `followed_tickets`, `repurchase_rate`."""
    is_followed = pl.col("customer_id").is_not_null() & (pl.col("happened_date") <= as_of - FOLLOWED)
    followed = tickets.filter(is_followed)
    after = pl.col("ordered_at") - pl.col("happened_at")
    bought_again = (
        orders.filter(pl.col("order_date") <= as_of)
        .select("customer_id", "ordered_at")
        .join(followed.select("customer_id", "ticket_key", "happened_at"), on="customer_id")
        .filter((after > timedelta(0)) & (after <= FOLLOWED))
        .select("ticket_key", has_bought=True)
        .unique()
    )
    return (
        followed.join(bought_again, on="ticket_key", how="left")
        .group_by(_KEY)
        .agg(followed_tickets=pl.len(), repurchase_rate=pl.col("has_bought").fill_null(value=False).mean())
    )
