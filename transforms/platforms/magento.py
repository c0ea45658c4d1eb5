"""Magento, Adobe Commerce: the grid of orders, as it is exported. It names no articles."""

from transforms.platforms import unused
from transforms.reading.layout import Layout, Platform, State

STATUS = "Status"
# Labels of the grid and codes. `received`, `rejected` and `pending paypal` stand in Adobe's help on order status only.
ORDER_STATES = (
    State("unpaid", {STATUS: ("pending", "pending payment", "pending_payment", "payment review", "payment_review")}),
    State("unpaid", {STATUS: ("on hold", "holded", "suspected fraud", "fraud")}),
    State("unpaid", {STATUS: ("received", "pending paypal", "pending_paypal")}),
    State("cancelled", {STATUS: ("canceled", "rejected")}),
    # What a credit memo gave back in full.
    State("refunded", {STATUS: ("closed",)}),
    State("paid", {STATUS: ("processing", "complete")}),
)

ORDERS = Layout(
    name="magento_orders",
    kind="purchase_order",
    columns={
        "order_id": "ID",
        # Its export writes `Mar 14, 2026 09:30:00 AM`, whatever the language.
        "happened_at": "Purchase Date",
        "account_id": "Customer Email",
        "order_state": STATUS,
        "customer_paid": "Grand Total (Base)",
        "refunded_amount": "Total Refunded",
        "shipping": "Shipping and Handling",
        "customer_name": ("Customer Name", "Bill-to Name"),
        "email": "Customer Email",
    },
    required=("ID", "Purchase Date", "Grand Total (Base)", STATUS),
    may_be_blank=("customer_paid",),
    states={"order_state": ORDER_STATES},
    dates="mdy",
    where="Sales, Orders: under Columns tick Customer Email, Shipping and Handling, Total Refunded; then Export as CSV",
    unused={
        unused.RECIPIENT: ("Ship-to Name",),
        unused.ADDRESS: ("Billing Address", "Shipping Address"),
        unused.DELIVERY: ("Shipping Information", "Allocated sources", "Pickup Location Code"),
        unused.OTHER_UNIT: ("Grand Total (Purchased)",),
        unused.FOLLOWS: ("Subtotal",),
        unused.PAYMENT: ("Payment Method",),
        unused.PLATFORM: ("Purchase Point",),
        unused.LATER: ("Customer Group",),
    },
)

PLATFORM = Platform(
    name="magento",
    title="Magento, Adobe Commerce",
    layouts=(ORDERS,),
    buyer="`Customer Email` in lower case, of guests too. Where the grid does not show that column, orders have no "
    "customer.",
    money="`customer_paid` is `Grand Total (Base)`, with shipping and tax; `Total Refunded` is not taken off it. The "
    "base currency is one for the whole website, and shipping is told in it too; `Grand Total (Purchased)` is in "
    "whatever currency the buyer chose, and no column says which.",
    lacks=(
        "Articles and taxes.",
        "Consents: those of the newsletter stand elsewhere.",
        "Right refunds of orders in another currency than the website's: `Total Refunded` is in that of the order.",
        "When something was given back: it is dated like the order.",
    ),
)
