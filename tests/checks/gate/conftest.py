"""A shop so small that every row can be read, whose staged tables contradict nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from checks.gate import between_tables
from checks.gate.check import Check
from checks.gate.run import row_checks
from checks.gate.suites import FILES, structure_check
from transforms.contracts import staged

Tables = dict[str, pl.DataFrame]
Write = Callable[..., dict[str, list[str]]]

KNOWN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
# 23:30 UTC is the next day in Shanghai: a date one off its instant is right.
EVENING = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
PERSONAL = {"customer_name": "Wilhelmine Xylander", "email": "wilhelmine@xylander.example", "phone": "+491701234567"}


@pytest.fixture
def tables() -> Tables:
    """Two orders of three lines, two refunds, two products, two accounts, two consents; one of what else is told.

    No line waits, since one that does fails a check by being there.

    The last line costs nothing and the last refund has no order, so that a test may spoil a last row without spoiling
    any sum.
    """
    when = {"happened_at": NOON, "happened_date": date(2026, 3, 4), "known_at": KNOWN}
    late = {"happened_at": EVENING, "happened_date": date(2026, 3, 5), "known_at": KNOWN}
    order = {"store_id": "s1", "currency": "CNY", "original_currency": "CNY", "discount": 0, "units": 2}
    order |= {"deductions": 0}
    line = {"currency": "CNY", "discount": 0, "quantity": 1, "is_goods": True}
    product = {"store_id": "s1", "product_name": "Tea", "is_goods": True, "happened_at": NOON, "known_at": KNOWN}
    account = {"store_id": "s1", "happened_at": NOON, "known_at": KNOWN, "first_order_at": NOON, **PERSONAL}
    consent = {"channel": "email", "purpose": "marketing", "consent_state": "granted"}
    rows: dict[str, list[dict[str, object]]] = {
        "account_name": [
            {"account_key": "s1/a", "buyer_name": "wilhelmine xylander", "orders": 1},
            {"account_key": "s1/b", "buyer_name": "wilhelmine xylander", "recipient_name": "x", "orders": 1},
        ],
        "purchase_order": [
            order
            | when
            | {"order_key": "s1/1", "order_id": "1", "account_key": "s1/a", "line_count": 1}
            | {"customer_paid": 50_000, "deductions": 0, "original_amount": 50_000},
            order
            | late
            | {"order_key": "s1/2", "order_id": "2", "account_key": None, "line_count": 2}
            | {"customer_paid": 120_000, "deductions": 0, "original_amount": 120_000},
        ],
        "order_line": [
            line
            | when
            | {"order_key": "s1/1", "line_index": 1, "account_key": "s1/a", "product_key": "s1/p"}
            | {"unit_price": 50_000, "amount": 50_000},
            line
            | late
            | {"order_key": "s1/2", "line_index": 1, "product_key": "s1/p"}
            | {"unit_price": 120_000, "amount": 120_000},
            line | late | {"order_key": "s1/2", "line_index": 2, "product_key": "s1/q", "unit_price": 0, "amount": 0},
        ],
        "refund": [
            line
            | when
            | {"refund_key": "s1/r/1", "order_key": "s1/1", "product_key": "s1/p"}
            | {"amount": 50_000, "original_amount": 50_000, "original_currency": "CNY"},
            line
            | when
            | {"refund_key": "s1/r/2", "order_key": None, "product_key": "s1/p"}
            | {"amount": 10_000, "original_amount": 10_000, "original_currency": "CNY"},
        ],
        "product": [
            product | {"product_key": "s1/p", "product_id": "p"},
            product | {"product_key": "s1/q", "product_id": "q"},
        ],
        "customer_account": [account | {"account_key": "s1/a"}, account | {"account_key": "s1/b"}],
        "consent": [
            consent | when | {"account_key": "s1/a", "evidence": "signed by Wilhelmine Xylander"},
            consent | when | {"account_key": "s1/b"},
        ],
        "review": [when | {"review_key": "s1/1", "account_key": "s1/a", "product_key": "s1/p", "rating": 5}],
        "ticket": [
            when
            | {"ticket_key": "s1/1", "account_key": "s1/a", "order_key": "s1/1", "channel": "chat"}
            | {"ticket_type": "complaint", "reopened_count": 0}
        ],
        "contact_event": [
            when
            | {"event_key": "s1/1", "account_key": "s1/a", "channel": "sms", "event_type": "sent", "arm": "treated"}
        ],
        "referral": [when | {"referral_key": "s1/1", "referrer_account_key": "s1/a", "account_key": "s1/b"}],
        "product_cost": [when | {"product_key": "s1/p", "unit_cost": 20_000, "currency": "CNY"}],
        "customer_attribute": [
            when | {"account_key": "s1/a", "attribute": "birthday", "attribute_value": "1988-05-04", "source": "form"}
        ],
        "waiting_line": [],
    }
    return {
        table.name: pl.DataFrame(
            [{name: row.get(name) for name in table.column_names} for row in rows[table.name]],
            schema=table.polars_schema,
        )
        for table in staged.TABLES
    }


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes tables as Parquet, dealt out row by row over `shards` files each; returns their paths by table."""

    def write(tables: Tables, shards: int = 1) -> dict[str, list[str]]:
        paths: dict[str, list[str]] = {}
        for name, frame in tables.items():
            paths[name] = []
            for shard in range(shards):
                path = tmp_path / name / f"shard={shard:02}" / "part.parquet"
                path.parent.mkdir(parents=True)
                frame.gather_every(shards, shard).write_parquet(path)
                paths[name].append(str(path))
        return paths

    return write


def may_answer_otherwise(check: Check, tables: Tables, before: Tables) -> bool:
    """Whether a table the check reads is another than before, and not only in columns it does not look at."""
    changed = {name for name in tables if tables[name] is not before[name]}
    frame, other = tables[check.table], before[check.table]
    arguments = check.arguments
    columns = {arguments["column"]} if "column" in arguments else set(arguments.get("column_list", ()))
    if columns and frame.height == other.height:
        return any(not frame[name].equals(other[name]) for name in columns)
    return bool(changed & {check.table, *check.reads})


@pytest.fixture
def failed_of(write: Write, tmp_path: Path) -> Callable[..., dict[tuple[str, str], int | None]]:
    """Asks every check that may answer otherwise than for `before`; those that fail, with their rows.

    Asking all of them would take a second a fault.
    """

    def failed_of(tables: Tables, before: Tables) -> dict[tuple[str, str], int | None]:
        from checks.gate.duckdb_source import derive, open_source  # noqa: PLC0415
        from checks.gate.evaluate import evaluate  # noqa: PLC0415

        failed = {}
        with open_source(write(tables), tmp_path) as source:
            for derived in between_tables.DERIVED:
                derive(source, derived)
            for table in staged.TABLES:
                asked = [check for check in row_checks(table) if may_answer_otherwise(check, tables, before)]
                for row in evaluate(source, table.name, asked):
                    if not row["is_passed"]:
                        failed[row["table_name"], row["check_name"]] = row["rows_failed"]
        return failed

    return failed_of


@pytest.fixture
def misshapen_of(tmp_path: Path) -> Callable[[dict[str, list[str]]], dict[str, int]]:
    """Asks only whether the files of every table match their contract; how many do not, by table."""

    def misshapen_of(paths: dict[str, list[str]]) -> dict[str, int]:
        from checks.gate.duckdb_source import open_source  # noqa: PLC0415
        from checks.gate.evaluate import evaluate  # noqa: PLC0415

        with open_source(paths, tmp_path) as source:
            rows = evaluate(source, FILES, [structure_check(table) for table in staged.TABLES])
        return {row["table_name"]: row["rows_failed"] for row in rows if not row["is_passed"]}

    return misshapen_of
