"""Shopify's order and customer exports.

Arithmetic of an order, prices with tax: Subtotal = sum of quantity x Lineitem price - Discount Amount; Total = Subtotal
+ Shipping. The discount stands on the order (a code's does not show on the lines: Lineitem discount is 0.00). Refunded
Amount is part of Total. An order of several articles has a row for each; order facts stand on the first alone.
"""

import polars as pl

from transforms.simulator.damage import MISSING_PRODUCT, NEGATIVE_QUANTITY, UNREADABLE_DATE, ZERO_DATE
from transforms.simulator.exports.cells import INSTANT, header, money, text

ORDERS_HEADER = header(
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,"
    "Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
)
CUSTOMERS_HEADER = header(
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
    "Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,"
    "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,"
    "Tags"
)
COUNTRY_CODES = {
    "China": "CN", "United States": "US", "United Kingdom": "GB", "Germany": "DE", "France": "FR", "Canada": "CA",
}  # fmt: skip
LONG_FAMILY_NAMES = ("欧阳", "司马")
VENDOR = "Demo Goods"
FIRST_CUSTOMER_NUMBER = 7_200_000_000_000


def orders(orders: pl.DataFrame, lines: pl.DataFrame, zone: str, currency: str) -> pl.DataFrame:
    """Rows of the order export, every column of `ORDERS_HEADER`.

    `orders` are facts as of `transforms.simulator.facts.order_facts`, `lines` as of `line_facts`, whose `place` is the
    row of `orders`; both in the same order. `zone` is the shop's, whose offset every instant carries.
    """
    is_first = lines["place"].is_first_distinct()
    of_order = _order_cells(orders, zone, currency)
    row = lines.select(pl.when(is_first).then("place")).to_series()
    facts = of_order.select(pl.all().gather(row))
    cells: dict[str, pl.Expr] = {
        "Name": pl.lit(orders["order_id"].gather(lines["place"])),
        "Lineitem quantity": pl.when(pl.col("damage") == NEGATIVE_QUANTITY)
        .then(pl.concat_str(pl.lit("-"), "quantity"))
        .otherwise(pl.col("quantity").cast(pl.String)),
        "Lineitem name": pl.when(pl.col("damage").ne_missing(MISSING_PRODUCT)).then("product_name"),
        "Lineitem price": money("unit_price_cents"),
        "Lineitem sku": pl.when(pl.col("damage").ne_missing(MISSING_PRODUCT)).then("product_id"),
        "Lineitem requires shipping": text("true"),
        "Lineitem taxable": text("true"),
        "Lineitem fulfillment status": pl.when(orders["is_shipped"].gather(lines["place"]))
        .then(pl.lit("fulfilled"))
        .otherwise(pl.lit("pending")),
        "Lineitem discount": text("0.00"),
        "Vendor": text(VENDOR),
    }
    own = lines.select(**cells)
    return _in_header_order(pl.concat([facts, own], how="horizontal"), ORDERS_HEADER)


def _order_cells(orders: pl.DataFrame, zone: str, currency: str) -> pl.DataFrame:
    def zoned(instant: str) -> pl.Expr:
        at = pl.col(instant).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        return at.dt.strftime(f"{INSTANT} %z")

    is_broken = pl.col("damage") == UNREADABLE_DATE
    total = pl.col("goods_cents") + pl.col("shipping_cents")
    phone = pl.concat_str(pl.lit("+86"), "phone")
    is_company = pl.when("is_business")
    cells = {
        "Email": pl.when("writes_capitals").then(pl.col("email").str.to_uppercase()).otherwise("email"),
        "Financial Status": pl.when(~pl.col("is_paid") & pl.col("is_waiting"))
        .then(pl.lit("pending"))
        .when(~pl.col("is_paid"))
        .then(pl.lit("voided"))
        .when(pl.col("refunded_cents") == 0)
        .then(pl.lit("paid"))
        .when(pl.col("refunded_cents") < total)
        .then(pl.lit("partially_refunded"))
        .otherwise(pl.lit("refunded")),
        "Paid at": pl.when(is_broken).then(pl.lit(ZERO_DATE)).otherwise(zoned("paid_at")),
        "Fulfillment Status": pl.when("is_shipped").then(pl.lit("fulfilled")).otherwise(pl.lit("unfulfilled")),
        "Fulfilled at": zoned("shipped_at"),
        "Accepts Marketing": pl.when("accepts_email").then(pl.lit("yes")).otherwise(pl.lit("no")),
        "Currency": text(currency),
        "Subtotal": money("goods_cents"),
        "Shipping": money("shipping_cents"),
        "Taxes": text("0.00"),
        "Total": money(total),
        "Discount Code": pl.when(pl.col("discount_cents") > 0).then(pl.lit("WELCOME")),
        "Discount Amount": money("discount_cents"),
        "Shipping Method": pl.when(pl.col("shipping_cents") > 0).then(pl.lit("Standard")).otherwise(pl.lit("Free")),
        "Created at": pl.when(is_broken).then(pl.lit(ZERO_DATE)).otherwise(zoned("ordered_at")),
        "Billing Name": pl.col("customer_name"),
        "Billing Street": pl.col("street"),
        "Billing Address1": pl.col("street"),
        "Billing Company": is_company.then("customer_name"),
        "Billing City": pl.col("city"),
        "Billing Zip": pl.col("postcode"),
        "Billing Province": pl.col("province"),
        "Billing Country": _country_code("country"),
        "Billing Phone": phone,
        "Shipping Name": pl.col("recipient_name"),
        "Shipping Street": pl.col("recipient_street"),
        "Shipping Address1": pl.col("recipient_street"),
        "Shipping City": pl.col("recipient_city"),
        "Shipping Zip": pl.col("recipient_postcode"),
        "Shipping Province": pl.col("recipient_province"),
        "Shipping Country": _country_code("recipient_country"),
        "Shipping Phone": pl.concat_str(pl.lit("+86"), "recipient_phone"),
        "Notes": pl.col("note"),
        "Cancelled at": zoned("cancelled_at"),
        "Payment Method": text("Shopify Payments"),
        "Refunded Amount": money("refunded_cents"),
        "Outstanding Balance": money(pl.when("is_paid").then(0).otherwise(total)),
        "Id": pl.col("platform_number").cast(pl.String),
        "Risk Level": text("Low"),
        "Source": text("web"),
        "Phone": phone,
        "Billing Province Name": pl.col("province"),
        "Shipping Province Name": pl.col("recipient_province"),
    }
    return orders.select(**cells)


def customers(accounts: pl.DataFrame) -> pl.DataFrame:
    """Rows of the customer export: ids, phones and postcodes behind an apostrophe, as the newer export writes them.

    `accounts` are facts as of `transforms.simulator.facts.account_facts`.
    """
    phone = pl.concat_str(pl.lit("'+86"), "phone")
    name = pl.col("customer_name")
    family_length = pl.when(name.str.contains(f"^({'|'.join(LONG_FAMILY_NAMES)})")).then(2).otherwise(1)
    is_western = name.str.contains(" ") & ~pl.col("is_business")
    cells = {
        "Customer ID": pl.concat_str(pl.lit("'"), FIRST_CUSTOMER_NUMBER + pl.col("account") * 13),
        "First Name": pl.when(is_western).then(name.str.splitn(" ", 2).struct.field("field_0"))
        .when(~pl.col("is_business")).then(name.str.slice(family_length)),
        "Last Name": pl.when(is_western).then(name.str.splitn(" ", 2).struct.field("field_1"))
        .when("is_business").then("customer_name").otherwise(name.str.slice(0, family_length)),
        "Email": pl.col("email"),
        "Accepts Email Marketing": pl.when("accepts_email").then(pl.lit("yes")).otherwise(pl.lit("no")),
        "Default Address Company": pl.when("is_business").then("customer_name"),
        "Default Address Address1": pl.col("street"),
        "Default Address City": pl.col("city"),
        "Default Address Province Code": pl.col("province"),
        "Default Address Country Code": _country_code("country"),
        "Default Address Zip": pl.concat_str(pl.lit("'"), "postcode"),
        "Default Address Phone": phone,
        "Phone": phone,
        "Accepts SMS Marketing": pl.when("accepts_sms").then(pl.lit("yes")).otherwise(pl.lit("no")),
        "Total Spent": money(pl.col("paid_cents") - pl.col("refunded_cents")),
        "Total Orders": pl.col("orders").cast(pl.String),
        "Tax Exempt": text("no"),
        "Tags": pl.when("is_business").then(pl.lit("wholesale, invoice")),
    }  # fmt: skip
    return _in_header_order(accounts.select(**cells), CUSTOMERS_HEADER)


def _country_code(country: str) -> pl.Expr:
    return pl.col(country).replace_strict(COUNTRY_CODES, return_dtype=pl.String)


def _in_header_order(cells: pl.DataFrame, header: list[str]) -> pl.DataFrame:
    missing = [pl.lit(None, dtype=pl.String).alias(name) for name in header if name not in cells.columns]
    return cells.with_columns(missing).select(header)
