"""Shopify: orders with a row an article, and customers with what they may be sent."""

from transforms.platforms import unused
from transforms.reading.layout import ANYTHING, NOTHING, Always, Layout, Platform, State

STATUS, CANCELLED, SHIPPED = "Financial Status", "Cancelled at", "Fulfillment Status"
CODE = ("Lineitem sku", "Lineitem name")
"""An article without a code goes by its name: many shops give none."""
NOT_PAID = ("pending", "authorized", "voided", "expired")
PAID, REFUNDED = ("paid", "partially_paid", "partially_refunded"), ("refunded",)
NOT_SHIPPED = (*NOTHING, "unfulfilled", "restocked")
ORDER_STATES = (
    State("unpaid", {STATUS: NOT_PAID}),
    State("cancelled", {STATUS: REFUNDED, CANCELLED: ANYTHING, SHIPPED: NOT_SHIPPED}),
    State("refunded", {STATUS: REFUNDED}),
    State("paid", {STATUS: PAID}),
)

ORDERS = Layout(
    name="shopify_orders",
    kind="order_line",
    is_order_too=True,
    columns={
        "order_id": "Name",
        "happened_at": "Created at",
        "account_id": ("Email", "Phone"),
        "product_id": CODE,
        "product_name": "Lineitem name",
        "brand": "Vendor",
        "quantity": "Lineitem quantity",
        "unit_price": "Lineitem price",
        "discount": "Lineitem discount",
        "order_state": STATUS,
        "customer_paid": "Total",
        "refunded_amount": "Refunded Amount",
        "shipping": "Shipping",
        "tax": "Taxes",
        "order_discount": "Discount Amount",
        "original_currency": "Currency",
        "region": "Billing Country",
        "acquired_by": "Source",
        "customer_name": "Billing Name",
        "email": "Email",
        "phone": ("Phone", "Billing Phone"),
        "recipient_name": "Shipping Name",
    },
    required=("Name", STATUS, SHIPPED, "Created at", "Total", "Lineitem quantity", "Lineitem price", CODE),
    may_be_blank=("customer_paid",),
    states={"order_state": ORDER_STATES},
    where="Orders, Export; as a plain CSV file. The order export, not the transaction history",
    unused={
        # An orders file never tells that somebody left the list afterwards, so its "yes" would outlive a refusal.
        unused.PAST_CONSENT: ("Accepts Marketing",),
        unused.RECIPIENT: ("Shipping Phone", "Shipping Company"),
        unused.ADDRESS: (
            *("Billing Street", "Billing Address1", "Billing Address2", "Billing Company", "Billing City"),
            *("Billing Zip", "Billing Province", "Billing Province Name", "Shipping Street", "Shipping Address1"),
            *("Shipping Address2", "Shipping City", "Shipping Zip", "Shipping Province", "Shipping Province Name"),
            "Shipping Country",
        ),
        unused.DELIVERY: (
            *("Fulfilled at", "Shipping Method", "Lineitem requires shipping"),
            "Lineitem fulfillment status",
        ),
        unused.STAGE: ("Paid at", "Outstanding Balance"),
        unused.FOLLOWS: ("Subtotal", "Tax 1 *", "Tax 2 *", "Tax 3 *", "Tax 4 *", "Tax 5 *"),
        unused.INVOICE: ("Lineitem taxable", "Duties", "Receipt Number"),
        unused.PAYMENT: (
            *("Payment Method", "Payment Reference", "Payment References", "Payment ID", "Payment Terms Name"),
            "Next Payment Due At",
        ),
        unused.CAMPAIGN: ("Discount Code",),
        unused.NOTE: ("Notes", "Note Attributes", "Tags"),
        unused.STAFF: ("Employee", "Location", "Device ID"),
        unused.PLATFORM: ("Id", "Risk Level"),
        unused.LATER: ("Lineitem compare at price",),
    },
)


def _consents(channel: str, header: str) -> Layout:
    return Layout(
        name=f"shopify_{channel}_consents",
        kind="consent",
        columns={
            "account_id": ("Email", "Phone"),
            "channel": Always(channel),
            "purpose": Always("marketing"),
            "consent_state": header,
        },
        required=(),
        # Who never was asked has the same "no" as who has left the list.
        states={"consent_state": (State("granted", {header: ("yes",)}), State("refused", {header: ("no",)}))},
        may_be_blank=("happened_at",),
        told_by=("account_id", "consent_state"),
    )


CUSTOMERS = Layout(
    name="shopify_customers",
    kind="customer_account",
    columns={
        "account_id": ("Email", "Phone"),
        "customer_name": ("First Name", "Last Name"),
        "email": "Email",
        "phone": ("Phone", "Default Address Phone"),
        "region": ("Default Address Country Code", "Country Code", "Country"),
    },
    joined=("customer_name",),
    required=("Email", "Accepts Email Marketing"),
    may_be_blank=("account_id",),
    also=(_consents("email", "Accepts Email Marketing"), _consents("sms", "Accepts SMS Marketing")),
    where="Customers, Export; as a plain CSV file",
    unused={
        unused.NO_CHANNEL: ("Accepts WhatsApp Marketing",),
        unused.ADDRESS: (
            *("Default Address Company", "Default Address Address1", "Default Address Address2"),
            *("Default Address City", "Default Address Province Code", "Default Address Zip", "Company", "Address1"),
            *("Address2", "City", "Province", "Province Code", "Zip"),
        ),
        unused.FOLLOWS: ("Total Spent", "Total Orders"),
        unused.NOTE: ("Note", "Tags"),
        unused.INVOICE: ("Tax Exempt",),
        unused.PLATFORM: ("Customer ID",),
    },
)

PLATFORM = Platform(
    name="shopify",
    title="Shopify",
    layouts=(ORDERS, CUSTOMERS),
    buyer="`Email` in lower case, else `Phone`. Orders do not tell the number that the list of customers has.",
    money="`customer_paid` is `Total`, after discounts and with shipping and tax; `Refunded Amount` is not taken "
    "off it. An order paid in part counts in full.",
    lacks=(
        "When something was given back, and of which article: it is dated like the order.",
        "When somebody allowed or refused messages. `no` is read as a refusal; it also stands where nobody asked.",
        "A refusal in the file of orders: bring the customers whenever you bring orders.",
    ),
)
