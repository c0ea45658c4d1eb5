"""What reviews, tickets and the like tell: columns that a row of an export and its staged table share."""

from dataclasses import replace

from transforms.contracts import fields
from transforms.contracts.table import Column, Privacy, Type

account_id = replace(fields.account_id, nullable=False)

customer_name = Column("customer_name", Type.TEXT, "Name as given.", nullable=True, privacy=Privacy.PERSONAL)
CONTACT = (
    customer_name,
    Column("email", Type.TEXT, "E-mail address as given.", nullable=True, privacy=Privacy.PERSONAL),
    Column("phone", Type.TEXT, "Phone number as given.", nullable=True, privacy=Privacy.PERSONAL),
)

recipient_name = Column(
    "recipient_name",
    Type.TEXT,
    "Name of who receives the order, mostly the buyer.",
    nullable=True,
    privacy=Privacy.PERSONAL,
)

SAID_AT = (
    "When the customer said it, UTC; null where a list does not tell. Then a refusal counts as said when the list "
    "came, and anything else as the oldest word."
)

REVIEW = (
    Column("rating", Type.INTEGER, "Stars, 5 the best.", minimum=1, maximum=5),
    Column("review_text", Type.TEXT, "What the buyer wrote.", nullable=True, privacy=Privacy.PERSONAL),
    Column(
        "review_state",
        Type.TEXT,
        "Whether the shop shows it; null if untold. `spam` is no buyer's word.",
        nullable=True,
        values=("published", "hidden", "spam"),
    ),
)

TICKET = (
    Column("channel", Type.TEXT, "Way the customer came.", values=("email", "phone", "chat", "wechat")),
    Column("ticket_type", Type.TEXT, "What the customer wants.", values=("inquiry", "complaint", "service_request")),
    Column("first_reply_at", Type.INSTANT, "First answer, UTC; null while there is none.", nullable=True),
    Column("resolved_at", Type.INSTANT, "When it was settled, UTC; null while it is open.", nullable=True),
    Column("reopened_count", Type.INTEGER, "How often it was opened again; null if untold.", nullable=True, minimum=0),
    Column("agent_id", Type.TEXT, "Code of who dealt with it.", nullable=True),
    Column("tags", Type.TEXT, "Words the service put to it, joined by `;`.", nullable=True),
)

CONTACT_EVENT = (
    fields.channel,
    Column("campaign", Type.TEXT, "Occasion and its instance; null outside campaigns.", nullable=True),
    Column(
        "event_type",
        Type.TEXT,
        "What happened. `held_out`: assigned to the control arm, so nothing was sent.",
        values=(
            "sent",
            "opened",
            "clicked",
            "replied",
            "converted",
            "joined_group",
            "left_group",
            "active_in_group",
            "held_out",
        ),
    ),
    Column(
        "arm",
        Type.TEXT,
        "Arm of the campaign; null outside experiments.",
        nullable=True,
        values=("treated", "control"),
    ),
)

unit_cost = Column(
    "unit_cost", Type.MONEY, "What one piece costs the shop.", unit="currency", minimum=0, maximum=10**16
)

CUSTOMER_ATTRIBUTE = (
    Column(
        "attribute",
        Type.TEXT,
        "What is noted: birthday, lunar_birthday, family, ...",
    ),
    Column("attribute_value", Type.TEXT, "What it is.", privacy=Privacy.PERSONAL),
    Column("source", Type.TEXT, "Who says so."),
)
