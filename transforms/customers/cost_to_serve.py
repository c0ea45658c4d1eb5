"""What dealing with a customer costs, beside their orders. Shard-local by customer."""

import polars as pl

from transforms.facts.costs import Costs, money


def cost_to_serve(tickets: pl.LazyFrame, events: pl.LazyFrame, costs: Costs) -> pl.LazyFrame:
    """`customer_id`, `spent` (money): working time of tickets and messages sent, by the settings.

    A row a customer and kind. `tickets`: staged.ticket, `events`: staged.contact_event, both with `customer_id`.
    """
    of_tickets = tickets.select("customer_id", spent=pl.lit(costs.ticket_cost, pl.Int64))
    prices = {channel: money(amount) for channel, amount in costs.message.items()}
    a_message = pl.col("channel").replace_strict(prices, default=0, return_dtype=pl.Int64) if prices else pl.lit(0)
    of_messages = events.filter(event_type="sent").select("customer_id", spent=a_message.cast(pl.Int64))
    both = [frame.group_by("customer_id").agg(pl.col("spent").sum()) for frame in (of_tickets, of_messages)]
    return pl.concat(both).filter(pl.col("customer_id").is_not_null())
