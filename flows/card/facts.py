"""What the sentences of the advice are filled in with."""

from datetime import date
from zoneinfo import ZoneInfo

from flows.card.known import Known
from flows.card.words import Words
from flows.report.numerals import percent
from transforms.contracts.table import MONEY_SCALE

GOODS_NAMED = 2
CENT = MONEY_SCALE // 100


def facts(known: Known, words: Words, zone: ZoneInfo) -> dict[str, str]:
    """Every place of `sentences/advice.toml`; empty where nothing is known, for then no advice names it."""
    return {**_dates(known, words, zone), **_amounts(known, words), **_habits(known, words)}


def _dates(known: Known, words: Words, zone: ZoneInfo) -> dict[str, str]:
    customer, card = known.customer, known.card
    complained, answered = (
        moment.astimezone(zone).date() if (moment := card[name]) else None
        for name in ("open_complaint_at", "open_complaint_reply_at")
    )
    told: dict[str, date | None] = {
        "complaint_day": complained,
        "reply_day": answered,
        "review_day": customer["last_review_date"],
        "refund_day": customer["last_refund_date"],
        "birthday": card["next_birthday_date"],
        "paid_until": customer["paid_until_date"],
        "contract_end": customer["contract_end_date"],
        "contact_day": customer["last_contact_date"],
    }
    waiting = words.days((known.as_of - complained).days) if complained else ""
    return {name: words.day(when) if when else "" for name, when in told.items()} | {"waiting": waiting}


def _amounts(known: Known, words: Words) -> dict[str, str]:
    customer = known.customer
    missing = customer["missing_to_next_tier"]
    # Rounded up: who pays what the card says has reached the level.
    to_pay = None if missing is None else -(-missing // CENT) * CENT
    money = {"stored_value": customer["stored_value"], "missing": to_pay}
    shares = {name: customer[name] for name in ("full_price_share", "promotion_share", "refund_rate")}
    return {
        **{name: "" if amount is None else words.money(amount, customer["currency"]) for name, amount in money.items()},
        **{name: "" if share is None else percent(share, 1) for name, share in shares.items()},
    }


def _habits(known: Known, words: Words) -> dict[str, str]:
    customer = known.customer
    gap, silent = customer["usual_gap_days"], customer["recency_days"]
    latest = known.orders[0]["goods"] if known.orders else []
    tier = customer["next_tier"]
    return {
        "gap": "" if gap is None else words.days(round(gap)),
        "silent": "" if silent is None else words.days(silent),
        "favourite": customer["favourite_category"] or customer["favourite_brand"] or words.say("likes.usual"),
        "last_goods": " + ".join(latest[:GOODS_NAMED]) or words.say("likes.usual"),
        "next_tier": words.name("tier", tier) if tier else "",
        "paid_level": customer["paid_level"] or "",
        "rating": str(customer["last_rating"] or ""),
        "open_requests": str((customer["open_tickets"] or 0) - (customer["open_complaints"] or 0)),
    }
