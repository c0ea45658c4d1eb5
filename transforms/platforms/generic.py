"""The documented layouts for whatever a platform does not export: our own column names as headers."""

from transforms.platforms.layout import Layout

ORDER_LINES = Layout(
    name="generic_order_lines",
    kind="order_line",
    columns={
        "store_id": "store_id",
        "order_id": "order_id",
        "happened_at": "ordered_at",
        "account_id": "account_id",
        "product_id": "product_id",
        "product_name": "product_name",
        "category": "category",
        "quantity": "quantity",
        "unit_price": "unit_price",
        "discount": "discount",
        "original_currency": "currency",
        "region": "region",
        "acquired_by": "acquired_by",
    },
    required=("order_id", "ordered_at", "product_id", "quantity", "unit_price"),
)

CUSTOMER_ACCOUNTS = Layout(
    name="generic_customer_accounts",
    kind="customer_account",
    columns={
        "store_id": "store_id",
        "account_id": "account_id",
        "happened_at": "opened_at",
        "customer_name": "customer_name",
        "email": "email",
        "phone": "phone",
        "region": "region",
        "acquired_by": "acquired_by",
        "is_business": "is_business",
    },
    required=("account_id", "opened_at"),
)

CONSENTS = Layout(
    name="generic_consents",
    kind="consent",
    columns={
        "store_id": "store_id",
        "account_id": "account_id",
        "happened_at": "said_at",
        "channel": "channel",
        "purpose": "purpose",
        "consent_state": "consent_state",
        "evidence": "evidence",
    },
    required=("account_id", "said_at", "channel", "purpose", "consent_state"),
)

LAYOUTS = (ORDER_LINES, CUSTOMER_ACCOUNTS, CONSENTS)
