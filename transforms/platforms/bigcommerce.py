"""BigCommerce: orders with their articles in one cell."""

from transforms.platforms import unused
from transforms.reading.layout import ANYTHING, Layout, Platform, Split, State

STATUS = "Order Status"
ORDER_STATES = (
    State("unpaid", {STATUS: ("incomplete", "pending", "awaiting payment", "declined", "disputed")}),
    State("unpaid", {STATUS: ("manual verification required",)}),
    # BigCommerce's help: cancelling gives no money back. Of what was never sent, none is counted as paid.
    State("refunded", {STATUS: ("cancelled",), "Date Shipped": ANYTHING}),
    State("cancelled", {STATUS: ("cancelled",)}),
    State("refunded", {STATUS: ("refunded",)}),
    State(
        "paid",
        {
            STATUS: (
                *("awaiting fulfillment", "awaiting shipment", "awaiting pickup", "partially shipped", "shipped"),
                *("completed", "partially refunded"),
            )
        },
    ),
)

NEXT = r"(?:, Product [A-Z][A-Za-z ]*:|\s*$)"
"""A name may hold commas and bars, so what ends it is the next label."""
NAME, SKU = rf"Product Name:\s*(.*?){NEXT}", rf", Product SKU:\s*(.*?){NEXT}"
TOTAL = rf", Product Total Price:\s*(.*?){NEXT}"

# What the export writes: Product ID: 9, Product Qty: 2, Product SKU: KN, Product Name: Knife, Product Weight: 0.8000,
# Product Variation Details: Size: S, Product Unit Price: 40.00, Product Total Price: 80.00|Product ID: ...
LINES = Layout(
    name="bigcommerce_order_lines",
    kind="order_line",
    columns={
        "order_id": "Order ID",
        "product_id": ("Product SKU", "Product ID"),
        "product_name": "Product Name",
        "quantity": "Product Qty",
        "unit_price": "Product Unit Price",
        "line_price": "Product Total Price",
        "original_currency": "Order Currency Code",
    },
    required=(),
    split=Split(
        headers=("Product Details",),
        labels={
            "Product ID": r"^\s*(?:Product ID:)?\s*(\d+), Product Qty:",
            "Product Qty": r"^\s*(?:Product ID:)?\s*\d+, Product Qty:\s*([\d.]+)",
            "Product SKU": SKU,
            "Product Name": NAME,
            "Product Unit Price": rf", Product Unit Price:\s*(.*?){NEXT}",
            "Product Total Price": TOTAL,
        },
        between="|Product ID:",
    ),
    told_by=("quantity",),
)

# Without numbers, as other programs write the same column: Product Name: Knife, Product SKU: KN, Product Qty: 2,
# Product Total Price: 80.00 | Product Name: ...
LINES_BY_NAME = Layout(
    name="bigcommerce_order_lines_by_name",
    kind="order_line",
    columns={
        "order_id": "Order ID",
        "product_id": ("Product SKU", "Product Name"),
        "product_name": "Product Name",
        "quantity": "Product Qty",
        "line_price": "Product Total Price",
        "original_currency": "Order Currency Code",
    },
    required=(),
    split=Split(
        headers=("Product Details",),
        labels={
            "Product Name": rf"^\s*(?:Product Name:)?\s*(.*?){NEXT}",
            "Product SKU": SKU,
            "Product Qty": r", Product SKU:.*, Product Qty:\s*([\d.]+), Product Total Price:",
            "Product Total Price": TOTAL,
        },
        between="| Product Name:",
    ),
    told_by=("quantity",),
)

ORDERS = Layout(
    name="bigcommerce_orders",
    kind="purchase_order",
    columns={
        "order_id": "Order ID",
        "happened_at": ("Order Date", "Order Time"),
        "account_id": ("Customer Email", "Billing Email", "Customer Phone", "Billing Phone"),
        "order_state": STATUS,
        "customer_paid": "Order Total (inc tax)",
        "refunded_amount": "Refund Amount",
        "shipping": ("Shipping Cost (ex tax)", "Shipping Cost (inc tax)"),
        "tax": "Tax Total",
        "original_currency": "Order Currency Code",
        "region": "Billing Country",
        "acquired_by": "Channel Name",
        "customer_name": "Customer Name",
        "email": ("Customer Email", "Billing Email"),
        "phone": ("Customer Phone", "Billing Phone"),
    },
    joined=("happened_at",),
    required=("Order ID", "Order Date", STATUS, "Order Total (inc tax)"),
    may_be_blank=("customer_paid",),
    states={"order_state": ORDER_STATES},
    also=(LINES, LINES_BY_NAME),
    dates="mdy",
    where="Orders, Export; as CSV, with dates as month/day/year",
    unused={
        unused.RECIPIENT: (
            *("Shipping First Name", "Shipping Last Name", "Shipping Company", "Shipping Phone", "Shipping Email"),
        ),
        unused.ADDRESS: (
            *("Billing First Name", "Billing Last Name", "Billing Company", "Billing Street 1", "Billing Street 2"),
            *("Billing Suburb", "Billing State", "Billing Zip", "Shipping Street 1", "Shipping Street 2"),
            *("Shipping Suburb", "Shipping State", "Shipping Zip", "Shipping Country"),
        ),
        unused.DELIVERY: ("Ship Method", "Total Shipped"),
        unused.FOLLOWS: (
            *("Subtotal (inc tax)", "Subtotal (ex tax)", "Order Total (ex tax)", "Total Quantity"),
            *("Handling Cost (inc tax)", "Handling Cost (ex tax)"),
        ),
        unused.PAYMENT: (
            *("Payment Method", "Store Credit Redeemed", "Gift Certificate Amount Redeemed", "Gift Certificate Code"),
            "Gift Certificate Expiration Date",
        ),
        unused.OTHER_UNIT: ("Exchange Rate",),
        unused.CAMPAIGN: ("Coupon Details",),
        unused.NOTE: ("Order Notes", "Customer Message"),
        unused.PLATFORM: ("Customer ID", "Channel ID"),
        unused.LATER: ("Customer Group Name",),
    },
)

PLATFORM = Platform(
    name="bigcommerce",
    title="BigCommerce",
    layouts=(ORDERS,),
    buyer="`Customer Email` in lower case, else `Billing Email`, else the phone. Guests have no `Customer ID`.",
    money="`customer_paid` is `Order Total (inc tax)`, in the currency of the order; `Refund Amount` is not taken "
    "off it. Shipping is without tax. A disputed order does not count.",
    lacks=(
        "Consents.",
        "When something was given back, and of which article: it is dated like the order.",
        "Dates of a store that prints the day first: export with the month first.",
    ),
)
