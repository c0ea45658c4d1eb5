"""What a row of each kind of export file may tell; one table a kind, in the lake, a file's good rows in it.

The columns from `store_id` on are those a layout can map a header to. The others say where a row came from.
"""

from dataclasses import replace

from transforms.contracts import fields, told
from transforms.contracts.table import MONEY_SCALE, Column, Schema, Table, Type

LARGEST_AMOUNT = 10**12 * MONEY_SCALE
"""Sums of such amounts still fit their integer type."""

PROVENANCE = (
    fields.file_id,
    fields.line_number,
    fields.known_at,
    Column("cells_hash", Type.INTEGER, "Hash of every cell of the row, mapped or not: equal rows say the same twice."),
)


def _money(name: str, description: str) -> Column:
    return Column(name, Type.MONEY, description, nullable=True, unit="currency", minimum=0, maximum=LARGEST_AMOUNT)


ORDER_LINE = Table(
    Schema.ROW,
    "order_line",
    grain="one line of one order, or of one refund note, as it stands in an export",
    description="Order exports with one row an article. Order facts may repeat on every row of the order; where the "
    "platform has a file of orders beside it, that one tells them, and instant and account are null here.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        fields.order_id,
        fields.happened_at.optional(),
        fields.account_id,
        fields.product_id,
        fields.product_name,
        fields.category,
        fields.brand,
        fields.quantity,
        fields.unit_price,
        fields.discount.optional(),
        _money(
            "line_price",
            "What all pieces cost before discount; `unit_price` and `discount` are made of it where no price of one "
            "piece is told.",
        ),
        _money(
            "line_paid", "What the buyer paid for the line; where it is told, `discount` is put right while reading."
        ),
        replace(
            fields.order_state,
            name="line_state",
            description="Whether the line was bought, where the platform says so line by line; null means it was.",
            nullable=True,
        ),
        _money(
            "line_refunded",
            "Given back of the line; null or zero means nothing, or all of it if `line_state` is `refunded`.",
        ),
        fields.original_currency.optional(),
        fields.region,
        fields.acquired_by,
        Column(
            "is_refund", Type.BOOLEAN, "The row gives money back; its quantity is then the pieces taken back, positive."
        ),
        fields.is_goods,
        Column("reason", Type.TEXT, "Why it gives money back, in the platform's words.", nullable=True),
    ),
)


PURCHASE_ORDER = Table(
    Schema.ROW,
    "purchase_order",
    grain="one order as it stands in an export of orders",
    description="What an export tells of an order as a whole. Its articles are order lines, of this file or another.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        fields.order_id,
        fields.happened_at,
        fields.account_id,
        fields.order_state,
        _money("customer_paid", "What the buyer paid, refunds not deducted; null where nothing was paid."),
        _money(
            "refunded_amount",
            "Given back so far; null or zero means nothing, or all of it if `order_state` is `refunded`.",
        ),
        Column("refunded_at", Type.INSTANT, "When it was given back, UTC; null means with the order.", nullable=True),
        _money(
            "adjusted_total",
            "What is left of the payment after refunds; null or zero means nothing was given back. `refunded_amount` "
            "is made of it while reading.",
        ),
        _money("shipping", "Part of `customer_paid` for shipping; null means none is told apart."),
        _money("tax", "Part of `customer_paid` that is tax; null means none is told apart."),
        _money("platform_paid", "What the platform pays the shop on top, such as a discount at its own expense."),
        _money("order_discount", "Discount on the whole order; null means none is told. Counts without lines only."),
        _money(
            "order_total",
            "What was due. Where it is exactly payment and refund together, the export prints payments less refunds, "
            "and `customer_paid` is put right while reading.",
        ),
        fields.original_currency.optional(),
        fields.region,
        fields.acquired_by,
        *told.CONTACT,
        fields.buyer_key,
        told.recipient_name,
    ),
)

REFUND = Table(
    Schema.ROW,
    "refund",
    grain="one request to give money back, as it stands in an export of refunds",
    description="What was given back of an order, or is asked for. The latest export of each counts; of an order whose "
    "own export tells more, the rest is given back as well.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        fields.order_id,
        Column("refund_id", Type.TEXT, "Number of the request; unique within its order."),
        fields.account_id,
        replace(fields.happened_at.optional(), description="When it was given back, UTC; null means with the order."),
        replace(fields.product_id, nullable=True),
        Column("quantity", Type.INTEGER, "Pieces taken back; null if untold.", nullable=True, minimum=0, unit="pieces"),
        replace(_money("refunded_amount", "Money given back or asked for."), nullable=False),
        Column(
            "refund_state",
            Type.TEXT,
            "`done`: the money is back. `open`: nothing is given back yet. `closed`: nothing will be.",
            values=("done", "open", "closed"),
        ),
        Column("reason", Type.TEXT, "Why, in the platform's words.", nullable=True),
        fields.original_currency.optional(),
    ),
)

CUSTOMER_ACCOUNT = Table(
    Schema.ROW,
    "customer_account",
    grain="one customer account as it stands in an export",
    description="Customer exports: who an account is and how to reach it.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        fields.account_id,
        Column("happened_at", Type.INSTANT, "When the account was opened, UTC.", nullable=True),
        *told.CONTACT,
        fields.buyer_key,
        fields.region,
        fields.acquired_by,
        fields.is_business,
    ),
)

CONSENT = Table(
    Schema.ROW,
    "consent",
    grain="one word of one customer on one channel and purpose",
    description="Consent exports: who allowed or refused what, when, and how that was recorded.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        told.account_id,
        replace(fields.happened_at, description=told.SAID_AT, nullable=True),
        fields.channel,
        fields.purpose,
        fields.consent_state,
        fields.evidence,
    ),
)

REVIEW = Table(
    Schema.ROW,
    "review",
    grain="one review of one product",
    description="What buyers say of what they bought.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        Column("review_id", Type.TEXT, "Number of the review; unique within a store."),
        fields.happened_at,
        fields.account_id,
        replace(fields.product_id, nullable=True),
        *told.REVIEW,
    ),
)

TICKET = Table(
    Schema.ROW,
    "ticket",
    grain="one inquiry, complaint or service request",
    description="What customers asked of the shop's service and how it answered.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        Column("ticket_id", Type.TEXT, "Number of the ticket; unique within a store."),
        fields.happened_at,
        fields.account_id,
        fields.order_id.optional(),
        *told.TICKET,
    ),
)

CONTACT_EVENT = Table(
    Schema.ROW,
    "contact_event",
    grain="one thing that happened to one message, or in one group",
    description="Sends and what came of them, group membership and activity.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        Column("event_id", Type.TEXT, "Number of the event; unique within a store."),
        fields.happened_at,
        fields.account_id,
        *told.CONTACT_EVENT,
    ),
)

REFERRAL = Table(
    Schema.ROW,
    "referral",
    grain="one account brought by another",
    description="Who brought whom.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        Column("referral_id", Type.TEXT, "Number of the referral; unique within a store."),
        fields.happened_at,
        replace(told.account_id, name="referrer_account_id", description="Customer number of who brought the other."),
        told.account_id,
    ),
)

PRODUCT_COST = Table(
    Schema.ROW,
    "product_cost",
    grain="one cost of one product from one instant on",
    description="What a product costs the shop.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        fields.product_id,
        replace(fields.happened_at, description="From when the cost holds, UTC."),
        told.unit_cost,
        fields.original_currency.optional(),
    ),
)

CUSTOMER_ATTRIBUTE = Table(
    Schema.ROW,
    "customer_attribute",
    grain="one thing one source says of one account",
    description="Birthdays, families, favourite colours: whatever the shop notes of a customer. docs/customer-file.md "
    "says which notes the customer file understands.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        told.account_id,
        replace(fields.happened_at, description="When it was noted, UTC; null if untold.", nullable=True),
        *told.CUSTOMER_ATTRIBUTE,
    ),
)

TABLES = (
    ORDER_LINE,
    PURCHASE_ORDER,
    REFUND,
    CUSTOMER_ACCOUNT,
    CONSENT,
    REVIEW,
    TICKET,
    CONTACT_EVENT,
    REFERRAL,
    PRODUCT_COST,
    CUSTOMER_ATTRIBUTE,
)
"""Also the kinds a layout can declare, by name. The column after `store_id` names what a row is about or belongs to:
all that tells of one such thing is read together."""

NEEDED = {
    (ORDER_LINE.name, "happened_at"),
    (PURCHASE_ORDER.name, "customer_paid"),
    (CUSTOMER_ACCOUNT.name, "account_id"),
    (CONSENT.name, "happened_at"),
    (CUSTOMER_ATTRIBUTE.name, "happened_at"),
    (REVIEW.name, "product_id"),
    (REFUND.name, "happened_at"),
}
"""Columns (table, name) that some platforms cannot give; a layout that does not say otherwise must."""
