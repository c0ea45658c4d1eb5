"""What must hold between the staged tables. Written by hand, as SQL of DuckDB.

A query returns one row for every row of the table, called `mine` in it, that contradicts. It selects the constant 1, so
that no value can leave the database, and passes over nulls, which the suites made from the contracts report.
"""

from checks.gate.check import SQL_EXPECTATION, Check, Severity
from transforms.contracts import staged
from transforms.contracts.table import Table

HOUR_US = 3600 * 10**6
AT_LEAST_ONE_ROW = "at_least_one_row"
"""The one check that a table without rows does not pass."""


def _sql(  # noqa: PLR0913
    table: str, name: str, query: str, meaning: str, *, reads: tuple[str, ...] = (), severity: Severity = "critical"
) -> Check:
    # Great Expectations gives {batch} an alias of its own, but not where it sees a JOIN.
    arguments = {"unexpected_rows_query": "WITH mine AS (SELECT * FROM {batch})" + query}  # noqa: S608
    return Check(table, name, SQL_EXPECTATION, arguments, meaning, severity, reads)


def _exists(table: str, key: str, other: str, meaning: str, severity: Severity = "critical") -> Check:
    query = f"""
        SELECT 1 FROM mine
        WHERE mine.{key} IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM {other} AS other WHERE other.{key} = mine.{key})
    """  # noqa: S608
    return _sql(table, f"exists_in_{other}({key})", query, meaning, reads=(other,), severity=severity)


def _one_currency(table: str) -> Check:
    query = """
        SELECT 1 FROM mine
        WHERE mine.currency <> (
            SELECT currency FROM purchase_order WHERE currency IS NOT NULL
            GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1
        )
    """
    meaning = "Rows not in the currency of most orders: amounts would be added up across currencies; repair conversion."
    return _sql(table, "one_currency(currency)", query, meaning, reads=("purchase_order",))


def _date_near_instant(table: Table) -> Check:
    # No place is more than 14 hours from UTC. In microseconds: with instants it takes ten times as long.
    query = f"""
        SELECT 1 FROM mine
        WHERE epoch_us(mine.happened_at) - {24 * HOUR_US} * (mine.happened_date - DATE '1970-01-01')
            NOT BETWEEN {-14 * HOUR_US} AND {38 * HOUR_US - 1}
    """  # noqa: S608
    meaning = "Rows whose shop-local date cannot be that of their instant: check the shop's time zone in the settings."
    return _sql(table.name, "date_near_instant(happened_at, happened_date)", query, meaning)


CHECKS: tuple[Check, ...] = (
    Check(
        "purchase_order",
        AT_LEAST_ONE_ROW,
        "expect_table_row_count_to_be_between",
        {"min_value": 1},
        "No order at all: the exports folder or the layout is wrong, and publishing would empty the mart.",
    ),
    _sql(
        "purchase_order",
        "lines_add_up(customer_paid)",
        """
        SELECT 1 FROM mine
        LEFT JOIN (SELECT order_key, sum(amount) AS amount FROM order_line GROUP BY order_key) AS lines
               ON lines.order_key = mine.order_key
        WHERE mine.order_key IS NOT NULL AND coalesce(lines.amount, 0) <> mine.customer_paid
        """,
        "Orders whose lines do not add up to what was paid: lines are lost, doubled, or wrongly discounted.",
        reads=("order_line",),
    ),
    _sql(
        "purchase_order",
        "lines_are_all_there(line_count)",
        """
        SELECT 1 FROM mine
        LEFT JOIN (SELECT order_key, count(*) AS line_count FROM order_line GROUP BY order_key) AS lines
               ON lines.order_key = mine.order_key
        WHERE mine.order_key IS NOT NULL AND coalesce(lines.line_count, 0) <> mine.line_count
        """,
        "Orders with more or fewer lines than they say: compare the files of both tables, shard by shard.",
        reads=("order_line",),
    ),
    _sql(
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
    _exists(
        "order_line",
        "order_key",
        "purchase_order",
        "Lines without their order: the order was quarantined or cancelled and its lines were not.",
    ),
    _exists(
        "order_line",
        "product_key",
        "product",
        "Lines of articles the product table lacks: repair how it is collected from lines and refunds.",
    ),
    _exists(
        "refund",
        "order_key",
        "purchase_order",
        "Refunds of orders the exports do not hold: usual where the history starts, else an export is missing.",
        severity="warning",
    ),
    _sql(
        "waiting_line",
        "every_order_has_come",
        "SELECT 1 FROM mine",
        "Lines whose order no export tells: usual if the file of orders is older than that of articles; export it too.",
        severity="warning",
    ),
    *(_one_currency(table) for table in ("purchase_order", "order_line", "refund", "product_cost")),
    *(_date_near_instant(table) for table in staged.TABLES if "happened_date" in table.column_names),
)
