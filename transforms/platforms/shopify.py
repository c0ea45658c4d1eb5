"""Shopify: orders with a row an article, and customers."""

from transforms.platforms.layout import ANYTHING, Layout, State

STATUS, CANCELLED, SHIPPED = "Financial Status", "Cancelled at", "Fulfillment Status"
NOT_PAID = ("pending", "authorized", "voided", "expired")
NOT_SHIPPED = ("", "unfulfilled", "restocked")

ORDERS = Layout(
    name="shopify_orders",
    kind="order_line",
    is_order_too=True,
    columns={
        "order_id": "Name",
        "happened_at": "Created at",
        "account_id": ("Email", "Phone"),
        "product_id": "Lineitem sku",
        "product_name": "Lineitem name",
        "quantity": "Lineitem quantity",
        "unit_price": "Lineitem price",
        "discount": "Lineitem discount",
        "order_state": STATUS,
        "customer_paid": "Total",
        "refunded_amount": "Refunded Amount",
        "shipping": "Shipping",
        "order_discount": "Discount Amount",
        "original_currency": "Currency",
        "region": "Billing Country",
        "acquired_by": "Source",
        "customer_name": "Billing Name",
        "email": "Email",
        "phone": ("Phone", "Billing Phone"),
    },
    may_be_blank=("customer_paid",),
    required=("Name", STATUS, "Created at", "Total", "Lineitem quantity", "Lineitem price", "Lineitem sku"),
    states={
        "order_state": (
            State("unpaid", {STATUS: NOT_PAID}),
            State("cancelled", {STATUS: ("refunded",), CANCELLED: ANYTHING, SHIPPED: NOT_SHIPPED}),
            State("refunded", {STATUS: ("refunded",)}),
            State("paid", {STATUS: ("paid", "partially_paid", "partially_refunded")}),
        )
    },
)

CUSTOMERS = Layout(
    name="shopify_customers",
    kind="customer_account",
    columns={
        "account_id": ("Email", "Phone"),
        "customer_name": ("First Name", "Last Name"),
        "email": "Email",
        "phone": ("Phone", "Default Address Phone"),
        "region": ("Default Address Country Code", "Country Code"),
    },
    joined=("customer_name",),
    required=("First Name", "Last Name", "Email", "Accepts Email Marketing", "Phone", "Total Orders"),
    may_be_blank=("account_id",),
)

LAYOUTS = (ORDERS, CUSTOMERS)
