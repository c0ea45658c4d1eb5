"""Row rules: each catches its fault, names the first in contract order and lets good rows pass."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.row_rules import hints, rules_for, with_first_broken_rule
from transforms.contracts import rows
from transforms.contracts.table import POLARS_TYPES, Table
from transforms.platforms.shipped import LAYOUTS
from transforms.reading.corrections import IS_DROPPED
from transforms.reading.layout import Layout
from transforms.reading.order_facts import IS_CONTRADICTORY

GOOD: dict[str, object] = {
    "store_id": "web",
    "order_id": "1",
    "happened_at": datetime(2026, 3, 1, tzinfo=UTC),
    "account_id": "7",
    "product_id": "P",
    "quantity": 2,
    "unit_price": 25_000,
    "discount": 50_000,
    "original_currency": "EUR",
    "is_refund": False,
    "is_goods": True,
}
MAPPED = {"order_id", "happened_at", "account_id", "product_id", "quantity", "unit_price", "discount"}
MAPPED_WITH_CURRENCY = {*MAPPED, "original_currency"}
UNREAD = object()
"""Something stands in the cell, and no value could be made of it."""


def judged(
    table: Table,
    mapped: set[str],
    good: dict[str, object],
    *,
    may_be_blank: tuple[str, ...] = (),
    **changes: object,
) -> tuple[str | None, int]:
    """First broken rule and number of broken rules of the good row with `changes`."""
    row = {**good, **changes}
    values = {name: None if cell is UNREAD else cell for name, cell in row.items()}
    texts = {f"text_{name}": None if row.get(name) is None else "text" for name in mapped}
    frame = pl.LazyFrame([{**values, **texts}], schema={**table.polars_schema, **dict.fromkeys(texts, pl.String)})
    layout = Layout("own", table.name, {name: name for name in mapped}, (), may_be_blank=may_be_blank)
    found = with_first_broken_rule(frame, rules_for(layout, mapped, "EUR")).collect()
    return found["rule"].item(), found["rules_broken"].item()


@pytest.mark.parametrize(
    "fine",
    [
        {},
        {"quantity": 0, "discount": 0},
        {"unit_price": 0, "discount": 0},
        {"account_id": None, "discount": None, "original_currency": None},
        {"original_currency": "USD"},
        {"is_refund": True},
        {"quantity": 1, "unit_price": 10**16},
        {"happened_at": datetime(1999, 12, 31, tzinfo=UTC)},
        {"product_id": "12E4"},
    ],
)
def test_good_rows_break_nothing(fine: dict[str, object]) -> None:
    assert judged(rows.ORDER_LINE, MAPPED_WITH_CURRENCY, GOOD, **fine) == (None, 0)


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"order_id": None}, "order_id_missing"),
        ({"happened_at": None}, "happened_at_missing"),
        ({"happened_at": UNREAD}, "happened_at_unreadable"),
        ({"product_id": None}, "product_id_missing"),
        ({"quantity": None}, "quantity_missing"),
        ({"quantity": UNREAD}, "quantity_unreadable"),
        ({"unit_price": None}, "unit_price_missing"),
        ({"unit_price": UNREAD}, "unit_price_unreadable"),
        ({"discount": UNREAD}, "discount_unreadable"),
        ({"unit_price": -1, "discount": None}, "price_negative"),
        ({"quantity": -1, "discount": None}, "quantity_negative"),
        ({"quantity": -1, "discount": None, "is_refund": True}, "refund_quantity_not_negative"),
        ({"discount": 50_001}, "discount_above_price"),
        ({"discount": -1}, "discount_negative"),
        # Their product does not fit into 64 bits.
        ({"quantity": 10**11, "unit_price": 10**16 - 1, "discount": None}, "amount_too_large"),
        ({"original_currency": "US$"}, "original_currency_unreadable"),
        ({"original_currency": "EURO"}, "original_currency_unreadable"),
        ({"order_id": "1.23E+18"}, "order_id_rounded"),
        ({"account_id": "4e+15"}, "account_id_rounded"),
    ],
)
def test_each_fault_breaks_its_rule_alone(fault: dict[str, object], rule: str) -> None:
    assert judged(rows.ORDER_LINE, MAPPED_WITH_CURRENCY, GOOD, **fault) == (rule, 1)


def test_of_several_faults_the_first_in_contract_order_is_named_and_all_are_counted() -> None:
    found = judged(rows.ORDER_LINE, MAPPED, GOOD, unit_price=None, order_id=None, quantity=-2, discount=None)
    assert found == ("order_id_missing", 3)


def test_columns_the_file_does_not_have_are_not_missed() -> None:
    assert judged(rows.ORDER_LINE, MAPPED - {"discount", "account_id"}, GOOD, discount=None) == (None, 0)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"channel": "fax"}, "channel_unknown"),
        ({"purpose": "ads"}, "purpose_unknown"),
        ({"consent_state": "perhaps"}, "consent_state_unknown"),
        ({"consent_state": None}, "consent_state_missing"),
        ({"account_id": None}, "account_id_missing"),
        ({"happened_at": None}, "happened_at_missing"),
        ({"evidence": None}, None),
    ],
)
def test_consents_need_an_account_an_instant_and_known_words(change: dict[str, object], rule: str | None) -> None:
    good = {
        "account_id": "7",
        "happened_at": datetime(2026, 3, 1, tzinfo=UTC),
        "channel": "email",
        "purpose": "marketing",
        "consent_state": "granted",
        "evidence": "form",
    }
    assert judged(rows.CONSENT, set(good), good, **change) == (rule, int(rule is not None))


def test_an_account_may_tell_nothing_but_its_number() -> None:
    mapped = {"account_id", "happened_at", "email", "is_business"}
    assert judged(rows.CUSTOMER_ACCOUNT, mapped, {"account_id": "7", "happened_at": None}) == (None, 0)
    found = judged(rows.CUSTOMER_ACCOUNT, mapped, {"account_id": "7", "is_business": UNREAD})
    assert found == ("is_business_unreadable", 1)


ORDER: dict[str, object] = {
    "order_id": "1",
    "happened_at": datetime(2026, 3, 1, tzinfo=UTC),
    "order_state": "paid",
    "customer_paid": 10_000,
    "refunded_amount": 0,
}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({}, None),
        ({"refunded_amount": None}, None),
        ({"order_state": "unpaid", "customer_paid": 0}, None),
        ({"customer_paid": None}, "customer_paid_missing"),
        ({"customer_paid": -1}, "customer_paid_impossible"),
        ({"customer_paid": 10**16 + 1}, "customer_paid_impossible"),
        ({"refunded_amount": -1}, "refunded_amount_impossible"),
        ({"refunded_amount": UNREAD}, "refunded_amount_unreadable"),
        ({"order_state": "bartered"}, "order_state_unknown"),
        ({"order_state": None}, "order_state_missing"),
        ({"happened_at": None}, "happened_at_missing"),
    ],
)
def test_orders_need_an_instant_a_known_state_and_what_was_paid(change: dict[str, object], rule: str | None) -> None:
    assert judged(rows.PURCHASE_ORDER, set(ORDER), ORDER, **change) == (rule, int(rule is not None))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"customer_paid": None}, "customer_paid_missing"),
        ({"customer_paid": None, "order_state": "refunded"}, "customer_paid_missing"),
        ({"customer_paid": None, "order_state": "unpaid"}, None),
        ({"customer_paid": UNREAD}, "customer_paid_unreadable"),
    ],
)
def test_only_an_order_that_was_paid_must_say_what(change: dict[str, object], rule: str | None) -> None:
    may_be_blank = ("customer_paid",)
    found = judged(rows.PURCHASE_ORDER, set(ORDER), ORDER, may_be_blank=may_be_blank, **change)
    assert found == (rule, int(rule is not None))


@pytest.mark.parametrize("tells", ["line_price", "line_paid", "line_state"])
def test_a_price_that_is_made_of_other_cells_may_be_blank_itself(tells: str) -> None:
    mapped = {*MAPPED, tells}
    told = {**GOOD, tells: 1 if tells != "line_state" else "cancelled"}
    layout = Layout("own", "order_line", {name: name for name in mapped}, ())
    texts = {f"text_{name}": None if name == "unit_price" else "text" for name in mapped}
    frame = pl.LazyFrame(
        [{**told, **texts, "unit_price": price} for price in (50_000, None)],
        schema={**rows.ORDER_LINE.polars_schema, **dict.fromkeys(texts, pl.String)},
    )
    found = with_first_broken_rule(frame, rules_for(layout, mapped, "EUR")).collect()
    assert found["rule"].to_list() == [None, "line_price_missing"]


@pytest.mark.parametrize(("rating", "rule"), [(1, None), (5, None), (0, "rating_impossible"), (6, "rating_impossible")])
def test_a_value_lies_within_the_limits_of_its_column(rating: int, rule: str | None) -> None:
    mapped = {"rating"}
    assert judged(rows.REVIEW, mapped, {"rating": rating}) == (rule, int(rule is not None))


def test_an_account_whose_number_the_platform_hides_is_no_error_where_the_layout_says_so() -> None:
    hidden = {"account_id": None, "phone": "1"}
    assert judged(rows.CUSTOMER_ACCOUNT, set(hidden), hidden, may_be_blank=("account_id",)) == (None, 0)
    assert judged(rows.CUSTOMER_ACCOUNT, set(hidden), hidden) == ("account_id_missing", 1)


def test_every_rule_says_how_to_repair_the_source() -> None:
    for table in rows.TABLES:
        rules = rules_for(Layout("own", table.name, {}, ()), set(table.column_names), "EUR")
        told = hints(rules)
        assert len(told) == len(rules), "two rules share a name"
        assert all(hint.endswith(".") and "text_" not in hint for hint in told.values())


CELLS = st.sampled_from(
    [None, UNREAD, -1, 0, 1, 10**16 + 1, "1.2E+18", "paid", "fax", "x", datetime(2026, 3, 1, tzinfo=UTC)]
)
LAYOUTS_OF_ALL_KINDS = [
    *(
        within
        for whole in LAYOUTS
        for layout in (whole, *whole.instead)
        for within in (layout, *layout.also)
        if within.columns
    ),
    *(
        Layout(f"own_{table.name}", table.name, {name: name for name in table.column_names}, ())
        for table in rows.TABLES
    ),
]


@given(st.sampled_from(LAYOUTS_OF_ALL_KINDS), st.data())
def test_a_row_is_named_for_its_first_broken_rule_and_counted_for_each(layout: Layout, data: st.DataObject) -> None:
    """Whatever stands in the cells of whatever layout: as if each rule had been asked alone."""
    columns = {column.name: column for table in layout.tables for column in table.columns}
    mapped = set(layout.columns)
    schema = {name: POLARS_TYPES[column.type] for name, column in columns.items()}
    cells = {name: data.draw(CELLS, label=name) for name in mapped}
    values = {name: _as(schema[name], cell) for name, cell in cells.items()}
    flags = {"is_refund": data.draw(st.booleans()), IS_CONTRADICTORY: data.draw(st.booleans()), IS_DROPPED: False}
    texts = {f"text_{name}": None if cell is None else "text" for name, cell in cells.items()}
    types = {**schema, **dict.fromkeys(texts, pl.String()), **dict.fromkeys(flags, pl.Boolean())}
    frame = pl.LazyFrame([{**values, **texts, **flags}], schema=types)
    rules = rules_for(layout, mapped, "EUR")
    broken = [rule.name for rule in rules if frame.select(rule.broken.alias("broken")).collect().item()]
    found = with_first_broken_rule(frame, rules).select("rule", "rules_broken").collect().row(0)
    assert found == (broken[0] if broken else None, len(broken))


def _as(dtype: pl.DataType, cell: object) -> object:
    """The value if it is one of the type; else nothing could be made of the cell."""
    wanted = {pl.Int64(): int, pl.String(): str, pl.Boolean(): bool}.get(dtype, datetime)
    return cell if type(cell) is wanted else None
