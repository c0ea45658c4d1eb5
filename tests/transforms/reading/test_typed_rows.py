"""From text cells to rows of a contract."""

from datetime import UTC, datetime

import polars as pl

from transforms.contracts import rows
from transforms.platforms import generic
from transforms.reading.layout import Layout
from transforms.reading.typed_rows import Source, typed_rows

KNOWN = datetime(2026, 3, 5, tzinfo=UTC)
ORDER = {
    "order_id": "No",
    "happened_at": "Date",
    "product_id": "Code",
    "quantity": "Pieces",
    "unit_price": "Price",
}


def typed(cells: dict[str, list[str | None]], **layout: object) -> pl.DataFrame:
    """Rows read from `cells` (our column -> cells) under an order layout with the given extras."""
    extra = layout.pop("columns", {})
    columns = {**{name: name for name in cells}, **ORDER, **extra}  # type: ignore[dict-item]
    declared = Layout("own", "order_line", columns, tuple(ORDER.values()), **layout)  # type: ignore[arg-type]
    return typed_with(Source(declared, positions_of(declared, cells), "web", "UTC"), cells)


def positions_of(layout: Layout, cells: dict[str, list[str | None]]) -> dict[str, int]:
    return {str(layout.columns.get(name, name)): place for place, name in enumerate(cells)}


def typed_with(source: Source, cells: dict[str, list[str | None]]) -> pl.DataFrame:
    height = len(next(iter(cells.values())))
    columns = {f"cell_{place}": column for place, column in enumerate(cells.values())}
    text = pl.LazyFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        file_id=pl.lit("f"), known_at=pl.lit(KNOWN), line_number=pl.int_range(2, height + 2), cells_hash=pl.lit(0)
    )
    found = typed_rows(text, source).collect()
    source.layout.table.conform(found.lazy()).collect()  # has every column of the contract, castable to its type
    return found


def order_cells(**columns: list[str | None]) -> dict[str, list[str | None]]:
    height = len(next(iter(columns.values())))
    defaults = {"order_id": "1", "happened_at": "2026-03-01", "product_id": "P", "quantity": "1", "unit_price": "2.50"}
    return {**{name: [cell] * height for name, cell in defaults.items()}, **columns}


def test_every_cell_becomes_a_value_of_the_contract() -> None:
    found = typed(
        {
            "order_id": ["536365.0"],
            "happened_at": ["2010-12-01 08:26:00"],
            "product_id": [" 85123A "],
            "quantity": ["6.0"],
            "unit_price": ["2.55"],
            "account_id": ["17850.0"],
            "original_currency": ["gbp"],
            "category": ["N/A"],
        }
    ).row(0, named=True)
    expected = {
        "file_id": "f",
        "line_number": 2,
        "cells_hash": 0,
        "known_at": KNOWN,
        "store_id": "web",
        "order_id": "536365",
        "happened_at": datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        "account_id": "17850",
        "product_id": "85123A",
        "product_name": None,
        "category": None,
        "brand": None,
        "quantity": 6,
        "unit_price": 25_500,
        "discount": None,
        "line_price": None,
        "line_paid": None,
        "line_state": None,
        "line_refunded": None,
        "original_currency": "GBP",
        "region": None,
        "acquired_by": None,
        "is_refund": False,
        "is_goods": True,
        "reason": None,
    }
    assert {name: found[name] for name in rows.ORDER_LINE.column_names} == expected
    assert found["text_order_id"] == "536365.0"
    assert found["text_category"] is None


def test_what_cannot_be_read_is_null_with_its_text_beside_it() -> None:
    found = typed(order_cells(quantity=["six"], unit_price=["2.5O"], happened_at=["soon"]))
    assert found.select("quantity", "unit_price", "happened_at").row(0) == (None, None, None)
    assert found.select("text_quantity", "text_unit_price", "text_happened_at").row(0) == ("six", "2.5O", "soon")


def test_a_row_that_names_no_store_belongs_to_the_files() -> None:
    found = typed(order_cells(store_id=["shop2", "", "-"]))
    assert found["store_id"].to_list() == ["shop2", "web", "web"]


def test_orders_with_the_refund_prefix_are_refunds_and_count_pieces_positive() -> None:
    found = typed(order_cells(order_id=["C1", "1", "c2", None], quantity=["-4", "-4", "3", "3"]), refund_prefix="C")
    assert found["is_refund"].to_list() == [True, False, False, False]
    assert found["quantity"].to_list() == [4, -4, 3, 3]


def test_a_mapped_refund_column_tells_refunds() -> None:
    found = typed(order_cells(is_refund=["yes", "no"], quantity=["-2", "2"]), columns={"is_refund": "Refunded"})
    assert found["is_refund"].to_list() == [True, False]
    assert found["quantity"].to_list() == [2, 2]


def test_a_mapped_goods_column_and_the_list_of_codes_both_tell_what_is_not_goods() -> None:
    cells = order_cells(is_goods=["yes", "no", "yes"], product_id=["TEA", "FEE", "POST"])
    found = typed(cells, columns={"is_goods": "Goods"}, not_goods=("POST",))
    assert found["is_goods"].to_list() == [True, False, False]


def test_codes_that_are_not_goods_match_whole_or_by_beginning_in_any_case() -> None:
    codes = ["POST", "post", "POSTER", "gift_0001_10", "GIFT_0001_", "gift_0002", None]
    found = typed(order_cells(product_id=codes), not_goods=("POST", "gift_0001_*"))
    assert found["is_goods"].to_list() == [False, False, True, False, False, True, True]


def test_account_and_consent_rows_take_their_own_contracts() -> None:
    account = Source(generic.CUSTOMER_ACCOUNTS, {"account_id": 0, "opened_at": 1, "is_business": 2}, "web", "UTC")
    found = typed_with(account, {"account_id": ["7"], "happened_at": ["-"], "is_business": ["是"]})
    assert found.select("account_id", "happened_at", "is_business").row(0) == ("7", None, True)
    consent = Source(generic.CONSENTS, {"account_id": 0, "channel": 1, "consent_state": 2}, "web", "UTC")
    found = typed_with(consent, {"account_id": ["7"], "channel": ["SMS"], "consent_state": ["Granted"]})
    assert found.select("channel", "consent_state", "evidence").row(0) == ("sms", "granted", None)
