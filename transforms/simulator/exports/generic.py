"""The generic tables: what platforms do not export, in the layouts a shop would bring itself. Shop-local time."""

import polars as pl

from transforms.simulator.exports.cells import local, money

REVIEWS = ("store_id", "review_id", "reviewed_at", "account_id", "product_id", "rating", "review_text")
TICKETS = (
    "store_id", "ticket_id", "opened_at", "account_id", "order_id", "channel", "ticket_type", "first_reply_at",
    "resolved_at", "reopened_count", "agent_id", "tags",
)  # fmt: skip
CONSENTS = ("store_id", "account_id", "said_at", "channel", "purpose", "consent_state", "evidence")
CONTACT_EVENTS = ("store_id", "event_id", "occurred_at", "account_id", "channel", "campaign", "event_type", "arm")
REFERRALS = ("store_id", "referral_id", "referred_at", "referrer_account_id", "account_id")
PRODUCT_COSTS = ("store_id", "product_id", "valid_from", "unit_cost", "currency")
CUSTOMER_ATTRIBUTES = ("store_id", "account_id", "attribute", "attribute_value", "source", "recorded_at")
HEADERS = {
    "reviews.csv": REVIEWS,
    "tickets.csv": TICKETS,
    "consents.csv": CONSENTS,
    "contact_events.csv": CONTACT_EVENTS,
    "referrals.csv": REFERRALS,
    "product_costs.csv": PRODUCT_COSTS,
    "customer_attributes.csv": CUSTOMER_ATTRIBUTES,
}


def cells(facts: pl.DataFrame, header: tuple[str, ...]) -> pl.DataFrame:
    """The columns of `header` as text: instants, dates, `unit_cost` from cents in `unit_cost_cents`."""
    if "unit_cost" in header:
        facts = facts.with_columns(unit_cost=money("unit_cost_cents"))
    return facts.select(header).with_columns(local(pl.col(pl.Datetime))).cast(pl.String)
