"""What to do first, what to offer and what to leave alone, by what a customer's own data tell. Shard-local."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

SOON_DAYS = 30
"""A birthday or the end of a membership is near."""
HEALS_AFTER_DAYS = 180
"""A bad rating or a refund after which nobody bought is asked about for so long."""
JUST_WRITTEN_DAYS = 7
FRESH_DAYS = 90
"""A first purchase is still worth asking about."""
BAD_RATING = 2
FULL_PRICE_SHARE = 0.8
DEAL_SHARE = 0.5
GIVEN_BACK_RATE = 0.3
FEWEST_ORDERS, FEWEST_ORDERS_FOR_RATE = 2, 3
"""Orders below which a share of money says nothing of a habit."""

Kind = Literal["first", "offer", "avoid"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One piece of advice and for whom it is. Null does not hold."""

    kind: Kind
    advice: str
    holds: pl.Expr


def rules(as_of: date) -> tuple[Rule, ...]:
    """Every rule as of the end of a night, what matters most first within a kind."""
    return (*_first(as_of), *_offers(as_of), *_avoided(as_of))


def advice(customers: pl.LazyFrame, cards: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`customer_id`, `kind` (`first`, `offer`, `avoid`), `advice`, by customer and in the order of `rules`.

    `customers`: mart.customer with the scores of the night, as in mart.customer_current. `cards`:
    contact.customer_card.
    """
    found = rules(as_of)
    told = pl.LazyFrame(
        {
            "place": range(len(found)),
            "kind": [rule.kind for rule in found],
            "advice": [rule.advice for rule in found],
        },
        schema={"place": pl.Int32, "kind": pl.String, "advice": pl.String},
    )
    places = [pl.when(rule.holds).then(pl.lit(place, pl.Int32)) for place, rule in enumerate(found)]
    return (
        customers.join(cards, on="customer_id", how="left")
        .select("customer_id", place=pl.concat_list(places).list.drop_nulls())
        .explode("place", empty_as_null=False, keep_nulls=False)
        .join(told, on="place")
        .sort("customer_id", "place")
        .select("customer_id", "kind", "advice")
    )


def _first(as_of: date) -> list[Rule]:
    is_unanswered = pl.col("open_complaint_reply_at").is_null()
    is_badly_rated = (pl.col("last_rating") <= BAD_RATING) & _hurts(pl.col("last_review_date"), as_of)
    holds = {
        "complaint_unanswered": _complains() & is_unanswered,
        "complaint_answered": _complains() & ~is_unanswered,
        "bad_rating": is_badly_rated,
        "refund": _hurts(pl.col("last_refund_date"), as_of),
        "open_ticket": pl.col("open_tickets") > pl.col("open_complaints"),
    }
    return [Rule("first", name, condition) for name, condition in holds.items()]


def _offers(as_of: date) -> list[Rule]:
    """Nobody who waits for an answer to a complaint is offered anything."""
    has_bought, is_single = pl.col("orders") > 0, pl.col("orders") == 1
    gap, silent = pl.col("usual_gap_days"), pl.col("recency_days")
    holds = {
        "congratulate": _is_soon(pl.col("next_birthday_date"), as_of),
        "paid_membership": _is_soon(pl.col("paid_until_date"), as_of),
        "contract": _is_soon(pl.col("contract_end_date"), as_of),
        # One usual purchase away.
        "next_tier": pl.col("missing_to_next_tier") <= pl.col("monetary_value"),
        "due": has_bought & silent.is_between(gap, 2 * gap, closed="left"),
        "long_silent": has_bought & (silent >= 2 * gap),
        "new_arrivals": _pays_full_price(),
        "member_price": (pl.col("promotion_share") >= DEAL_SHARE) & (pl.col("orders") >= FEWEST_ORDERS),
        "business": pl.col("is_business"),
        "stored_value": pl.col("stored_value") > 0,
        "second_purchase": is_single & (silent <= FRESH_DAYS),
        "single_long_ago": is_single & (silent > FRESH_DAYS),
        "first_purchase": pl.col("orders") == 0,
    }
    return [Rule("offer", name, condition & ~_complains()) for name, condition in holds.items()]


def _avoided(as_of: date) -> list[Rule]:
    gives_back = (pl.col("refund_rate") >= GIVEN_BACK_RATE) & (pl.col("orders") >= FEWEST_ORDERS_FOR_RATE)
    just_written = pl.col("last_contact_date") > as_of - timedelta(days=JUST_WRITTEN_DAYS)
    holds = {
        "promotion": _complains(),
        "discount": _pays_full_price() & ~_complains(),
        "selling_more": gives_back,
        "writing": pl.col("reachable_by").is_null(),
        "writing_again": pl.col("reachable_by").is_not_null() & just_written,
    }
    return [Rule("avoid", name, condition) for name, condition in holds.items()]


def _complains() -> pl.Expr:
    return pl.col("open_complaint_at").is_not_null()


def _pays_full_price() -> pl.Expr:
    return (pl.col("full_price_share") >= FULL_PRICE_SHARE) & (pl.col("orders") >= FEWEST_ORDERS)


def _is_soon(day: pl.Expr, as_of: date) -> pl.Expr:
    return day.is_between(as_of, as_of + timedelta(days=SOON_DAYS))


def _hurts(day: pl.Expr, as_of: date) -> pl.Expr:
    """Whether nothing was bought since, and it is not long ago."""
    return (day > as_of - timedelta(days=HEALS_AFTER_DAYS)) & (pl.col("last_order_date") <= day).fill_null(True)
