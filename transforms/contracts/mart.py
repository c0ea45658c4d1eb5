"""Tables for BI tools: no personal data, one night or the latest, amounts in the reporting currency."""

from dataclasses import replace

from transforms.contracts import customer_file, fields, health, score, value
from transforms.contracts.table import Column, Replace, Schema, Table, Type

CUSTOMER = Table(
    Schema.MART,
    "customer",
    grain="one customer",
    description="Who buys, up to the latest published night. One row for every customer, also without a purchase.",
    key=("customer_id",),
    columns=(
        fields.customer_id,
        Column("first_order_date", Type.DATE, "Shop-local date of the first order.", nullable=True),
        Column("last_order_date", Type.DATE, "Shop-local date of the last order.", nullable=True),
        Column("orders", Type.INTEGER, "Orders placed; two on one day are two.", minimum=0),
        fields.customer_paid,
        fields.net_revenue,
        fields.margin,
        fields.currency,
        Column(
            "reachable_by",
            Type.TEXT,
            "Channels with an address and consent to marketing, joined by `+`; null if none.",
            nullable=True,
        ),
        *customer_file.PERSON,
        *customer_file.MEMBERSHIP,
        *customer_file.HABITS,
        *customer_file.PRICE,
        *customer_file.RETURNS,
        *customer_file.REVIEWS,
        *customer_file.SERVICE,
        *customer_file.ANSWERS,
    ),
)

CUSTOMER_CHANNEL = Table(
    Schema.MART,
    "customer_channel",
    grain="one customer on one channel",
    description="What came of earlier messages, by channel, up to the latest published night.",
    key=("customer_id", "channel"),
    columns=(
        fields.customer_id,
        fields.channel,
        Column("sent", Type.INTEGER, "Messages sent.", minimum=0),
        Column("opened", Type.INTEGER, "Opened.", minimum=0),
        Column("clicked", Type.INTEGER, "Clicked.", minimum=0),
        Column("replied", Type.INTEGER, "Replied to.", minimum=0),
        Column("converted", Type.INTEGER, "Followed by a purchase, where the platform says so.", minimum=0),
        Column("last_sent_date", Type.DATE, "Shop-local date of the latest message.", nullable=True),
        Column("last_answer_date", Type.DATE, "Shop-local date of the latest answer.", nullable=True),
        Column("is_in_group", Type.BOOLEAN, "Whether the customer is in a group of the shop there."),
        Column("last_active_date", Type.DATE, "Shop-local date last active in a group.", nullable=True),
    ),
)

CUSTOMER_LINK = Table(
    Schema.MART,
    "customer_link",
    grain="one id that stands, or stood, for another",
    description="Why accounts became one customer, or no longer are, without personal data. Every account has an id of "
    "its own; `old_customer_id` is that of an account, `new_customer_id` the customer it belongs or belonged to.",
    key=("old_customer_id", "new_customer_id", "verdict"),
    columns=(
        replace(
            fields.customer_id,
            name="old_customer_id",
            description="Id the account would have alone; of those kept apart, its customer.",
        ),
        replace(fields.customer_id, name="new_customer_id", description="Customer it was joined to, or kept from."),
        Column(
            "verdict",
            Type.TEXT,
            "`joined`: it is this customer, and earlier nights bear the new id. `parted`: it was, up to an earlier "
            "night. `forbidden`: kept apart by the settings. `held_apart`: joining would have put too many accounts "
            "together; look at them and forbid or allow by hand.",
            values=("joined", "parted", "forbidden", "held_apart"),
        ),
        Column(
            "evidence",
            Type.TEXT,
            "What both, or accounts between them, have in common: `buyer_key`, `phone`, `email`, joined by `+`.",
        ),
        Column(
            "link_date",
            Type.DATE,
            "Shop-local date from which the data tell it; of what is parted, the night that parted it.",
        ),
        Column("accounts", Type.INTEGER, "Accounts of the customer, or of those held apart together.", minimum=1),
    ),
)

CUSTOMER_SCORE = Table(
    Schema.MART,
    "customer_score",
    grain="one customer in one night",
    description="What the night thinks of each customer. Without a purchase numbers are null and `model` is `none`.",
    key=("as_of_date", "customer_id"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        fields.customer_id,
        *score.COLUMNS,
    ),
)

SEGMENT_SUMMARY = Table(
    Schema.MART,
    "segment_summary",
    grain="one segment of one scheme in one night",
    description="Size and worth of every segment. The customers of a scheme add up to those with a segment in it.",
    key=("as_of_date", "scheme", "segment"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column("scheme", Type.TEXT, "Way of dividing the customers.", values=("tier", "value")),
        Column("segment", Type.TEXT, "Name of the part."),
        Column("segment_rank", Type.INTEGER, "Place of the segment in its scheme; the highest is 1.", minimum=1),
        fields.customers,
        fields.net_revenue,
        fields.clv_365d,
        Column(
            "mean_churn_risk_90d",
            Type.NUMBER,
            "Mean probability of buying nothing in the 90 days after the night.",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        fields.currency,
    ),
)

COHORT_RETENTION = Table(
    Schema.MART,
    "cohort_retention",
    grain="one calendar month since the first order of one cohort",
    description="Who came back, by month of the first order, up to the latest published night. Every month since has a "
    "row, also without a purchase. Revenue adds up to that of all customers who bought.",
    key=("cohort_month", "month_number"),
    columns=(
        Column("cohort_month", Type.DATE, "First day of the shop-local month of the cohort's first orders."),
        Column(
            "month_number",
            Type.INTEGER,
            "Calendar months since; the month of the first order is 0.",
            minimum=0,
            unit="months",
        ),
        Column("customers", Type.INTEGER, "Customers of the cohort, the same in all its months.", minimum=1),
        Column("active", Type.INTEGER, "Of them, customers with an order in the month.", minimum=0),
        Column(
            "net_revenue",
            Type.MONEY,
            "What they paid for orders of the month, less what was given back on those orders up to the night, less "
            "refunds of the month that name no order.",
            unit="currency",
        ),
        fields.currency,
        Column("is_complete", Type.BOOLEAN, "Whether the month was over by the end of the night's date."),
    ),
)

CONTACT_SUMMARY = Table(
    Schema.MART,
    "contact_summary",
    grain="one outcome of the contact decision in one night",
    description="How many are to be written to, kept as control, or left alone and why. Adds up to all customers.",
    key=("as_of_date", "outcome", "occasion", "channel", "reason"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column("outcome", Type.TEXT, "What was decided.", values=("treated", "control", "held")),
        Column("occasion", Type.TEXT, "Occasion of the message; `none` for those left alone."),
        Column("channel", Type.TEXT, "Channel of the message; `none` for those left alone."),
        Column("reason", Type.TEXT, "Why they are on the list, or why not."),
        fields.customers,
    ),
)

DATA_QUALITY = Table(
    Schema.MART,
    "data_quality",
    grain="one row rule or expectation in one night",
    description="What was checked and how much of it failed. Counts only; the rows are in `quality.quarantine`.",
    key=("as_of_date", "layer", "table_name", "check_name"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column("layer", Type.TEXT, "Who checked.", values=("row_rule", "gate", "account")),
        Column("table_name", Type.TEXT, "Table or kind of file that was checked."),
        Column("check_name", Type.TEXT, "Rule or expectation, with its column."),
        fields.severity,
        Column("rows_checked", Type.INTEGER, "Rows looked at, where that is counted.", nullable=True, minimum=0),
        Column("rows_failed", Type.INTEGER, "Rows that failed.", nullable=True, minimum=0),
        Column("is_passed", Type.BOOLEAN, "Whether the check let the night pass."),
    ),
)

FRESHNESS = Table(
    Schema.MART,
    "freshness",
    grain="one store in one night",
    description="How old the newest order of each store was.",
    key=("as_of_date", "store_id"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        fields.store_id,
        Column("last_order_date", Type.DATE, "Shop-local date of the newest order.", nullable=True),
        Column(
            "days_since_last_order", Type.INTEGER, "Days from it to the night.", nullable=True, minimum=0, unit="days"
        ),
    ),
)

PURCHASE_ORDER = Table(
    Schema.MART,
    "purchase_order",
    grain="one order",
    description="Orders up to the latest published night.",
    key=("order_key",),
    columns=(
        fields.order_key,
        fields.store_id,
        fields.order_id,
        fields.customer_id.optional(),
        Column("order_date", Type.DATE, "Shop-local date of the order."),
        Column("ordered_at", Type.INSTANT, "When the order was placed, UTC."),
        fields.customer_paid,
        fields.deductions,
        Column("refunded", Type.MONEY, "Given back on this order up to the night.", unit="currency", minimum=0),
        fields.net_revenue,
        Column(
            "goods_cost",
            Type.MONEY,
            "What the pieces kept cost the shop: by the article's cost on the day, else by the margin of its category, "
            "else by the shop's margin; null where nothing tells it of any of them.",
            nullable=True,
            unit="currency",
        ),
        Column(
            "other_costs",
            Type.MONEY,
            "Payment fee and shipping subsidy of the order, by the settings.",
            unit="currency",
            minimum=0,
        ),
        Column("margin", Type.MONEY, "`net_revenue` less `goods_cost` and `other_costs`.", unit="currency"),
        fields.discount,
        fields.currency,
        fields.original_amount,
        fields.original_currency,
        Column("line_count", Type.INTEGER, "Lines of the order.", minimum=1),
        Column("units", Type.INTEGER, "Pieces of goods in the order.", minimum=0, unit="pieces"),
    ),
)

PURCHASE_LINE = Table(
    Schema.MART,
    "purchase_line",
    grain="one line of one order",
    description="What was bought, up to the latest published night.",
    key=("order_key", "line_index"),
    columns=(
        fields.order_key,
        Column("line_index", Type.INTEGER, "Position in the order, from 1.", minimum=1),
        fields.product_key,
        fields.customer_id.optional(),
        Column("order_date", Type.DATE, "Shop-local date of the order."),
        Column("quantity", Type.INTEGER, "Pieces bought.", unit="pieces", minimum=0),
        fields.unit_price,
        fields.discount,
        fields.amount,
        fields.currency,
        fields.is_goods,
    ),
)

REFUND = Table(
    Schema.MART,
    "refund",
    grain="one line of one refund note",
    description="Money given back, up to the latest published night.",
    key=("refund_key",),
    columns=(
        Column("refund_key", Type.TEXT, "`store_id/note number/position`."),
        Column("order_key", Type.TEXT, "Order it refunds, where the export tells.", nullable=True),
        fields.product_key,
        fields.customer_id.optional(),
        Column("refund_date", Type.DATE, "Shop-local date of the refund."),
        Column("refunded_at", Type.INSTANT, "When it was given back, UTC."),
        Column("quantity", Type.INTEGER, "Pieces taken back.", unit="pieces", minimum=0),
        Column("amount", Type.MONEY, "Money given back, positive.", unit="currency", minimum=0),
        fields.currency,
        replace(fields.original_amount, description="Money given back, in `original_currency`."),
        fields.original_currency,
        fields.is_goods,
    ),
)

PRODUCT = Table(
    Schema.MART,
    "product",
    grain="one article of one store",
    description="Every article an order or refund names.",
    key=("product_key",),
    columns=(
        fields.product_key,
        fields.store_id,
        fields.product_id,
        fields.product_name,
        fields.category,
        fields.brand,
        fields.is_goods,
    ),
)

CALENDAR = Table(
    Schema.MART,
    "calendar",
    grain="one day",
    description="Every day from the first of January of the first order's year to the end of the night's year.",
    key=("date",),
    columns=(
        Column("date", Type.DATE, "The day."),
        Column("year_number", Type.INTEGER, "Calendar year."),
        Column("quarter_number", Type.INTEGER, "Quarter of the year.", minimum=1, maximum=4),
        Column("month_number", Type.INTEGER, "Month of the year.", minimum=1, maximum=12),
        Column("month_start_date", Type.DATE, "First day of the month."),
        Column("week_number", Type.INTEGER, "ISO week of the year.", minimum=1, maximum=53),
        Column("weekday_number", Type.INTEGER, "ISO weekday, Monday is 1.", minimum=1, maximum=7),
        Column("is_weekend", Type.BOOLEAN, "Saturday or Sunday."),
    ),
)

TABLES = (
    CUSTOMER,
    CUSTOMER_CHANNEL,
    CUSTOMER_LINK,
    CUSTOMER_SCORE,
    SEGMENT_SUMMARY,
    COHORT_RETENTION,
    CONTACT_SUMMARY,
    DATA_QUALITY,
    FRESHNESS,
    PURCHASE_ORDER,
    PURCHASE_LINE,
    REFUND,
    PRODUCT,
    CALENDAR,
    health.PRODUCT_HEALTH,
    health.SERVICE_HEALTH,
    *value.TABLES,
)
