"""Working time and messages, worked out by hand."""

from decimal import Decimal

import polars as pl

from tests.transforms.customers.tables import Row, table
from transforms.contracts import staged
from transforms.customers.cost_to_serve import cost_to_serve
from transforms.facts.costs import Costs


def event(customer: str, channel: str, event_type: str = "sent") -> Row:
    return {"customer_id": customer, "channel": channel, "event_type": event_type}


def spent(tickets: list[str | None], events: list[Row], costs: Costs) -> dict[str, int]:
    told = table(staged.TICKET, [{"customer_id": customer} for customer in tickets], customer_id=pl.String)
    sent = table(staged.CONTACT_EVENT, events, customer_id=pl.String)
    rows = cost_to_serve(told, sent, costs).group_by("customer_id").agg(pl.col("spent").sum())
    return dict(rows.collect().iter_rows())


def test_tickets_take_time_and_messages_have_a_price() -> None:
    costs = Costs(service_minutes=Decimal(6), service_hour=Decimal(30), message={"sms": Decimal("0.05")})
    events = [event("c1", "sms"), event("c1", "sms", "opened"), event("c1", "email"), event("c2", "sms", "held_out")]
    # A ticket is 3.00, a text message 0.05; letters of e-mail are free, and who was held out got none.
    assert spent(["c1", "c1", "c3", None], events, costs) == {"c1": 6_0500, "c3": 3_0000}


def test_without_costs_nothing_is_spent() -> None:
    assert sum(spent(["c1"], [event("c2", "sms")], Costs()).values()) == 0
