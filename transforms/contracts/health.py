"""Facts back to the departments: what products and services do to customers. No personal data, kept by night."""

from transforms.contracts import fields
from transforms.contracts.table import Column, Replace, Schema, Table, Type

PRODUCT_HEALTH = Table(
    Schema.MART,
    "product_health",
    grain="one article in one night",
    description="What buyers of an article say, send back and do next; for those who buy and list.",
    key=("as_of_date", "product_key"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        fields.product_key,
        fields.count("buyers", "Known customers who bought it."),
        fields.count("units", "Pieces sold, to anybody."),
        Column("amount", Type.MONEY, "What was paid for them.", unit="currency"),
        fields.currency,
        Column(
            "refund_rate",
            Type.NUMBER,
            "Share of that given back. What was given back of a whole order counts for its articles in proportion.",
            nullable=True,
            minimum=0,
        ),
        fields.count("reviews", "Reviews of it, spam left out."),
        Column("mean_rating", Type.NUMBER, "Mean stars of them.", nullable=True, minimum=1, maximum=5),
        Column(
            "rating_trend",
            Type.NUMBER,
            "Mean stars of the 90 days up to the night less those before; null unless both have three reviews.",
            nullable=True,
            minimum=-4,
            maximum=4,
            unit="stars",
        ),
        fields.count("last_bought", "Customers whose latest purchase occasion held it, 180 days ago or longer."),
        fields.count("settled_buyers", "Customers who bought it 180 days ago or longer."),
        fields.share("lost_rate", "`last_bought` of `settled_buyers`: left after buying it; null without any."),
        fields.share("shop_lost_rate", "The same over every buyer of every article, to compare with."),
    ),
)

SERVICE_HEALTH = Table(
    Schema.MART,
    "service_health",
    grain="one channel and agent code in one night",
    description="How fast the service answers and settles, and whether customers buy again afterwards. Tickets of 365 "
    "days up to the night.",
    key=("as_of_date", "channel", "agent_id"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column("channel", Type.TEXT, "Way the customers came.", values=("email", "phone", "chat", "wechat")),
        Column("agent_id", Type.TEXT, "Code of who dealt with it; `(untold)` where no code is told."),
        fields.count("tickets", "Inquiries, complaints and service requests."),
        fields.count("complaints", "Of them, complaints."),
        fields.count("open_tickets", "Not settled."),
        fields.count("unanswered_tickets", "Without a first answer."),
        fields.hours(
            "first_reply_hours",
            "Median hours to the first answer; what waits counts with its wait up to the end of the night's date, and "
            "what was settled without an answer with the time until then.",
        ),
        fields.hours("slow_reply_hours", "Nine in ten are answered within so many hours, counted in the same way."),
        fields.hours("resolution_hours", "Median hours until settled, of those that are."),
        fields.share("reopened_rate", "Share that was opened again, of those of which that is told."),
        fields.count("followed_tickets", "Tickets of known customers, at least 90 days old."),
        fields.share("repurchase_rate", "Share of those whose customer bought again within the 90 days after."),
    ),
)
