"""Canonical tables in the lake: what came in, whatever the platform, after later exports won and duplicates merged."""

from dataclasses import replace

from transforms.contracts import fields, told
from transforms.contracts.table import Column, Privacy, Schema, Table, Type

_WHEN = (fields.happened_at, fields.happened_date, fields.known_at)
_UNDATED = (fields.happened_at.optional(), fields.happened_date.optional())
account_key = replace(fields.account_key, nullable=False, description="`store_id/account_id`.")


def _compared(name: str, whose: str) -> Column:
    return Column(name, Type.TEXT, f"{whose}, as names are compared.", nullable=True, privacy=Privacy.PERSONAL)


def _reason(name: str, what: str, reasons: tuple[str, ...]) -> Column:
    return Column(
        name,
        Type.TEXT,
        f"Why the {what} told is nobody's; null where it is somebody's or none is told. `alias`: made by a "
        "marketplace. `extension`: of a platform's privacy number or a switchboard. `unassigned`: no operator has it.",
        nullable=True,
        values=reasons,
    )


CUSTOMER_ACCOUNT = Table(
    Schema.STAGED,
    "customer_account",
    grain="one account of one store",
    description="Every account a customer export or an order names.",
    key=("account_key",),
    columns=(
        account_key,
        fields.store_id,
        Column("happened_at", Type.INSTANT, "Account opened or first order, whichever is earlier, UTC.", nullable=True),
        Column("known_at", Type.INSTANT, "When a file first told of the account, UTC."),
        Column("first_order_at", Type.INSTANT, "First order in the data, UTC.", nullable=True),
        fields.buyer_key,
        told.customer_name,
        Column(
            "email",
            Type.TEXT,
            "In lower case; null where there is a reason.",
            nullable=True,
            privacy=Privacy.PERSONAL,
        ),
        _reason("email_reason", "e-mail address", ("masked", "unreadable", "alias")),
        Column(
            "phone",
            Type.TEXT,
            "By E.164; null where there is a reason.",
            nullable=True,
            privacy=Privacy.PERSONAL,
        ),
        _reason("phone_reason", "number", ("masked", "unreadable", "extension", "service_number", "unassigned")),
        fields.region,
        fields.acquired_by,
        fields.is_business,
    ),
)

ACCOUNT_NAME = Table(
    Schema.STAGED,
    "account_name",
    grain="one buyer's and recipient's name that stand together on orders of one account, or in a customer export",
    description="Who goes by an account. Two people behind one phone show here, and nowhere else.",
    key=("account_key", "buyer_name", "recipient_name"),
    columns=(
        account_key,
        _compared("buyer_name", "Name of the buyer"),
        _compared("recipient_name", "Name of who receives the orders"),
        Column(
            "orders", Type.INTEGER, "Orders with both; zero for a name that stands with the account alone.", minimum=0
        ),
    ),
)

PURCHASE_ORDER = Table(
    Schema.STAGED,
    "purchase_order",
    grain="one order",
    description="Paid orders that were not cancelled before shipping.",
    key=("order_key",),
    columns=(
        fields.order_key,
        fields.store_id,
        fields.order_id,
        fields.account_key,
        fields.happened_at,
        fields.happened_date,
        fields.known_at,
        fields.customer_paid,
        fields.deductions,
        fields.discount,
        fields.currency,
        fields.original_amount,
        fields.original_currency,
        Column("line_count", Type.INTEGER, "Lines of the order.", minimum=1),
        Column("units", Type.INTEGER, "Pieces of goods in the order.", minimum=0, unit="pieces"),
        fields.region,
        fields.acquired_by,
    ),
)

ORDER_LINE = Table(
    Schema.STAGED,
    "order_line",
    grain="one line of one order",
    description="What was bought. The amounts of an order's lines add up to its `customer_paid`. Where an export of "
    "orders tells what was paid, shipping is a line `(shipping)`, and what no line accounts for is `(not itemised)`.",
    key=("order_key", "line_index"),
    columns=(
        fields.order_key,
        Column("line_index", Type.INTEGER, "Position in the order, from 1, in the order of the export.", minimum=1),
        fields.account_key,
        fields.product_key,
        fields.happened_at,
        fields.happened_date,
        fields.known_at,
        Column("quantity", Type.INTEGER, "Pieces bought.", unit="pieces", minimum=0),
        fields.unit_price,
        fields.discount,
        fields.amount,
        fields.currency,
        fields.is_goods,
    ),
)

REFUND = Table(
    Schema.STAGED,
    "refund",
    grain="one line of a refund note, one request of an export of refunds, or what else was given back of an order",
    description="Money given back. Without an order it lowers the customer's revenue on its own day.",
    key=("refund_key",),
    columns=(
        Column("refund_key", Type.TEXT, "`store_id/note number/position`."),
        Column("order_key", Type.TEXT, "Order it refunds, where the export tells.", nullable=True),
        fields.account_key,
        fields.product_key,
        fields.happened_at,
        fields.happened_date,
        fields.known_at,
        Column("quantity", Type.INTEGER, "Pieces taken back.", unit="pieces", minimum=0),
        Column("amount", Type.MONEY, "Money given back, positive.", unit="currency", minimum=0),
        fields.currency,
        replace(fields.original_amount, description="Money given back, in `original_currency`."),
        fields.original_currency,
        fields.is_goods,
        Column("reason", Type.TEXT, "Why, in the platform's words.", nullable=True),
    ),
)

PRODUCT = Table(
    Schema.STAGED,
    "product",
    grain="one article of one store",
    description="Every article an order or refund names.",
    key=("product_key",),
    columns=(
        fields.product_key,
        fields.store_id,
        fields.product_id,
        fields.product_name,
        fields.category,
        fields.brand,
        fields.is_goods,
        fields.happened_at,
        fields.known_at,
    ),
)

CONSENT = Table(
    Schema.STAGED,
    "consent",
    grain="one word of one account on one channel and purpose",
    description="Consents and refusals as they came; the latest up to the night counts.",
    key=("account_key", "channel", "purpose", "happened_at"),
    columns=(
        account_key,
        fields.channel,
        fields.purpose,
        *_UNDATED,
        fields.known_at,
        fields.consent_state,
        fields.evidence,
    ),
)

REVIEW = Table(
    Schema.STAGED,
    "review",
    grain="one review",
    description="The latest version of each review up to the night.",
    key=("review_key",),
    columns=(
        Column("review_key", Type.TEXT, "`store_id/review_id`."),
        fields.account_key,
        replace(
            fields.product_key, description="`store_id/product_id`; null where only an order is named.", nullable=True
        ),
        *_WHEN,
        *told.REVIEW,
    ),
)

TICKET = Table(
    Schema.STAGED,
    "ticket",
    grain="one inquiry, complaint or service request",
    description="Tickets up to the night; one answered or settled only later is unanswered or open as of the night.",
    key=("ticket_key",),
    columns=(
        Column("ticket_key", Type.TEXT, "`store_id/ticket_id`."),
        fields.account_key,
        fields.order_key.optional(),
        *_WHEN,
        *told.TICKET,
    ),
)

CONTACT_EVENT = Table(
    Schema.STAGED,
    "contact_event",
    grain="one thing that happened to one message, or in one group",
    description="Sends and what came of them, group membership and activity, up to the night.",
    key=("event_key",),
    columns=(
        Column("event_key", Type.TEXT, "`store_id/event_id`."),
        fields.account_key,
        *_WHEN,
        *told.CONTACT_EVENT,
    ),
)

REFERRAL = Table(
    Schema.STAGED,
    "referral",
    grain="one account brought by another",
    description="Who brought whom, up to the night.",
    key=("referral_key",),
    columns=(
        Column("referral_key", Type.TEXT, "`store_id/referral_id`."),
        replace(
            account_key, name="referrer_account_key", description="`store_id/account_id` of who brought the other."
        ),
        account_key,
        *_WHEN,
    ),
)

PRODUCT_COST = Table(
    Schema.STAGED,
    "product_cost",
    grain="one cost of one product from one instant on",
    description="What a product costs the shop; the latest `happened_at` up to a day holds on it.",
    key=("product_key", "happened_at"),
    columns=(fields.product_key, *_WHEN, told.unit_cost, fields.currency),
)

CUSTOMER_ATTRIBUTE = Table(
    Schema.STAGED,
    "customer_attribute",
    grain="one thing one source says of one account",
    description="Whatever the shop notes of a customer; what a source said last counts.",
    key=("account_key", "attribute", "source"),
    columns=(account_key, *_UNDATED, fields.known_at, *told.CUSTOMER_ATTRIBUTE),
)

WAITING_LINE = Table(
    Schema.STAGED,
    "waiting_line",
    grain="one order line whose order has not come",
    description="Lines of platforms with a file of orders beside that of articles, until the order comes.",
    key=("file_id", "line_number"),
    columns=(fields.file_id, fields.line_number, fields.order_key, fields.known_at),
)

TABLES = (
    CUSTOMER_ACCOUNT,
    ACCOUNT_NAME,
    PURCHASE_ORDER,
    ORDER_LINE,
    REFUND,
    PRODUCT,
    CONSENT,
    REVIEW,
    TICKET,
    CONTACT_EVENT,
    REFERRAL,
    PRODUCT_COST,
    CUSTOMER_ATTRIBUTE,
    WAITING_LINE,
)
