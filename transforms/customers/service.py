"""How the service treated a customer. Shard-local by customer."""

from datetime import date, datetime

import polars as pl

from transforms.staging.days import end_of, not_yet, up_to


def tickets_of_customers(tickets: pl.LazyFrame, ids: pl.LazyFrame, orders: pl.LazyFrame) -> pl.LazyFrame:
    """`tickets` with `customer_id`: of the account, else of the order they name; null where neither is known.

    `tickets`: staged.ticket. `ids`: `account_key`, `customer_id`, of all shards: an account of another shard is not the
    buyer of the order. `orders`: mart.purchase_order, of one shard or all.
    """
    buyers = orders.select("order_key", buyer_id="customer_id")
    return (
        tickets.join(ids, on="account_key", how="left")
        .join(buyers, on="order_key", how="left")
        .with_columns(customer_id=pl.coalesce("customer_id", "buyer_id"))
        .drop("buyer_id")
    )


def as_of_night(tickets: pl.LazyFrame, as_of: date, timezone: str) -> pl.LazyFrame:
    """Tickets as they stood when the shop-local day `as_of` was over. `tickets`: staged.ticket."""
    answers = not_yet(("first_reply_at", "resolved_at"), as_of, timezone)
    return up_to(tickets, as_of, timezone).with_columns(answers)


def hours_to_reply(night_end: datetime) -> pl.Expr:
    """Hours to the first answer; without one, until it was settled, and while it waits until the night was over."""
    return _hours_until(pl.coalesce("first_reply_at", "resolved_at", pl.lit(night_end)))


def hours_to_settle() -> pl.Expr:
    """Hours until it was settled; null while it is open."""
    return _hours_until(pl.col("resolved_at"))


def service(tickets: pl.LazyFrame, as_of: date, timezone: str) -> pl.LazyFrame:
    """`customer_id`, the counts of tickets, `last_complaint_date`, `first_reply_hours`, `resolution_hours`.

    `tickets`: staged.ticket with `customer_id`. `timezone` is the zone of the shop's days.
    """
    is_open, is_complaint = pl.col("resolved_at").is_null(), pl.col("ticket_type") == "complaint"
    hours = {"first_reply_hours": hours_to_reply(end_of(as_of, timezone)), "resolution_hours": hours_to_settle()}
    return (
        as_of_night(tickets, as_of, timezone)
        .group_by("customer_id")
        .agg(
            inquiries=(pl.col("ticket_type") == "inquiry").sum(),
            complaints=is_complaint.sum(),
            service_requests=(pl.col("ticket_type") == "service_request").sum(),
            open_tickets=is_open.sum(),
            open_complaints=(is_open & is_complaint).sum(),
            last_complaint_date=pl.col("happened_date").filter(is_complaint).max(),
            **{name: until.median() for name, until in hours.items()},
        )
    )


def open_complaints(tickets: pl.LazyFrame, as_of: date, timezone: str) -> pl.LazyFrame:
    """The oldest complaint of each customer that is not settled, in the columns `open_complaint_...` of the card.

    `tickets`: staged.ticket with `customer_id`.
    """
    told = as_of_night(tickets, as_of, timezone).filter(pl.col("resolved_at").is_null(), ticket_type="complaint")
    return (
        told.sort("happened_at", "ticket_key")
        .group_by("customer_id", maintain_order=True)
        .agg(
            open_complaint_at=pl.col("happened_at").first(),
            open_complaint_channel=pl.col("channel").first(),
            open_complaint_tags=pl.col("tags").first(),
            open_complaint_reply_at=pl.col("first_reply_at").first(),
            open_complaint_order_key=pl.col("order_key").first(),
        )
    )


def _hours_until(instant: pl.Expr) -> pl.Expr:
    hours = (instant - pl.col("happened_at")).dt.total_seconds() / 3600
    return hours.clip(lower_bound=0)  # exports may tell an answer to the minute and the question to the second
