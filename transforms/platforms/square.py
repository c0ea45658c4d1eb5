"""Square: a file of transactions and one of their articles; what is given back is a row of its own in both."""

from transforms.platforms import unused
from transforms.reading.layout import Always, Layout, Platform, State

EVENT, PAYMENT, REFUND = "Event Type", ("Payment",), ("Refund",)
INSTANT = ("Date", "Time", "Time Zone")
STAFF = ("Device Name", "Location")

TRANSACTIONS = Layout(
    name="square_transactions",
    kind="purchase_order",
    columns={
        "order_id": "Transaction ID",
        "happened_at": INSTANT,
        "account_id": "Customer ID",
        "order_state": EVENT,
        "customer_paid": ("Net Sales", "Tax"),
        "tax": "Tax",
        "order_discount": "Discounts",
        "acquired_by": "Source",
        "customer_name": "Customer Name",
    },
    # Without `Partial Refunds` a refund of an amount would be one of nothing.
    required=("Transaction ID", "Payment ID", "Date", "Time", "Net Sales", "Partial Refunds", EVENT),
    joined=("happened_at",),
    added=("customer_paid",),
    unsigned=("order_discount",),
    states={"order_state": (State("paid", {EVENT: PAYMENT}),)},
    instead=(
        Layout(
            name="square_transaction_refunds",
            kind="refund",
            columns={
                "order_id": "Transaction ID",
                "refund_id": "Payment ID",
                "account_id": "Customer ID",
                "happened_at": INSTANT,
                # Articles given back stand under the first two, an amount given back under the third.
                "refunded_amount": ("Net Sales", "Tax", "Partial Refunds"),
                "refund_state": Always("done"),
                "reason": "Refund Reason",
            },
            required=(),
            joined=("happened_at",),
            added=("refunded_amount",),
            unsigned=("refunded_amount",),
            when={EVENT: REFUND},
            dates="mdy",
        ),
    ),
    dates="mdy",
    where="Square Dashboard, Transactions, Export: Transactions CSV",
    unused={
        unused.FOLLOWS: ("Gross Sales", "Service Charges", "Total Collected", "Net Total"),
        unused.MONEY_BESIDES: ("Gift Card Sales", "Tip"),
        unused.PAYMENT: ("Cash", "Square Gift Card", "Other Tender", "Other Tender Type", "Cash App"),
        unused.CARD: ("Card", "Card Entry Methods", "Card Brand", "PAN Suffix"),
        unused.NOTE: ("Other Tender Note", "Tender Note", "Description", "Fulfillment Note"),
        unused.INVOICE: ("Fees",),
        unused.STAFF: (*STAFF, "Staff Name", "Staff ID", "Device Nickname"),
        unused.PLATFORM: ("Details",),
        unused.DELIVERY: ("Dining Option",),
        unused.TWIN: ("Customer Reference ID", "Order Reference ID"),
        unused.CAMPAIGN: ("Discount Name",),
        unused.STAGE: ("Transaction Status",),
    },
)

ITEMS = Layout(
    name="square_items",
    kind="order_line",
    columns={
        "order_id": "Transaction ID",
        "happened_at": INSTANT,
        "account_id": "Customer ID",
        "product_id": ("SKU", "Item"),
        "product_name": "Item",
        "category": "Category",
        "quantity": "Qty",
        "line_price": "Gross Sales",
        "discount": "Discounts",
        "line_paid": "Net Sales",
        "is_refund": EVENT,
    },
    required=("Transaction ID", "Date", "Time", "Item", "Qty", "Net Sales", EVENT),
    joined=("happened_at",),
    unsigned=("line_price", "discount", "line_paid"),
    states={"is_refund": (State("true", {EVENT: REFUND}), State("false", {EVENT: PAYMENT}))},
    dates="mdy",
    where="Square Dashboard, Transactions, Export: Items Detail CSV",
    unused={
        unused.LATER: ("Price Point Name", "Modifiers Applied"),
        unused.MONEY_BESIDES: ("Tax",),
        unused.PAYMENT: ("Payment ID",),
        unused.STAFF: STAFF,
        unused.NOTE: ("Notes",),
        unused.PLATFORM: ("Details",),
        unused.DELIVERY: ("Dining Option",),
        unused.PERSON: ("Customer Name",),
        unused.TWIN: ("Customer Reference ID",),
    },
)

PLATFORM = Platform(
    name="square",
    title="Square",
    layouts=(TRANSACTIONS, ITEMS),
    buyer="`Customer ID`, where the till knew the buyer. Sales at the counter name nobody mostly.",
    money="`customer_paid` is `Net Sales` and `Tax`. Tips go to the staff, and a gift card counts when it is spent, "
    "not when it is bought, so both are left out. Of a refund the same parts count, and `Partial Refunds`, an amount "
    "given back without an article. The files name no currency: it is the store's.",
    lacks=(
        "e-mail addresses and phone numbers: they stand in the customer directory",
        "articles sold by weight: a `Qty` that is no whole number is rejected",
    ),
)
