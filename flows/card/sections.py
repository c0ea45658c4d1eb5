"""What stands on the card: labelled lines of text, in the order in which they are needed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from flows.card.facts import GOODS_NAMED, facts
from flows.card.known import Known, Row
from flows.card.masks import masked, masked_account
from flows.card.words import Words
from transforms.customers.advice import SOON_DAYS

MOST_ADVICE = {"first": 2, "offer": 5, "avoid": 2}
MOST_NOTES = MOST_ADDRESSES = 3
LONGEST_REVIEW = 40
BETWEEN = " · "
IN_COLUMNS = {
    "birthday",
    "lunar_birthday",
    "sex",
    "language",
    "tags",
    "wechat_friend",
    "paid_level",
    "paid_until",
    "contract_end",
    "stored_value",
}
"""Attributes of which the file has columns (`transforms.customers.notes`): what they say stands elsewhere."""


@dataclass(frozen=True, slots=True)
class Section:
    """A label and its lines. `is_urgent` is shown so."""

    label: str
    lines: tuple[str, ...]
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One of the last orders."""

    day: str
    goods: str
    paid: str
    refunded: str


@dataclass(frozen=True, slots=True)
class Card:
    """All of it, in one language."""

    name: str
    customer_id: str
    night: str
    note: str | None
    above: tuple[Section, ...]
    orders_label: str
    orders: tuple[OrderLine, ...]
    more_orders: str | None
    below: tuple[Section, ...]
    foot: str


def card_of(known: Known, words: Words, zone: ZoneInfo, *, shows_addresses: bool) -> Card:
    """The card. Sections without a line are left out."""
    told = facts(known, words, zone)
    more = known.customer["orders"] - len(known.orders)
    above = [
        _complaint(known, words, told),
        _advice("first", known, words, told),
        _section("who", words, _who(known, words, told)),
        _section("tier", words, _tier(known, words, told)),
    ]
    below = [
        _section("likes", words, _likes(known, words, told)),
        _section("noted", words, _noted(known, words)),
        _advice("offer", known, words, told),
        _advice("avoid", known, words, told),
        _section("reach", words, _reach(known, words, shows_addresses=shows_addresses)),
    ]
    return Card(
        name=_name(known, words),
        customer_id=known.customer["customer_id"],
        night=words.say("head.night", day=words.day(known.as_of)),
        note=words.say("head.former_id") if known.former_id else None,
        above=tuple(section for section in above if section.lines),
        orders_label=words.say("label.orders"),
        orders=tuple(_order(order, words) for order in known.orders),
        more_orders=words.say("order.more", orders=f"{more:,}") if more > 0 else None,
        below=tuple(section for section in below if section.lines),
        foot=words.say("foot.staff"),
    )


def _section(name: str, words: Words, lines: Iterable[str]) -> Section:
    return Section(words.say(f"label.{name}"), tuple(lines))


def _name(known: Known, words: Words) -> str:
    name, sex = known.card["customer_name"], known.card["sex"]
    if not name:
        return words.say("head.nameless")
    return words.say(f"head.{sex}", name=name) if sex in {"female", "male"} else str(name)


def _advice(kind: str, known: Known, words: Words, told: dict[str, str]) -> Section:
    given = known.advice[kind][: MOST_ADVICE[kind]]
    requests = int(told["open_requests"])
    lines = tuple(f"• {words.say(f'{kind}.{name}', requests, **told)}" for name in given)
    return Section(words.say(f"label.{kind}"), lines, is_urgent=kind == "first")


def _complaint(known: Known, words: Words, told: dict[str, str]) -> Section:
    card = known.card
    if card["open_complaint_at"] is None:
        return Section("", ())
    state = "complaint.answered" if card["open_complaint_reply_at"] else "complaint.unanswered"
    channel = card["open_complaint_channel"] or ""
    lines = [words.say(state, channel=words.name("channel", channel), **told)]
    if known.customer["open_complaints"] > 1:
        lines.append(words.say("complaint.more", complaints=str(known.customer["open_complaints"])))
    if card["open_complaint_order_key"]:
        lines.append(_complained_of(card["open_complaint_order_key"], known, words))
    if card["open_complaint_tags"]:
        lines.append(words.say("complaint.tags", tags=_listed(card["open_complaint_tags"], words)))
    return Section(words.say("label.complaint"), tuple(lines), is_urgent=True)


def _complained_of(order_key: str, known: Known, words: Words) -> str:
    for order in known.orders:
        if order["order_key"] == order_key:
            return words.say("complaint.order", day=words.day(order["order_date"]), goods=_goods(order, words))
    return words.say("complaint.order_key", order_key=order_key)


def _who(known: Known, words: Words, told: dict[str, str]) -> Iterator[str]:
    customer, birthday = known.customer, known.card["next_birthday_date"]
    since, orders = customer["first_order_date"], customer["orders"]
    parts = [words.say("who.since", day=words.day(since)) if since else words.say("who.no_purchase")]
    if orders:
        paid = words.money(customer["customer_paid"], customer["currency"])
        parts.append(words.say("who.orders", orders, orders=f"{orders:,}", paid=paid))
    parts += [text for text in (customer["region"], customer["acquired_by"]) if text]
    if customer["is_business"]:
        parts.append(words.say("who.business"))
    if customer["referred_by_customer_id"]:
        parts.append(words.say("who.referred"))
    accounts = [masked_account(key) for key in (known.card["account_keys"] or "").split("; ") if key]
    if len(accounts) > 1 or not known.card["customer_name"]:
        parts.append(words.say("who.accounts", accounts=words.listed(accounts)))
    if customer["language"]:
        parts.append(words.say("who.language", language=words.name("language", customer["language"])))
    if birthday and birthday - known.as_of <= timedelta(days=SOON_DAYS):
        in_days = words.days((birthday - known.as_of).days)
        parts.append(words.say("who.birthday", birthday=told["birthday"], in_days=in_days))
    yield BETWEEN.join(parts)


def _tier(known: Known, words: Words, told: dict[str, str]) -> Iterator[str]:
    customer = known.customer
    if customer["tier"]:
        tier = words.name("tier", customer["tier"])
        key = "tier.missing" if customer["next_tier"] else "tier.highest"
        yield words.say(key, tier=tier, missing=told["missing"], next_tier=told["next_tier"])
    if customer["paid_level"]:
        key = "tier.paid_level" if customer["paid_until_date"] else "tier.paid_level_open"
        yield words.say(key, paid_level=customer["paid_level"], paid_until=told["paid_until"])
    if customer["stored_value"]:
        yield words.say("tier.stored_value", stored_value=told["stored_value"])


def _order(order: Row, words: Words) -> OrderLine:
    refunded = order["refunded"]
    return OrderLine(
        day=words.day(order["order_date"]),
        goods=_goods(order, words),
        paid=words.money(order["customer_paid"], order["currency"]),
        refunded=words.say("order.refunded", amount=words.money(refunded, order["currency"])) if refunded else "",
    )


def _goods(order: Row, words: Words) -> str:
    goods = order["goods"]
    more = f" (+{len(goods) - GOODS_NAMED})" if len(goods) > GOODS_NAMED else ""
    # Names of articles hold commas.
    return f"{' + '.join(goods[:GOODS_NAMED])}{more}" or words.say("order.number", number=order["order_id"])


def _likes(known: Known, words: Words, told: dict[str, str]) -> Iterator[str]:
    customer = known.customer
    things = [text for text in (customer["favourite_category"], customer["favourite_brand"]) if text]
    if customer["price_band"]:
        things.append(words.say("likes.price_band", band=words.name("price_band", customer["price_band"])))
    if (customer["units_per_order"] or 0) >= 2:  # noqa: PLR2004 - one piece an order is no habit to tell
        things.append(words.say("likes.units", units=f"{customer['units_per_order']:.0f}"))
    if customer["mean_rating"]:
        things.append(words.say("likes.rating", rating=f"{customer['mean_rating']:.1f}"))
    if things:
        yield BETWEEN.join(things)
    habits = [*_when(known, words, told)]
    if habits:
        yield BETWEEN.join(habits)
    review = known.card["last_review_text"]
    if review:
        short = review if len(review) <= LONGEST_REVIEW else f"{review[:LONGEST_REVIEW]}…"
        yield words.say("likes.review", review=" ".join(short.split()))


def _when(known: Known, words: Words, told: dict[str, str]) -> Iterator[str]:
    customer = known.customer
    if customer["favourite_weekday"] and customer["favourite_hour"] is not None:
        weekday = words.name("weekday", str(customer["favourite_weekday"]))
        yield words.say("likes.when", weekday=weekday, hour=str(customer["favourite_hour"]))
    if customer["usual_gap_days"] is None:
        return
    due = customer["last_order_date"] + timedelta(days=round(customer["usual_gap_days"]))
    late = (known.as_of - due).days
    key = "likes.was_due" if late > 0 else "likes.next"
    yield words.say(key, gap=told["gap"], day=words.day(due), late=words.days(late))


def _noted(known: Known, words: Words) -> Iterator[str]:
    notes = dict[tuple[str, str], list[str]]()
    for row in known.attributes:
        if row["attribute"] not in IN_COLUMNS:
            notes.setdefault((row["attribute"].replace("_", " "), row["attribute_value"]), []).append(row["source"])
    shown = [
        words.say("noted.attribute", attribute=attribute, value=value, source=words.listed(sources))
        for (attribute, value), sources in [*notes.items()][:MOST_NOTES]
    ]
    if known.card["tags"]:
        shown.insert(0, _listed(known.card["tags"], words))
    if len(notes) > MOST_NOTES:
        shown.append(words.say("noted.more", notes=str(len(notes) - MOST_NOTES)))
    if shown:
        yield BETWEEN.join(shown)


def _reach(known: Known, words: Words, *, shows_addresses: bool) -> Iterator[str]:
    order = {"granted": 0, "refused": 1, "unknown": 2}
    points = sorted(
        (point for point in known.points if point["purpose"] == "marketing"),
        key=lambda point: order[point["consent_state"]],
    )
    for point in points[:MOST_ADDRESSES]:
        address = point["address"] if shows_addresses else masked(point["address"])
        state = words.name("consent", point["consent_state"])
        yield words.say("reach.address", channel=words.name("channel", point["channel"]), address=address, state=state)
    if len(points) > MOST_ADDRESSES:
        yield words.say("reach.more", addresses=str(len(points) - MOST_ADDRESSES))
    if not points:
        yield words.say("reach.nothing")
    habits = []
    if known.card["is_wechat_friend"]:
        habits.append(words.say("reach.wechat_friend"))
    if known.customer["answers_on"]:
        habits.append(words.say("reach.answers_on", channel=words.name("channel", known.customer["answers_on"])))
    if habits:
        yield BETWEEN.join(habits)


def _listed(joined: str, words: Words) -> str:
    return words.listed(tag.strip() for tag in joined.split(";") if tag.strip())
