"""Every expectation fails on a fault of its own, and no other fails with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from checks.gate import run_gate
from checks.gate.check import Check
from checks.gate.run import row_checks
from transforms.contracts import staged
from transforms.contracts.table import Column

pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")

Tables = dict[str, pl.DataFrame]
ROW_CHECKS = [pytest.param(check, id=f"{check.table}-{check.name}") for t in staged.TABLES for check in row_checks(t)]
WAITING, EVERY_ORDER_HAS_COME = "waiting_line", "every_order_has_come"
TABLE_NAMES = [table.name for table in staged.TABLES]

# Other tables point at these: without them a second check would rightly fail.
POINTED_AT = {
    ("purchase_order", "order_key"),
    ("product", "product_key"),
    ("customer_account", "account_key"),
    ("order_line", "order_key"),
}


A_WAITING_LINE = {
    "file_id": "f1",
    "line_number": 2,
    "order_key": "s1/9",
    "known_at": datetime(2026, 3, 5, tzinfo=UTC),
}


def change_last(frame: pl.DataFrame, **values: object) -> pl.DataFrame:
    return pl.concat([frame.head(-1), pl.DataFrame([frame.row(-1, named=True) | values], schema=frame.schema)])


def change_first(frame: pl.DataFrame, **values: object) -> pl.DataFrame:
    return change_last(frame.reverse(), **values).reverse()


def just_before(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return change_last(frame, **{column: frame["happened_at"][-1] - timedelta(microseconds=1)})


def a_day_before(frame: pl.DataFrame) -> dict[str, object]:
    day = timedelta(days=1)
    return {"happened_at": frame["happened_at"][0] - day, "happened_date": frame["happened_date"][0] - day}


def repeat_last(frame: pl.DataFrame, **values: object) -> pl.DataFrame:
    return pl.concat([frame, pl.DataFrame([frame.row(-1, named=True) | values], schema=frame.schema)])


def column_of(check: Check) -> Column:
    return next(t for t in staged.TABLES if t.name == check.table).column(str(check.arguments["column"]))


def plant_null(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    name = column_of(check).name
    plant = repeat_last if (check.table, name) in POINTED_AT else change_last
    return plant(frame, **{name: None})


def plant_twin(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    # A second copy of a line would also change the number of lines.
    return change_last(frame, line_index=1) if check.table == "order_line" else repeat_last(frame)


def plant_unknown_value(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    return change_last(frame, **{column_of(check).name: "planted"})


def plant_out_of_range(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    column = column_of(check)
    assert column.minimum is not None
    too_small = {column.name: int(column.minimum) - 1}
    if column.name == "line_count":
        return repeat_last(frame, order_key="s1/9", customer_paid=0, original_amount=0, **too_small)
    if (check.table, column.name) == ("refund", "amount"):
        return change_last(frame, original_amount=-1, **too_small)
    return change_last(frame, **too_small)


def plant_wrong_date(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    return change_last(frame, happened_date=frame["happened_date"][-1] + timedelta(days=2))


def plant_foreign_currency(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    return change_last(frame, currency="EUR")


def plant_known_too_early(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    return just_before(frame, "known_at")


def plant_strangers(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    """One row that names what is known and two that do not: more than half."""
    key = check.name.partition("(")[2].removesuffix(")")
    own_key = next(table for table in staged.TABLES if table.name == check.table).key[0]
    strangers = [change_last(frame.tail(1), **{own_key: f"s1/{number}", key: f"s1/x{number}"}) for number in (8, 9)]
    return pl.concat([frame.head(1), *strangers])


MADE: dict[str, Callable[[pl.DataFrame, Check], pl.DataFrame]] = {
    "not_null": plant_null,
    "unique": plant_twin,
    "values": plant_unknown_value,
    "range": plant_out_of_range,
    "date_near_instant": plant_wrong_date,
    "one_currency": plant_foreign_currency,
    "known_after": plant_known_too_early,
    "mostly_exists_in_customer_account": plant_strangers,
    "mostly_exists_in_product": plant_strangers,
    "mostly_exists_in_purchase_order": plant_strangers,
}

WRITTEN: dict[tuple[str, str], Callable[[pl.DataFrame], pl.DataFrame]] = {
    ("purchase_order", "at_least_one_row"): pl.DataFrame.clear,
    ("purchase_order", "lines_add_up(customer_paid)"): lambda frame: change_last(
        frame, customer_paid=120_001, original_amount=120_001
    ),
    ("purchase_order", "lines_are_all_there(line_count)"): lambda frame: change_last(frame, line_count=3),
    ("purchase_order", "exists_in_customer_account(account_key)"): lambda frame: change_last(frame, account_key="s1/x"),
    ("order_line", "exists_in_purchase_order(order_key)"): lambda frame: repeat_last(frame, order_key="s1/x"),
    ("order_line", "exists_in_product(product_key)"): lambda frame: change_last(frame, product_key="s1/x"),
    ("order_line", "price_times_pieces(amount)"): lambda frame: change_last(frame, unit_price=4),
    ("refund", "exists_in_purchase_order(order_key)"): lambda frame: change_last(frame, order_key="s1/x"),
    ("refund", "exists_in_customer_account(account_key)"): lambda frame: change_last(frame, account_key="s1/x"),
    ("refund", "exists_in_product(product_key)"): lambda frame: change_last(frame, product_key="s1/x"),
    ("refund", "not_before_order(happened_date)"): lambda frame: change_first(frame, **a_day_before(frame)),
    ("customer_account", "first_order_after(happened_at)"): lambda frame: just_before(frame, "first_order_at"),
    ("ticket", "reply_after(happened_at)"): lambda frame: just_before(frame, "first_reply_at"),
    ("ticket", "settled_after(happened_at)"): lambda frame: just_before(frame, "resolved_at"),
    ("purchase_order", "as_told(customer_paid)"): lambda frame: change_last(frame, original_amount=119_999),
    ("refund", "as_told(amount)"): lambda frame: change_last(frame, original_amount=9_999),
    (WAITING, EVERY_ORDER_HAS_COME): lambda frame: frame,
}


def plant(tables: Tables, check: Check) -> Tables:
    """The tables with the one fault `check` is there for."""
    if check.name == "refunds_within(customer_paid)":
        return tables | {"refund": change_last(tables["refund"], order_key="s1/1", amount=1, original_amount=1)}
    if check.name == "at_least_one_row":
        # Nothing else may be left that wants an order.
        return tables | {name: tables[name].clear() for name in ("purchase_order", "order_line", "refund", "ticket")}
    frame = tables[check.table]
    if check.table == WAITING:
        frame = pl.DataFrame([A_WAITING_LINE], schema=frame.schema)
    written = WRITTEN.get((check.table, check.name))
    spoiled = written(frame) if written else MADE[check.name.partition("(")[0]](frame, check)
    return tables | {check.table: spoiled}


@pytest.mark.parametrize("check", ROW_CHECKS)
def test_row_check_fails_on_its_own_fault_alone(check, tables, write, failed_of):
    planted = plant(tables, check)
    expected = {(check.table, check.name): rows_planted(check)}
    if check.table == WAITING:
        # A line that waits fails this check by being there.
        expected[WAITING, EVERY_ORDER_HAS_COME] = planted[WAITING].height
    assert failed_of(planted, before=tables) == expected


def test_ranges_end_above_too(tables, write, failed_of):
    spoilt = tables | {"review": change_last(tables["review"], rating=6)}
    assert failed_of(spoilt, before=tables) == {("review", "range(rating)"): 1}


def rows_planted(check: Check) -> int | None:
    """Rows the check should count: twins fail both, and a count of rows fails none."""
    if check.name == "at_least_one_row":
        return None
    return 2 if check.name.startswith(("unique", "mostly")) else 1


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_structure_fails_on_its_own_fault_alone(name, tables, write, misshapen_of):
    assert misshapen_of(write(tables | {name: tables[name].with_columns(extra=1)})) == {name: 1}


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda frame: frame.drop("known_at"), id="one column less"),
        pytest.param(lambda frame: frame.select(reversed(frame.columns)), id="another order"),
        pytest.param(
            lambda frame: frame.with_columns(pl.col("known_at").dt.replace_time_zone(None)), id="no time zone"
        ),
        pytest.param(lambda frame: frame.with_columns(pl.col("amount").cast(pl.Float64)), id="money as float"),
    ],
)
def test_structure_is_names_order_and_types(spoil, tables, write, misshapen_of):
    assert misshapen_of(write(tables | {"order_line": spoil(tables["order_line"])})) == {"order_line": 1}


def test_structure_sees_one_shard_that_differs_from_the_others(tables, write, misshapen_of):
    paths = write(tables, shards=3)
    tables["refund"].drop("known_at").write_parquet(paths["refund"][2])
    assert misshapen_of(paths) == {"refund": 1}


def test_what_reads_a_misshapen_table_is_not_asked(tables, write):
    result = run_gate(write(tables | {"order_line": tables["order_line"].drop("amount")}))
    assert result.filter(table_name="order_line")["check_name"].to_list() == ["columns_match_contract"]
    assert result.filter(~pl.col("is_passed")).height == 1
    asked_of_orders = set(result.filter(table_name="purchase_order")["check_name"])
    assert "lines_add_up(customer_paid)" not in asked_of_orders
    assert "exists_in_customer_account(account_key)" in asked_of_orders


@pytest.mark.parametrize(("indexes", "twins"), [(range(1, 71), 0), ([*range(1, 70), 69], 2), ([1, 1, 1, 64], 3)])
def test_twins_are_found_beyond_the_bits_that_tell_most_orders_apart(indexes, twins, tables, failed_of):
    free = tables["order_line"].tail(1)
    lines = pl.concat([change_last(free, line_index=index) for index in indexes])
    orders = change_last(tables["purchase_order"], line_count=lines.height, customer_paid=0, original_amount=0)
    planted = tables | {"order_line": pl.concat([tables["order_line"].head(1), lines]), "purchase_order": orders}
    found = failed_of(planted, before=tables)
    assert found == ({("order_line", "unique(order_key, line_index)"): twins} if twins else {})


def test_half_of_the_rows_may_name_what_nobody_knows(tables, failed_of):
    half = repeat_last(tables["review"], review_key="s1/9", account_key="s1/x", product_key="s1/x")
    assert failed_of(tables | {"review": half}, before=tables) == {}


def test_converted_prices_may_be_rounded(tables, failed_of):
    """A dollar price of 0.0001 at 7.4 yuan a dollar: 1,000 pieces are 0.74 yuan, and the price alone is 0.0007."""
    line = change_last(tables["order_line"], quantity=1_000, unit_price=7, amount=7_400)
    orders = change_last(tables["purchase_order"], customer_paid=127_400, original_currency="USD")
    assert failed_of(tables | {"order_line": line, "purchase_order": orders}, before=tables) == {}
