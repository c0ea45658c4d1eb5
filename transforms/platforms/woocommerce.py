"""WooCommerce: orders as WebToffee's export plugin writes them, and the customers of WooCommerce Analytics."""

from transforms.platforms import unused
from transforms.reading.layout import Always, Layout, Part, Platform, Split, State

STATUS = "status"


def _words(*states: str) -> dict[str, tuple[str, ...]]:
    return {STATUS: (*states, *(f"wc-{state}" for state in states))}


ORDER_STATES = (
    State("unpaid", _words("pending", "on-hold", "failed", "checkout-draft")),
    State("cancelled", _words("cancelled")),
    State("refunded", _words("refunded")),
    State("paid", _words("processing", "completed")),
)
ORDER_ID = ("order_number", "order_id")
ACCOUNT = ("customer_email", "billing_email", Part("customer_id", r"^\s*([1-9]\d*)(?:\.0)?\s*$"), "billing_phone")
"""`customer_email` is that of the login, as in the list of customers; guests have none, and `customer_id` 0."""

# One cell an article: name:Mug|product_id:9|sku:MUG|quantity:2|total:18.00|sub_total:20.00|tax:3.42|... A name may hold
# a bar of its own. `sub_total` is before discounts, `total` after, both of all pieces and without tax.
LINES = Layout(
    name="woocommerce_order_lines",
    kind="order_line",
    columns={
        "order_id": ORDER_ID,
        # Deleted articles have neither number.
        "product_id": ("sku", "product_id", "name"),
        "product_name": "name",
        "quantity": "quantity",
        "line_price": "sub_total",
        "line_paid": "total",
        "original_currency": "order_currency",
    },
    required=(),
    split=Split(
        headers=("line_item_*",),
        labels={
            "name": r"^\s*name:(.*?)\|product_id:",
            "product_id": r"\|product_id:([^|]*)",
            "sku": r"\|sku:([^|]*)",
            "quantity": r"\|quantity:([^|]*)",
            "total": r"\|total:([^|]*)",
            "sub_total": r"\|sub_total:([^|]*)",
        },
    ),
    told_by=("quantity",),
)

# amount:4.50|reason:broken|date:2026-03-05 12:00:00;amount:...
REFUNDS = Layout(
    name="woocommerce_refunds",
    kind="refund",
    columns={
        "order_id": ORDER_ID,
        # Without the order's number, which stands beside it: exports differ in the columns that tell it.
        "refund_id": ("amount", "date", "reason"),
        "account_id": ACCOUNT,
        "happened_at": "date",
        "refunded_amount": "amount",
        "refund_state": Always("done"),
        "reason": "reason",
        "original_currency": "order_currency",
    },
    required=(),
    numbered=("refund_id",),
    may_be_blank=("happened_at",),
    split=Split(
        headers=("refund_items",),
        labels={
            "amount": r"^\s*amount:([^|]*)",
            "reason": r"\|reason:(.*?)(?:\|date:|$)",
            "date": r"\|date:([^|]*)",
        },
        between=";",
    ),
    told_by=("refunded_amount",),
)

ORDERS = Layout(
    name="woocommerce_orders",
    kind="purchase_order",
    columns={
        "order_id": ORDER_ID,
        "happened_at": "order_date",
        "account_id": ACCOUNT,
        "order_state": STATUS,
        "customer_paid": "order_total",
        "shipping": "shipping_total",
        "tax": "tax_total",
        "order_discount": "discount_total",
        "original_currency": "order_currency",
        "region": "billing_country",
        "customer_name": ("billing_first_name", "billing_last_name"),
        "email": ("customer_email", "billing_email"),
        "phone": "billing_phone",
    },
    joined=("customer_name",),
    required=(
        *(ORDER_ID, "order_date", STATUS, "order_total", "order_currency"),
        ("billing_email", "customer_email", "customer_id", "billing_phone"),
    ),
    may_be_blank=("customer_paid",),
    states={"order_state": ORDER_STATES},
    also=(LINES, REFUNDS),
    where="WebToffee's plugin for order export, in the WordPress admin: export orders to CSV with all columns",
    unused={
        unused.RECIPIENT: ("shipping_first_name", "shipping_last_name", "shipping_company", "shipping_phone"),
        unused.ADDRESS: (
            *("billing_company", "billing_address_1", "billing_address_2", "billing_postcode", "billing_city"),
            *("billing_state", "shipping_address_1", "shipping_address_2", "shipping_postcode", "shipping_city"),
            *("shipping_state", "shipping_country"),
        ),
        unused.DELIVERY: ("shipping_method", "shipping_items"),
        unused.STAGE: ("paid_date",),
        unused.FOLLOWS: ("order_subtotal", "shipping_tax_total", "tax_items"),
        unused.TWIN: ("cart_discount", "order_discount", "customer_user", "wt_import_key", "Product Item *"),
        unused.INVOICE: ("fee_total", "fee_tax_total", "fee_items"),
        unused.PAYMENT: ("payment_method", "payment_method_title", "transaction_id"),
        unused.CAMPAIGN: ("coupon_items",),
        unused.PERSON: ("customer_ip_address", "customer_user_agent"),
        unused.NOTE: ("customer_note", "order_notes"),
        unused.PLATFORM: ("download_permissions",),
        unused.LATER: ("meta:*",),
    },
)

CUSTOMERS = Layout(
    name="woocommerce_customers",
    kind="customer_account",
    columns={
        "account_id": ("Email", "Billing Phone"),
        "happened_at": "Sign Up",
        "customer_name": "Name",
        "email": "Email",
        "phone": "Billing Phone",
        "region": "Country / Region",
    },
    required=("Email", "Last Active", "Sign Up"),
    may_be_blank=("account_id",),
    where="Analytics, Customers, Download",
    unused={
        unused.RECIPIENT: ("Shipping Phone",),
        unused.ADDRESS: ("City", "Region", "Postal Code"),
        unused.FOLLOWS: ("Last Active", "Orders", "Total Spend", "AOV"),
        unused.PLATFORM: ("Username", "Role"),
    },
)

ANALYTICS_ORDERS = Layout(
    name="woocommerce_analytics_orders",
    kind="purchase_order",
    columns={},
    required=("Order #", "Customer type", "Product(s)", "Items sold"),
    refused="The orders of WooCommerce Analytics name customers without e-mail or phone, and tell net revenue "
    "instead of what was paid. Export orders with WebToffee's plugin for order export instead.",
    where="Analytics, Orders, Download",
)

PLATFORM = Platform(
    name="woocommerce",
    title="WooCommerce",
    layouts=(ORDERS, CUSTOMERS, ANALYTICS_ORDERS),
    buyer="`customer_email`, the e-mail of the login, else `billing_email`, in lower case; without either "
    "`customer_id` where it is not 0, else `billing_phone`. The list of customers has the same e-mail.",
    money="`customer_paid` is `order_total`, after discounts and with shipping, fees and tax; refunds are not taken "
    "off it, they stand in `refund_items`. Articles are without tax. An order paid on delivery counts from "
    "`processing` on.",
    lacks=(
        "Consents: WooCommerce itself has none.",
        "Articles of files that have them only as `Product Item 1 Name` and so on: the orders are read without.",
    ),
)
