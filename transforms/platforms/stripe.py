"""Stripe: payments, each an order without articles, and customers."""

from transforms.platforms import unused
from transforms.reading.layout import Layout, Platform, State

STATUS, MODE, CAPTURED = "Status", "Mode", "Captured"
CREATED = ("Created (UTC)", "Created date (UTC)")

PAYMENTS = Layout(
    name="stripe_payments",
    kind="purchase_order",
    columns={
        "order_id": "id",
        "happened_at": CREATED,
        "account_id": ("Customer ID", "Customer Email"),
        "order_state": STATUS,
        "customer_paid": "Amount",
        "refunded_amount": "Amount Refunded",
        "original_currency": "Currency",
        "email": "Customer Email",
    },
    required=("id", CREATED, "Amount", "Amount Refunded", STATUS, MODE, CAPTURED),
    states={
        "order_state": (
            # An amount that was only reserved on the card says `Paid` as well.
            State("unpaid", {CAPTURED: ("false",)}),
            State("unpaid", {MODE: ("Test",)}),
            State("unpaid", {STATUS: ("Failed",)}),
            State("refunded", {STATUS: ("Refunded",), MODE: ("Live",)}),
            State("paid", {STATUS: ("Paid",), MODE: ("Live",)}),
        )
    },
    timezone="UTC",
    where="Stripe Dashboard, Payments, All payments, Export with all columns",
    unused={
        unused.CARD: ("Card *",),
        unused.OTHER_UNIT: ("Converted Amount", "Converted Amount Refunded", "Converted Currency"),
        unused.INVOICE: ("Fee", "Tax", "Invoice ID"),
        unused.PAYMENT: ("Seller Message", "Statement Descriptor", "Payment Source Type"),
        unused.NOTE: ("Description", "Customer Description"),
        unused.LATER: ("Disputed Amount", "Dispute *"),
    },
)

CUSTOMERS = Layout(
    name="stripe_customers",
    kind="customer_account",
    columns={
        "account_id": "id",
        "happened_at": CREATED,
        "customer_name": "Name",
        "email": "Email",
        "phone": "Phone",
    },
    required=("id", "Email", ("Delinquent", "Total Spend")),
    timezone="UTC",
    where="Stripe Dashboard, Customers, Export with all columns",
    unused={
        unused.CARD: ("Default Card", "Card Number", "Card Last 4", "Card Type", "Card Country"),
        unused.NOTE: ("Description",),
        unused.LATER: ("Currency", "Delinquent"),
        unused.FOLLOWS: ("Total Spend",),
    },
)

PLATFORM = Platform(
    name="stripe",
    title="Stripe",
    layouts=(PAYMENTS, CUSTOMERS),
    buyer="`Customer ID`; a guest has none and is the e-mail address of the payment.",
    money="`customer_paid` is `Amount`, in the currency the buyer paid in. `Tax` is that on Stripe's fee. "
    "Payments in test mode and those reserved but never captured are unpaid.",
    lacks=("articles", "tax and postage within the amount", "money lost in disputes: it counts as paid"),
)
