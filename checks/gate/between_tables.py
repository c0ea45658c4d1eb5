"""What must hold between the staged tables. Written by hand, as SQL of DuckDB.

A query returns one row for every row of the table, called `mine` in it, that contradicts. It selects a constant or a
count, so that no value can leave the database, and passes over nulls, which the suites made from the contracts report.
"""

from checks.gate.check import Check, Derived, Severity, sql_check
from transforms.contracts import staged
from transforms.contracts.table import Table

HOUR_US = 3600 * 10**6
AT_LEAST_ONE_ROW = "at_least_one_row"
"""The one check that a table without rows does not pass."""


MOST_UNKNOWN = 0.5
"""Share of rows that may name what no order or customer export tells of: history starts somewhere, and buyers ask
before they pay. Where more do, the two files write their numbers in different ways."""

ORDERS_AND_LINES = Derived(
    "orders_and_lines",
    ("purchase_order", "order_line"),
    """
    SELECT orders.order_key, orders.customer_paid, orders.line_count,
           lines.order_key AS order_key_of_lines, lines.amount, lines.lines, lines.line_indexes
    FROM purchase_order AS orders
    FULL JOIN (
        SELECT order_key, sum(amount) AS amount, count(*) AS lines,
               bit_or(CASE WHEN line_index BETWEEN 0 AND 62 THEN 1::BIGINT << line_index ELSE 0 END) AS line_indexes
        FROM order_line GROUP BY order_key
    ) AS lines ON lines.order_key = orders.order_key
    """,
)
"""Every order beside what its lines come to. Grouped and joined once for the four checks that ask it: of ten million
lines that takes 1 s, and asking each on its own 5 s. `line_indexes` has a bit set for each index below 63."""

DERIVED = (ORDERS_AND_LINES,)


def _exists(table: str, key: str, other: str, meaning: str, severity: Severity = "critical") -> Check:
    query = f"""
        SELECT 1 FROM mine
        WHERE mine.{key} IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM {other} AS other WHERE other.{key} = mine.{key})
    """  # noqa: S608
    return sql_check(table, f"exists_in_{other}({key})", query, meaning, reads=(other,), severity=severity)


def _mostly_exists(table: str, key: str, other: str) -> Check:
    query = f"""
        , told AS (SELECT {key} AS key FROM mine WHERE {key} IS NOT NULL),
        unknown AS (SELECT 1 FROM told WHERE NOT EXISTS (SELECT 1 FROM {other} AS other WHERE other.{key} = told.key))
        SELECT 1 FROM unknown
        WHERE (SELECT count(*) FROM unknown) > {MOST_UNKNOWN} * (SELECT count(*) FROM told)
    """  # noqa: S608
    meaning = (
        f"More than half of the rows name a {key} that {other} lacks: the exports write the number in different ways, "
        "or one of them is missing."
    )
    return sql_check(table, f"mostly_exists_in_{other}({key})", query, meaning, reads=(other,), severity="warning")


def _one_currency(table: str) -> Check:
    query = """
        SELECT 1 FROM mine
        WHERE mine.currency <> (
            SELECT currency FROM purchase_order WHERE currency IS NOT NULL
            GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1
        )
    """
    meaning = "Rows not in the currency of most orders: amounts would be added up across currencies; repair conversion."
    return sql_check(table, "one_currency(currency)", query, meaning, reads=("purchase_order",))


def _told_in_own_currency(table: str, amount: str) -> Check:
    query = f"""
        SELECT 1 FROM mine WHERE mine.original_currency = mine.currency AND mine.original_amount <> mine.{amount}
    """  # noqa: S608
    meaning = "Rows in the reporting currency whose amount is not the one told: repair conversion."
    return sql_check(table, f"as_told({amount})", query, meaning)


def _not_before(table: str, name: str, later: str, earlier: str, meaning: str) -> Check:
    query = f"SELECT 1 FROM mine WHERE mine.{later} < mine.{earlier}"  # noqa: S608
    return sql_check(table, name, query, meaning, severity="warning")


def _known_after(table: str) -> Check:
    meaning = (
        "Rows that happened after the file that tells of them was copied: the time zone of the store or shop in the "
        "settings is wrong, or the clock of a machine is."
    )
    return _not_before(table, "known_after(happened_at)", "known_at", "happened_at", meaning)


def _date_near_instant(table: Table) -> Check:
    # No place is more than 14 hours from UTC. In microseconds: with instants it takes ten times as long.
    query = f"""
        SELECT 1 FROM mine
        WHERE epoch_us(mine.happened_at) - {24 * HOUR_US} * (mine.happened_date - DATE '1970-01-01')
            NOT BETWEEN {-14 * HOUR_US} AND {38 * HOUR_US - 1}
    """  # noqa: S608
    meaning = "Rows whose shop-local date cannot be that of their instant: check the shop's time zone in the settings."
    return sql_check(table.name, "date_near_instant(happened_at, happened_date)", query, meaning)


CHECKS: tuple[Check, ...] = (
    Check(
        "purchase_order",
        AT_LEAST_ONE_ROW,
        "expect_table_row_count_to_be_between",
        {"min_value": 1},
        "No order at all: the exports folder or the layout is wrong, and publishing would empty the mart.",
    ),
    sql_check(
        "purchase_order",
        "lines_add_up(customer_paid)",
        "SELECT 1 FROM orders_and_lines WHERE order_key IS NOT NULL AND coalesce(amount, 0) <> customer_paid",
        "Orders whose lines do not add up to what was paid: lines are lost, doubled, or wrongly discounted.",
        reads=("order_line",),
    ),
    sql_check(
        "purchase_order",
        "lines_are_all_there(line_count)",
        "SELECT 1 FROM orders_and_lines WHERE order_key IS NOT NULL AND coalesce(lines, 0) <> line_count",
        "Orders with more or fewer lines than they say: compare the files of both tables, shard by shard.",
        reads=("order_line",),
    ),
    sql_check(
        "purchase_order",
        "refunds_within(customer_paid)",
        """
        SELECT 1 FROM mine
        JOIN (SELECT order_key, sum(amount) AS amount FROM refund GROUP BY order_key) AS refunds
          ON refunds.order_key = mine.order_key
        WHERE refunds.amount > mine.customer_paid
        """,
        "Orders with more given back than was paid: look for refund notes told twice, or goodwill booked as refund.",
        reads=("refund",),
        severity="warning",
    ),
    _exists(
        "purchase_order",
        "account_key",
        "customer_account",
        "Orders of accounts nobody has: their customer would be missing from the mart; repair the staging step.",
    ),
    sql_check(
        "order_line",
        "exists_in_purchase_order(order_key)",
        """
        SELECT unnest(range(lines)) FROM orders_and_lines
        WHERE order_key IS NULL AND order_key_of_lines IS NOT NULL
        """,
        "Lines without their order: the order was quarantined or cancelled and its lines were not.",
        reads=("purchase_order",),
    ),
    sql_check(
        "order_line",
        "unique(order_key, line_index)",
        # An order with as many different indexes as lines has no twins; of the others, few, every line is looked at.
        """
        , suspects AS (
            SELECT order_key_of_lines AS order_key FROM orders_and_lines WHERE bit_count(line_indexes) <> lines
        ),
        counted AS (
            SELECT count(*) AS twins FROM mine
            WHERE line_index IS NOT NULL AND order_key IN (SELECT order_key FROM suspects)
            GROUP BY order_key, line_index
        )
        SELECT unnest(range(twins)) FROM counted WHERE twins > 1
        """,
        "Rows that share order_key, line_index: the table must hold one line of one order a row; repair how duplicates "
        "are merged.",
        reads=("purchase_order",),
    ),
    sql_check(
        "order_line",
        "price_times_pieces(amount)",
        # Converted prices are rounded, by half a ten-thousandth a piece, and the others by one each. As floats, exact
        # beyond a thousand million: the product may not fit into 64 bits, and with 128 it takes twice as long.
        "SELECT 1 FROM mine WHERE abs(unit_price::DOUBLE * quantity - discount - amount) > 2 + quantity / 2",
        "Lines whose amount is not price times pieces less discount: repair staging or conversion.",
    ),
    _exists(
        "order_line",
        "product_key",
        "product",
        "Lines of articles the product table lacks: repair how it is collected from lines and refunds.",
    ),
    _exists(
        "refund",
        "account_key",
        "customer_account",
        "Refunds of accounts nobody has: their customer would be missing from the mart; repair the staging step.",
    ),
    _exists(
        "refund",
        "product_key",
        "product",
        "Refunds of articles the product table lacks: repair how it is collected from lines and refunds.",
    ),
    sql_check(
        "refund",
        "not_before_order(happened_date)",
        """
        SELECT 1 FROM mine
        JOIN purchase_order AS orders ON orders.order_key = mine.order_key
        WHERE mine.happened_date < orders.happened_date
        """,
        "Refunds dated before their order: check the time zones of the two exports, and the layout's column of dates.",
        reads=("purchase_order",),
        severity="warning",
    ),
    _exists(
        "refund",
        "order_key",
        "purchase_order",
        "Refunds of orders the exports do not hold: usual where the history starts, else an export is missing.",
        severity="warning",
    ),
    sql_check(
        "waiting_line",
        "every_order_has_come",
        "SELECT 1 FROM mine",
        "Lines whose order no export tells: usual if the file of orders is older than that of articles; export it too.",
        severity="warning",
    ),
    _not_before(
        "customer_account",
        "first_order_after(happened_at)",
        "first_order_at",
        "happened_at",
        "Accounts younger than their first order: repair how accounts of files and orders are merged.",
    ),
    _not_before(
        "ticket",
        "reply_after(happened_at)",
        "first_reply_at",
        "happened_at",
        "Tickets answered before they were opened: reply times would be too short; check the columns of the export.",
    ),
    _not_before(
        "ticket",
        "settled_after(happened_at)",
        "resolved_at",
        "happened_at",
        "Tickets settled before they were opened: check the columns of the export.",
    ),
    *(
        _mostly_exists(table, "account_key", "customer_account")
        for table in ("consent", "review", "ticket", "contact_event", "referral", "customer_attribute")
    ),
    _mostly_exists("review", "product_key", "product"),
    _mostly_exists("ticket", "order_key", "purchase_order"),
    _told_in_own_currency("purchase_order", "customer_paid"),
    _told_in_own_currency("refund", "amount"),
    # Lines have the instants of their orders, and a cost may be known before it holds.
    *(_known_after(table) for table in ("customer_account", "purchase_order", "refund", "consent", "review", "ticket")),
    *(_known_after(table) for table in ("contact_event", "referral", "customer_attribute")),
    *(_one_currency(table) for table in ("purchase_order", "order_line", "refund", "product_cost")),
    *(_date_near_instant(table) for table in staged.TABLES if "happened_date" in table.column_names),
)
