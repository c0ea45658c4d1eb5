"""Canonical tables in the lake: what came in, whatever the platform, after later exports won and duplicates merged."""

from transforms.contracts import fields
from transforms.contracts.table import Column, Privacy, Schema, Table, Type

CUSTOMER_ACCOUNT = Table(
    Schema.STAGED,
    "customer_account",
    grain="one account of one store",
    description="Every account a customer export or an order names.",
    key=("account_key",),
    columns=(
        Column("account_key", Type.TEXT, "`store_id/account_id`.", privacy=Privacy.PERSONAL),
        fields.store_id,
        Column("happened_at", Type.INSTANT, "Account opened or first order, whichever is earlier, UTC.", nullable=True),
        Column("known_at", Type.INSTANT, "When a file first told of the account, UTC."),
        Column("first_order_at", Type.INSTANT, "First order in the data, UTC.", nullable=True),
        Column("customer_name", Type.TEXT, "Name as given.", nullable=True, privacy=Privacy.PERSONAL),
        Column("email", Type.TEXT, "E-mail address as given.", nullable=True, privacy=Privacy.PERSONAL),
        Column("phone", Type.TEXT, "Phone number as given.", nullable=True, privacy=Privacy.PERSONAL),
        fields.region,
        fields.acquired_by,
        fields.is_business,
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
    description="What was bought. The amounts of an order's lines add up to its `customer_paid`.",
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
    grain="one line of one refund note",
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
        fields.is_goods,
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
        Column("account_key", Type.TEXT, "`store_id/account_id`.", privacy=Privacy.PERSONAL),
        fields.channel,
        fields.purpose,
        fields.happened_at,
        fields.happened_date,
        fields.known_at,
        fields.consent_state,
        fields.evidence,
    ),
)

TABLES = (CUSTOMER_ACCOUNT, PURCHASE_ORDER, ORDER_LINE, REFUND, PRODUCT, CONSENT)
