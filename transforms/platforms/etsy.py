"""Etsy: a file of orders sold, one of the articles in them, and reviews."""

from transforms.platforms import unused
from transforms.reading.layout import NOTHING, Layout, Part, Platform, State

STATUS = "Status"
ORDER_STATES = (
    # Files seen have `Paid` or nothing: only what was sold is in them. The other words are those of Etsy's receipts.
    State("paid", {STATUS: (*NOTHING, "paid", "completed", "partially refunded")}),
    State("refunded", {STATUS: ("fully refunded",)}),
    State("cancelled", {STATUS: ("canceled",)}),
    State("unpaid", {STATUS: ("open", "payment processing")}),
)
ORDER_ID = Part("Order ID", r"^\s*#?\s*(.*\S)\s*$")
"""Some files have `#3800000001` where others have the bare number."""
LOGIN = r"^.*\(([A-Za-z0-9_]{4,})\)\s*$"
"""`Lina (lina_b)`: a name that its owner changes, then one that stays."""
NAME = Part("Buyer", r"^\s*(.*\S)\s*\([A-Za-z0-9_]{4,}\)\s*$")

ORDERS = Layout(
    name="etsy_orders",
    kind="purchase_order",
    columns={
        "order_id": ORDER_ID,
        "happened_at": "Sale Date",
        "account_id": (Part("Buyer", LOGIN), "Buyer", "Buyer User ID"),
        "customer_name": NAME,
        "order_state": STATUS,
        "customer_paid": "Order Total",
        "adjusted_total": "Adjusted Order Total",
        "shipping": "Shipping",
        "tax": "Sales Tax",
        "order_discount": "Discount Amount",
        "original_currency": "Currency",
    },
    required=("Sale Date", "Order ID", ("Buyer", "Buyer User ID"), "Order Total", STATUS),
    may_be_blank=("customer_paid",),
    states={"order_state": ORDER_STATES},
    dates="mdy",
    where="Shop Manager, Settings, Options, Download data: the CSV file of orders",
    unused={
        unused.RECIPIENT: ("Full Name", "First Name", "Last Name"),
        unused.ADDRESS: ("Street 1", "Street 2", "Ship City", "Ship State", "Ship Zipcode", "Ship Country"),
        unused.DELIVERY: ("Date Shipped",),
        unused.STAGE: ("Date Paid",),
        unused.FOLLOWS: (
            *("Order Value", "Shipping Discount", "Number of Items", "Order Net"),
            "Adjusted Net Order Amount",
        ),
        unused.INVOICE: ("Card Processing Fees", "Adjusted Card Processing Fees", "VAT Paid by Buyer"),
        unused.PAYMENT: ("Payment Method", "Payment Type"),
        unused.CAMPAIGN: ("Coupon Code", "Coupon Details"),
        unused.NOTE: ("Buyer Receipt Message",),
        unused.PLATFORM: ("Order Type", "InPerson Discount", "InPerson Location"),
        unused.OTHER_FILE: ("SKU",),
    },
)

ITEMS = Layout(
    name="etsy_order_items",
    kind="order_line",
    columns={
        "order_id": ORDER_ID,
        "happened_at": "Sale Date",
        "account_id": (Part("Buyer", LOGIN), "Buyer"),
        "product_id": ("SKU", "Listing ID"),
        "product_name": "Item Name",
        "quantity": "Quantity",
        "unit_price": "Price",
        "discount": "Discount Amount",
        "original_currency": "Currency",
    },
    required=("Item Name", "Quantity", "Price", "Order ID", "Transaction ID", ("SKU", "Listing ID")),
    dates="mdy",
    where="Shop Manager, Settings, Options, Download data: the CSV file of order items",
    unused={
        unused.RECIPIENT: ("Ship Name",),
        unused.ADDRESS: ("Ship Address1", "Ship Address2", "Ship City", "Ship State", "Ship Zipcode", "Ship Country"),
        unused.DELIVERY: ("Date Shipped",),
        unused.STAGE: ("Date Paid",),
        # Price times pieces, before discount.
        unused.FOLLOWS: ("Item Total",),
        unused.OTHER_FILE: ("Order Shipping", "Order Sales Tax", "Shipping Discount"),
        unused.INVOICE: ("VAT Paid by Buyer",),
        unused.PAYMENT: ("Payment Type",),
        unused.CAMPAIGN: ("Coupon Code", "Coupon Details"),
        unused.PLATFORM: ("Transaction ID", "Order Type", "Listings Type", "InPerson Discount", "InPerson Location"),
        unused.LATER: ("Variations",),
    },
)

REVIEWS = Layout(
    name="etsy_reviews",
    kind="review",
    columns={
        # One order may have a review of each of its articles, on one day.
        "review_id": ("order_id", "reviewer", "date_reviewed", "star_rating", "message"),
        "happened_at": "date_reviewed",
        "account_id": (Part("reviewer", LOGIN), "reviewer"),
        "rating": "star_rating",
        "review_text": "message",
    },
    required=("reviewer", "date_reviewed", "star_rating", "order_id"),
    numbered=("review_id",),
    may_be_blank=("product_id",),
    dates="mdy",
    where="Shop Manager, Settings, Options, Download data, Download Your Reviews: a JSON file",
)

PLATFORM = Platform(
    name="etsy",
    title="Etsy",
    layouts=(ORDERS, ITEMS, REVIEWS),
    buyer="`Buyer`, of `Lina (lina_b)` what stands in the brackets; where it is blank `Buyer User ID`. "
    "The names in the file of orders are the recipient's and are not read.",
    money="`customer_paid` is `Order Total`, after discounts and with shipping and sales tax. What it is above "
    "`Adjusted Order Total` was given back; 0.00 there means nothing was. Prices of articles are before discounts.",
    lacks=(
        "E-mail and phone.",
        "That all of an order was given back, unless its `Status` says so.",
        "Which article a review is of. A review that its writer changes later counts once more.",
    ),
)
