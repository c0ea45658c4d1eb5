"""What a row of each kind of export file may tell; one table a kind, in the lake, a file's good rows in it.

The columns from `store_id` on are those a layout can map a header to. The others say where a row came from.
"""

from transforms.contracts import fields
from transforms.contracts.table import Column, Privacy, Schema, Table, Type

PROVENANCE = (
    fields.file_id,
    fields.line_number,
    fields.known_at,
    Column("cells_hash", Type.INTEGER, "Hash of every cell of the row, mapped or not: equal rows say the same twice."),
)

ORDER_LINE = Table(
    Schema.ROW,
    "order_line",
    grain="one line of one order, or of one refund note, as it stands in an export",
    description="Order exports with one row an article. Order facts may repeat on every row of the order.",
    key=("file_id", "line_number"),
    columns=(
        *PROVENANCE,
        fields.store_id,
        fields.order_id,
        fields.happened_at,
        fields.account_id,
        fields.product_id,
        fields.product_name,
        fields.category,
        fields.quantity,
        fields.unit_price,
        fields.discount.optional(),
        fields.original_currency.optional(),
        fields.region,
        fields.acquired_by,
        Column(
            "is_refund", Type.BOOLEAN, "The row gives money back; its quantity is then the pieces taken back, positive."
        ),
        fields.is_goods,
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
        Column("account_id", Type.TEXT, fields.account_id.description, privacy=Privacy.PERSONAL),
        Column("happened_at", Type.INSTANT, "When the account was opened, UTC.", nullable=True),
        Column("customer_name", Type.TEXT, "Name as given.", nullable=True, privacy=Privacy.PERSONAL),
        Column("email", Type.TEXT, "E-mail address as given.", nullable=True, privacy=Privacy.PERSONAL),
        Column("phone", Type.TEXT, "Phone number as given.", nullable=True, privacy=Privacy.PERSONAL),
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
        Column("account_id", Type.TEXT, fields.account_id.description, privacy=Privacy.PERSONAL),
        fields.happened_at,
        fields.channel,
        fields.purpose,
        fields.consent_state,
        fields.evidence,
    ),
)

TABLES = (ORDER_LINE, CUSTOMER_ACCOUNT, CONSENT)
"""Also the kinds a layout can declare, by name."""
