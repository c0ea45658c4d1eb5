"""The documented layouts for whatever a platform does not export: our own column names as headers."""

from transforms.reading.layout import Layout

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
        "brand": "brand",
        "quantity": "quantity",
        "unit_price": "unit_price",
        "discount": "discount",
        "original_currency": "currency",
        "region": "region",
        "acquired_by": "acquired_by",
    },
    required=("order_id", "ordered_at", "product_id", "quantity", "unit_price"),
)

REFUNDS = Layout(
    name="generic_refunds",
    kind="refund",
    columns={
        "store_id": "store_id",
        "order_id": "order_id",
        "refund_id": "refund_id",
        "account_id": "account_id",
        "happened_at": "refunded_at",
        "product_id": "product_id",
        "quantity": "quantity",
        "refunded_amount": "refunded_amount",
        "refund_state": "refund_state",
        "reason": "reason",
        "original_currency": "currency",
    },
    required=("order_id", "refund_id", "refunded_at", "refunded_amount", "refund_state"),
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
        "buyer_key": "buyer_key",
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

REVIEWS = Layout(
    name="generic_reviews",
    kind="review",
    columns={
        "store_id": "store_id",
        "review_id": "review_id",
        "happened_at": "reviewed_at",
        "account_id": "account_id",
        "product_id": "product_id",
        "rating": "rating",
        "review_text": "review_text",
    },
    required=(
        "review_id",
        "reviewed_at",
        "product_id",
        "rating",
    ),
)

TICKETS = Layout(
    name="generic_tickets",
    kind="ticket",
    columns={
        "store_id": "store_id",
        "ticket_id": "ticket_id",
        "happened_at": "opened_at",
        "account_id": "account_id",
        "order_id": "order_id",
        "channel": "channel",
        "ticket_type": "ticket_type",
        "first_reply_at": "first_reply_at",
        "resolved_at": "resolved_at",
        "reopened_count": "reopened_count",
        "agent_id": "agent_id",
        "tags": "tags",
    },
    required=(
        "ticket_id",
        "opened_at",
        "channel",
        "ticket_type",
    ),
)

CONTACT_EVENTS = Layout(
    name="generic_contact_events",
    kind="contact_event",
    columns={
        "store_id": "store_id",
        "event_id": "event_id",
        "happened_at": "occurred_at",
        "account_id": "account_id",
        "channel": "channel",
        "campaign": "campaign",
        "event_type": "event_type",
        "arm": "arm",
    },
    required=(
        "event_id",
        "occurred_at",
        "channel",
        "event_type",
    ),
)

REFERRALS = Layout(
    name="generic_referrals",
    kind="referral",
    columns={
        "store_id": "store_id",
        "referral_id": "referral_id",
        "happened_at": "referred_at",
        "referrer_account_id": "referrer_account_id",
        "account_id": "account_id",
    },
    required=(
        "referral_id",
        "referred_at",
        "referrer_account_id",
        "account_id",
    ),
)

PRODUCT_COSTS = Layout(
    name="generic_product_costs",
    kind="product_cost",
    columns={
        "store_id": "store_id",
        "product_id": "product_id",
        "happened_at": "valid_from",
        "unit_cost": "unit_cost",
        "original_currency": "currency",
    },
    required=(
        "product_id",
        "valid_from",
        "unit_cost",
    ),
)

CUSTOMER_ATTRIBUTES = Layout(
    name="generic_customer_attributes",
    kind="customer_attribute",
    columns={
        "store_id": "store_id",
        "account_id": "account_id",
        "happened_at": "recorded_at",
        "attribute": "attribute",
        "attribute_value": "attribute_value",
        "source": "source",
    },
    required=(
        "account_id",
        "recorded_at",
        "attribute",
        "attribute_value",
        "source",
    ),
)

LAYOUTS = (
    ORDER_LINES,
    REFUNDS,
    CONSENTS,
    REVIEWS,
    TICKETS,
    CONTACT_EVENTS,
    REFERRALS,
    PRODUCT_COSTS,
    CUSTOMER_ATTRIBUTES,
    CUSTOMER_ACCOUNTS,
)
