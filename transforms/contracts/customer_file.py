"""Columns of the customer file that hold no personal data, by what they tell. All of them up to the night alone."""

from transforms.contracts import fields
from transforms.contracts.table import Column, Type


def _text(name: str, description: str, values: tuple[str, ...] = ()) -> Column:
    return Column(name, Type.TEXT, description, nullable=True, values=values)


def _date(name: str, description: str) -> Column:
    return Column(name, Type.DATE, f"{description} Shop-local date.", nullable=True)


PERSON = (
    Column("accounts", Type.INTEGER, "Accounts of the stores that are this customer.", minimum=1),
    fields.region,
    _text("language", "Language to write in, ISO 639-1, where a note tells one."),
    fields.acquired_by,
    _text("referred_by_customer_id", "Customer who was first to bring this one, where a referral tells."),
    fields.is_business,
)

MEMBERSHIP = (
    _text("paid_level", "Membership that was bought, in words that several accounts have; it may have ended."),
    _date("paid_until_date", "Last day of the bought membership."),
    _date("contract_end_date", "Last day of a contract or subscription."),
    Column(
        "stored_value", Type.MONEY, "Money the customer has in the shop's accounts.", nullable=True, unit="currency"
    ),
)

HABITS = (
    _text("favourite_category", "Category with the most money spent."),
    _text("favourite_brand", "Brand with the most money spent."),
    _text(
        "price_band",
        "Third of the shop's prices, within each category, in which most order lines lie; of equals the one with more "
        "money. Goods alone, gifts left out; a third ends at the lowest price that so many of the shop's lines do not "
        "exceed, and a category of one price has none.",
        ("low", "middle", "high"),
    ),
    Column(
        "favourite_weekday",
        Type.INTEGER,
        "ISO weekday of most orders, Monday is 1; null below three orders and where no single one has most.",
        nullable=True,
        minimum=1,
        maximum=7,
    ),
    Column(
        "favourite_hour",
        Type.INTEGER,
        "Shop-local hour of the median order: the one from which the hours of all orders are least far away around the "
        "clock, of equals the first of the day. Null below three orders with a time of day; midnight to the second is "
        "none.",
        nullable=True,
        minimum=0,
        maximum=23,
    ),
    Column("units_per_order", Type.NUMBER, "Mean pieces of goods in an order.", nullable=True, minimum=0),
    Column(
        "usual_gap_days",
        Type.NUMBER,
        "Median days between purchase occasions; null below two.",
        nullable=True,
        minimum=0,
        unit="days",
    ),
)

PRICE = (
    fields.share(
        "discount_share",
        "Share of the undiscounted price taken off, in stores whose exports tell discounts; null in others.",
    ),
    fields.share("promotion_share", "Share of the money for goods spent on lines with a discount, in such stores."),
    fields.share("discount_depth", "Share taken off the price of those lines; null without one."),
    fields.share("full_price_share", "Share of the money for goods spent on lines without one, in such stores."),
)

RETURNS = (
    Column("refund_rate", Type.NUMBER, "Refunded share of `customer_paid`.", nullable=True, minimum=0),
    fields.count("refunded_orders", "Orders of which anything was given back."),
    _date("last_refund_date", "Latest refund."),
)

REVIEWS = (
    fields.count("reviews", "Reviews given, spam left out."),
    Column("mean_rating", Type.NUMBER, "Mean stars of them.", nullable=True, minimum=1, maximum=5),
    Column("last_rating", Type.INTEGER, "Stars of the latest.", nullable=True, minimum=1, maximum=5),
    _date("last_review_date", "Latest review."),
)

SERVICE = (
    fields.count("inquiries", "Questions asked of the service."),
    fields.count("complaints", "Complaints."),
    fields.count("service_requests", "Requests for service."),
    fields.count("open_tickets", "Of all of these, not settled."),
    fields.count("open_complaints", "Complaints that are not settled."),
    _date("last_complaint_date", "Latest complaint."),
    fields.hours(
        "first_reply_hours",
        "Median hours to the first answer; what waits still counts with its wait up to the end of the night's date, "
        "and what was settled without an answer with the time until then.",
    ),
    fields.hours("resolution_hours", "Median hours until settled, of those that are."),
)

ANSWERS = (
    fields.count("contacts_sent", "Messages sent."),
    fields.count(
        "contacts_answered",
        "Of them, opened, clicked, replied to or followed by a purchase, where that is told; each counts once.",
    ),
    _text("answers_on", "Channel with the most messages answered; the one answered last among equals."),
    _date("last_contact_date", "Latest message."),
)
