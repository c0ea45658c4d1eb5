"""Whom to write to and how. Personal data: granted to nobody by default."""

from transforms.contracts import fields, told
from transforms.contracts.table import Column, Privacy, Replace, Schema, Table, Type


def _personal(name: str, description: str) -> Column:
    return Column(name, Type.TEXT, description, nullable=True, privacy=Privacy.PERSONAL)


CONTACT_POINT = Table(
    Schema.CONTACT,
    "contact_point",
    grain="one address of one customer, for one purpose",
    description="How a customer can be reached and what they said about it, up to the latest published night. For "
    "marketing every e-mail address and phone number for text messages stands here; for service, and for calls, those "
    "about which anything was said. What accounts of one customer said of one address last counts.",
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

CUSTOMER_ATTRIBUTE = Table(
    Schema.CONTACT,
    "customer_attribute",
    grain="one thing one source says of one customer",
    description="Birthdays, families, favourite colours: whatever the shop noted, up to the latest published night. Of "
    "several accounts the latest note of a source counts.",
    key=("customer_id", "attribute", "source"),
    columns=(
        fields.customer_id,
        *told.CUSTOMER_ATTRIBUTE,
        Column("noted_date", Type.DATE, "Shop-local date of the note; null if untold.", nullable=True),
    ),
)

CUSTOMER_CARD = Table(
    Schema.CONTACT,
    "customer_card",
    grain="one customer",
    description="Who the customer is, for the person at the counter or in the chat, up to the latest published night.",
    key=("customer_id",),
    columns=(
        fields.customer_id,
        _personal("customer_name", "Name of the account used last, of those with a name."),
        _personal("account_keys", "Accounts of the stores, `store_id/account_id`, joined by `; `."),
        _personal("sex", "`female` or `male` where the note says so, else as noted."),
        Column(
            "birth_date", Type.DATE, "By the solar calendar, as last noted.", nullable=True, privacy=Privacy.PERSONAL
        ),
        _personal("lunar_birthday", "Month and day by the lunar calendar, `08-15`."),
        Column(
            "next_birthday_date",
            Type.DATE,
            "First birthday after the night, by the calendar the customer keeps: the lunar one where it is told. 29 "
            "February is kept on the 28th, the lunar 30th on the 29th, where there is none.",
            nullable=True,
            privacy=Privacy.PERSONAL,
        ),
        _personal("tags", "Words put to the customer on any account, joined by `;`."),
        Column("is_wechat_friend", Type.BOOLEAN, "Whether the shop is a friend there; null if untold.", nullable=True),
        Column("open_complaint_at", Type.INSTANT, "Oldest complaint that is not settled, UTC.", nullable=True),
        _personal("open_complaint_channel", "Way it came."),
        _personal("open_complaint_tags", "Words the service put to it, joined by `;`."),
        Column(
            "open_complaint_reply_at", Type.INSTANT, "Its first answer, UTC; null while there is none.", nullable=True
        ),
        Column("open_complaint_order_key", Type.TEXT, "Order it is about, where it says.", nullable=True),
        _personal("last_review_text", "What the latest review says."),
    ),
)

TABLES = (CONTACT_POINT, CUSTOMER_ATTRIBUTE, CUSTOMER_CARD, CONTACT_LIST, CONTACT_HOLD)
