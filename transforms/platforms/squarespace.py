"""Squarespace: orders with a row an article, much as Shopify has them."""

from transforms.platforms import unused
from transforms.platforms.shopify import CANCELLED, CODE, NOT_PAID, NOT_SHIPPED, PAID, REFUNDED, SHIPPED, STATUS
from transforms.reading.layout import ANYTHING, Layout, Platform, State

ORDER_STATES = (
    State("unpaid", {STATUS: NOT_PAID}),
    # A cancelled order has `cancelled` in the place of what became of the goods.
    State(
        "cancelled",
        {STATUS: REFUNDED, CANCELLED: ANYTHING, SHIPPED: (*NOT_SHIPPED, "pending", "cancelled", "canceled")},
    ),
    State("refunded", {STATUS: REFUNDED}),
    State("paid", {STATUS: (*PAID, "partial refund")}),
)

ORDERS = Layout(
    name="squarespace_orders",
    kind="order_line",
    is_order_too=True,
    columns={
        "order_id": "Order ID",
        "happened_at": "Created at",
        "account_id": ("Email", "Billing Phone"),
        "product_id": CODE,
        "product_name": "Lineitem name",
        "quantity": "Lineitem quantity",
        "unit_price": "Lineitem price",
        "order_state": STATUS,
        "customer_paid": "Total",
        "refunded_amount": "Amount Refunded",
        "shipping": "Shipping",
        "tax": "Taxes",
        "order_discount": "Discount Amount",
        "original_currency": "Currency",
        "region": "Billing Country",
        "customer_name": "Billing Name",
        "email": "Email",
        "phone": "Billing Phone",
    },
    required=(
        *("Order ID", STATUS, SHIPPED, "Created at", "Total", "Amount Refunded", "Lineitem quantity", "Lineitem price"),
        *(CODE, "Lineitem variant"),
    ),
    may_be_blank=("customer_paid",),
    states={"order_state": ORDER_STATES},
    dates="mdy",
    where="Orders, Download CSV",
    unused={
        unused.RECIPIENT: ("Shipping Name", "Shipping Phone"),
        unused.ADDRESS: (
            *("Billing Address1", "Billing Address2", "Billing City", "Billing Zip", "Billing Province"),
            *("Shipping Address1", "Shipping Address2", "Shipping City", "Shipping Zip", "Shipping Province"),
            "Shipping Country",
        ),
        unused.DELIVERY: (
            *("Fulfilled at", "Shipping Method", "Lineitem requires shipping"),
            "Lineitem fulfillment status",
        ),
        unused.STAGE: ("Paid at",),
        unused.FOLLOWS: ("Subtotal",),
        unused.INVOICE: ("Lineitem taxable",),
        unused.PAYMENT: ("Payment Method", "Payment Reference"),
        unused.CAMPAIGN: ("Discount Code",),
        unused.NOTE: ("Private Notes",),
        unused.LATER: ("Lineitem variant",),
    },
)

PLATFORM = Platform(
    name="squarespace",
    title="Squarespace",
    layouts=(ORDERS,),
    buyer="`Email` in lower case, else `Billing Phone`.",
    money="`customer_paid` is `Total`, after discounts and with shipping and tax; `Amount Refunded` is not taken "
    "off it. A cancelled order whose money was not given back counts.",
    lacks=(
        "Consents.",
        "When something was given back, and of which article: it is dated like the order.",
        "Discounts of single articles: what is told of the order is spread over them.",
    ),
)
