"""Whom to write to and how. Personal data: granted to nobody by default."""

from transforms.contracts import fields
from transforms.contracts.table import Column, Replace, Schema, Table, Type

CONTACT_POINT = Table(
    Schema.CONTACT,
    "contact_point",
    grain="one address of one customer, for one purpose",
    description="How a customer can be reached and what they said about it, up to the latest published night.",
    key=("customer_id", "channel", "address", "purpose"),
    columns=(
        fields.customer_id,
        fields.channel,
        fields.address,
        fields.purpose,
        fields.consent_state,
        Column("consent_at", Type.INSTANT, "When they said it, UTC; null while unknown.", nullable=True),
        fields.evidence,
    ),
)

CONTACT_LIST = Table(
    Schema.CONTACT,
    "contact_list",
    grain="one customer in one night",
    description="Whom to write to. Control rows stand here without an address and are never exported.",
    key=("as_of_date", "customer_id"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        fields.customer_id,
        Column("occasion", Type.TEXT, "Why now."),
        Column("campaign", Type.TEXT, "The occasion and its instance; arms and answers are counted by it."),
        fields.channel,
        fields.address.optional(),
        Column("message", Type.TEXT, "Key of the text."),
        Column("reward", Type.TEXT, "Key of the reward; null for a message without one.", nullable=True),
        Column("send_on", Type.DATE, "Shop-local day of sending, the day after the night."),
        Column("send_from_at", Type.INSTANT, "Not before, UTC."),
        Column("send_until_at", Type.INSTANT, "Not after, UTC."),
        Column("reason", Type.TEXT, "Why this customer is on the list, in words."),
        Column("arm", Type.TEXT, "Whether the message is sent.", values=("treated", "control")),
    ),
)

CONTACT_HOLD = Table(
    Schema.CONTACT,
    "contact_hold",
    grain="one customer in one night",
    description="Who is left alone, why, and when to look again. List and hold together hold every customer once.",
    key=("as_of_date", "customer_id"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        fields.customer_id,
        Column(
            "reason",
            Type.TEXT,
            "Why not.",
            values=("no_purchase", "no_score", "not_due", "not_worth_it", "no_consent", "no_address", "cap_reached"),
        ),
        Column(
            "look_again_on", Type.DATE, "Shop-local date to think again; null where only new data helps.", nullable=True
        ),
    ),
)

TABLES = (CONTACT_POINT, CONTACT_LIST, CONTACT_HOLD)
