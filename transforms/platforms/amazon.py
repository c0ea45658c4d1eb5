"""Amazon: reports of ordered articles, tab separated; the newer of the two knows no buyer at all."""

from transforms.platforms import unused
from transforms.reading.layout import ANYTHING, NOTHING, Layout, Platform, State

STATUS, ITEM_STATUS, PAID_AT = "order-status", "item-status", "payments-date"
ADDRESS = ("ship-city", "ship-state", "ship-postal-code", "ship-country")

ALL_ORDERS = Layout(
    name="amazon_all_orders",
    kind="order_line",
    columns={
        "order_id": "amazon-order-id",
        "happened_at": "purchase-date",
        "product_id": "sku",
        "product_name": "product-name",
        "quantity": "quantity",
        "line_price": "item-price",
        "discount": "item-promotion-discount",
        "line_state": STATUS,
        "original_currency": "currency",
    },
    required=("amazon-order-id", "purchase-date", STATUS, "sku", "quantity", "item-price"),
    states={
        "line_state": (
            State("cancelled", {STATUS: ("Cancelled",)}),
            State("cancelled", {ITEM_STATUS: ("Cancelled",)}),
            State("unpaid", {STATUS: ("Pending",)}),
            State("paid", {STATUS: ("Unshipped", "Shipped")}),
        )
    },
    anonymous="The report names no buyer: no number, no name, no e-mail address.",
    where="Seller Central, the All Orders report (text file)",
    unused={
        unused.TWIN: ("merchant-order-id", "asin"),
        unused.STAGE: ("last-updated-date",),
        unused.DELIVERY: ("fulfillment-channel", "ship-service-level"),
        unused.PLATFORM: ("sales-channel", "order-channel", "url"),
        unused.MONEY_BESIDES: (
            "item-tax",
            "shipping-price",
            "shipping-tax",
            "gift-wrap-price",
            "gift-wrap-tax",
            "ship-promotion-discount",
        ),
        unused.ADDRESS: ADDRESS,
        unused.CAMPAIGN: ("promotion-ids",),
        unused.LATER: ("is-business-order", "purchase-order-number", "price-designation"),
    },
)

NEW_ORDERS = Layout(
    name="amazon_new_orders",
    kind="order_line",
    columns={
        "order_id": "order-id",
        "happened_at": "purchase-date",
        "account_id": "buyer-email",
        "product_id": "sku",
        "product_name": "product-name",
        "quantity": "quantity-purchased",
        "line_price": "item-price",
        "line_state": PAID_AT,
        "original_currency": "currency",
        "acquired_by": "sales-channel",
    },
    required=("order-id", "purchase-date", PAID_AT, "sku", "quantity-purchased", "item-price"),
    states={"line_state": (State("paid", {PAID_AT: ANYTHING}), State("unpaid", {PAID_AT: NOTHING}))},
    where="Seller Central, Orders, Order Reports: New Orders",
    unused={
        unused.TWIN: ("order-item-id",),
        unused.PERSON: ("buyer-name", "buyer-phone-number"),
        unused.MONEY_BESIDES: ("item-tax", "shipping-price", "shipping-tax"),
        unused.DELIVERY: ("ship-service-level", "delivery-*"),
        unused.RECIPIENT: ("recipient-name", "ship-phone-number"),
        unused.ADDRESS: ("ship-address-*", *ADDRESS),
    },
)

PLATFORM = Platform(
    name="amazon",
    title="Amazon",
    layouts=(ALL_ORDERS, NEW_ORDERS),
    buyer="In the New Orders report an alias from which Amazon forwards mail. It tells buyers apart and is no address "
    "to write to. The All Orders report names nobody.",
    money="`item-price` is what all pieces of the line cost, before its promotion. Postage, gift wrap and tax, where "
    "told apart, do not count: an order is worth its articles.",
    lacks=(
        "refunds: they stand in the settlement and returns reports",
        "in the New Orders report, whether an order was cancelled after it was paid, and promotions",
        "e-mail addresses and phone numbers to write to",
    ),
)
