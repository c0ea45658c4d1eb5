"""Columns that several tables share, so that the same quantity has the same name and meaning everywhere."""

from transforms.contracts.table import Column, Privacy, Type

as_of_date = Column("as_of_date", Type.DATE, "Shop-local date whose end the night describes.")
customer_id = Column("customer_id", Type.TEXT, "A person or firm that buys: `c` and 20 hex digits of a keyed hash.")
currency = Column("currency", Type.TEXT, "Reporting currency of the shop, ISO 4217; all amounts of the row are in it.")

store_id = Column("store_id", Type.TEXT, "Storefront on one platform, as named in the settings.")
order_id = Column("order_id", Type.TEXT, "Order number as the platform prints it; unique within a store.")
order_key = Column("order_key", Type.TEXT, "`store_id/order_id`.")
account_id = Column(
    "account_id",
    Type.TEXT,
    "Customer number as the platform prints it; unique within a store.",
    nullable=True,
    privacy=Privacy.PERSONAL,
)
account_key = Column(
    "account_key", Type.TEXT, "`store_id/account_id`; null without a customer.", nullable=True, privacy=Privacy.PERSONAL
)
buyer_key = Column(
    "buyer_key",
    Type.TEXT,
    "`platform/number` of the buyer where the platform has one number for the person in all its stores.",
    nullable=True,
    privacy=Privacy.PERSONAL,
)
product_id = Column("product_id", Type.TEXT, "Article number as the platform prints it; unique within a store.")
product_key = Column("product_key", Type.TEXT, "`store_id/product_id`.")
product_name = Column("product_name", Type.TEXT, "Latest name the article was sold under.", nullable=True)
category = Column("category", Type.TEXT, "Category of the article, where the export tells.", nullable=True)
brand = Column("brand", Type.TEXT, "Brand of the article, where the export tells.", nullable=True)
is_goods = Column(
    "is_goods", Type.BOOLEAN, "False for postage, fees, vouchers and other codes that are not articles to sell."
)
quantity = Column("quantity", Type.INTEGER, "Pieces.", unit="pieces")
unit_price = Column("unit_price", Type.MONEY, "Price of one piece before discount.", unit="currency", minimum=0)
discount = Column("discount", Type.MONEY, "Discount on the line or order; zero where none is told.", unit="currency")
amount = Column("amount", Type.MONEY, "Pieces times price, less discount.", unit="currency")
original_amount = Column(
    "original_amount", Type.MONEY, "`customer_paid` in `original_currency`, as told.", unit="currency"
)
original_currency = Column("original_currency", Type.TEXT, "Currency in which the amount was told, ISO 4217.")
order_state = Column(
    "order_state",
    Type.TEXT,
    "Whether it is a purchase. `refunded`: paid, and given back in full where no amount is told. `cancelled`: taken "
    "back before shipping, so no purchase.",
    values=("paid", "refunded", "unpaid", "cancelled"),
)
region = Column("region", Type.TEXT, "Country or region of the customer, as the export writes it.", nullable=True)
acquired_by = Column(
    "acquired_by", Type.TEXT, "Channel that brought the customer, from the first order.", nullable=True
)
is_business = Column("is_business", Type.BOOLEAN, "Whether the customer buys as a firm; null if untold.", nullable=True)

happened_at = Column("happened_at", Type.INSTANT, "When it happened in the world, UTC.")
happened_date = Column("happened_date", Type.DATE, "Shop-local date of `happened_at`.")
known_at = Column("known_at", Type.INSTANT, "When the file that tells it was first copied into the lake, UTC.")
file_id = Column("file_id", Type.TEXT, "First 16 hex digits of the file's SHA-256.")
file_name = Column("file_name", Type.TEXT, "Path of the file below the exports folder, when it first came.")
line_number = Column(
    "line_number", Type.INTEGER, "Physical line of the file on which the row begins; the header is line 1.", minimum=1
)

customer_paid = Column(
    "customer_paid",
    Type.MONEY,
    "What the buyer paid, refunds not deducted; serves occasions and tiers.",
    unit="currency",
)
deductions = Column(
    "deductions",
    Type.MONEY,
    "Part of `customer_paid` that is no revenue: shipping and tax where the export tells them apart, less what the "
    "platform pays the shop on top. Below zero where that is more.",
    unit="currency",
)
net_revenue = Column(
    "net_revenue",
    Type.MONEY,
    "What the shop received up to the night: payments less refunds, less shipping and tax where the export tells them "
    "apart, plus what the platform paid on top; serves value.",
    unit="currency",
)
margin = Column(
    "margin",
    Type.MONEY,
    "What the shop has kept up to the night: `net_revenue` less goods, payment fees, shipping subsidy, service time "
    "and messages, as far as the settings and exports tell what they cost. May be below zero.",
    unit="currency",
)
churn_risk_90d = Column(
    "churn_risk_90d",
    Type.NUMBER,
    "Probability that the customer buys nothing in the 90 days after the night.",
    nullable=True,
    minimum=0,
    maximum=1,
)
clv_365d = Column(
    "clv_365d",
    Type.MONEY,
    "Expected value (see `value_basis`) over the next 365 days, discounted at the yearly rate of the settings, 10 % "
    "unless set.",
    nullable=True,
    unit="currency",
)

channel = Column(
    "channel",
    Type.TEXT,
    "Way to reach the customer.",
    values=("email", "sms", "wechat", "post", "phone", "app"),
)
address = Column(
    "address", Type.TEXT, "E-mail address, phone number or other address on the channel.", privacy=Privacy.PERSONAL
)
purpose = Column("purpose", Type.TEXT, "What the address may be used for.", values=("marketing", "service"))
consent_state = Column(
    "consent_state", Type.TEXT, "Latest word of the customer on it.", values=("granted", "refused", "unknown")
)
evidence = Column(
    "evidence", Type.TEXT, "How the consent was given: form, wording, place.", nullable=True, privacy=Privacy.PERSONAL
)
customers = Column("customers", Type.INTEGER, "Number of customers.", minimum=0)
severity = Column("severity", Type.TEXT, "What a failure does to the night.", values=("critical", "warning"))


def count(name: str, description: str) -> Column:
    """How many of something; zero where there is none."""
    return Column(name, Type.INTEGER, description, minimum=0)


def share(name: str, description: str) -> Column:
    """A part of a whole; null where the whole is nothing."""
    return Column(name, Type.NUMBER, description, nullable=True, minimum=0, maximum=1)


def hours(name: str, description: str) -> Column:
    """How long something took; null where it never came to it."""
    return Column(name, Type.NUMBER, description, nullable=True, minimum=0, unit="hours")
