"""A suggested column map: by names, by cells, and what neither tells."""

import polars as pl
import pytest

from transforms.contracts.table import Column, Type
from transforms.platforms.shipped import LAYOUTS
from transforms.reading.content import contents, fit, has_data
from transforms.reading.header_words import aliases, likeness
from transforms.reading.layout import KINDS
from transforms.reading.suggest import CORE, Suggestion, needed, suggest


def suggested(header: str, *rows: str) -> Suggestion:
    names = header.split(",")
    cells = [row.split(",") for row in rows]
    frame = pl.DataFrame(
        {f"cell_{place}": [row[place] or None for row in cells] for place in range(len(names))},
        schema=dict.fromkeys((f"cell_{place}" for place in range(len(names))), pl.String),
    )
    return suggest(names, frame, "UTC", LAYOUTS)


def mapped(suggestion: Suggestion) -> dict[str, str]:
    return {guess.column: guess.header for guess in suggestion.guesses}


ROWS = (
    "17,2026-03-01 10:00:00,A7,2,2.50",
    "17,2026-03-01 10:00:00,B8,1,1.25",
    "18,2026-03-02 10:00:00,A7,12,2.50",
)


def test_names_that_are_spelt_otherwise_are_known() -> None:
    found = suggested("Invoice-No.,orderDate,SKU,Qty,Price each", *ROWS)
    assert found.kind == "order_line"
    assert mapped(found) == {
        "order_id": "Invoice-No.",
        "happened_at": "orderDate",
        "product_id": "SKU",
        "quantity": "Qty",
        "unit_price": "Price each",
    }
    assert {guess.word for guess in found.guesses} == {"sure"}
    assert found.missing == []


def test_cells_that_cannot_be_read_make_a_name_worthless() -> None:
    rows = [row.replace("2026-03-0", "the 0") for row in ROWS]
    found = suggested("Invoice-No.,orderDate,SKU,Qty,Price each", *rows)
    assert found.missing == ["happened_at"]
    assert [(guess.column, guess.header) for guess in found.unreadable] == [("happened_at", "orderDate")]


def test_cells_tell_where_names_do_not() -> None:
    found = suggested("a,b,SKU,Qty,e", *ROWS)
    told = {guess.column: (guess.header, guess.word) for guess in found.guesses}
    assert told["happened_at"] == ("b", "unsure")
    assert told["unit_price"] == ("e", "unsure")
    assert found.missing == ["order_id"]


def test_of_two_numbers_the_one_that_repeats_names_the_order() -> None:
    rows = [f"{place},{row}" for place, row in enumerate(ROWS)]
    assert mapped(suggested("Order,Order,orderDate,SKU,Qty,Price", *rows))["order_id"] == "Order"
    found = suggested("Transaction ID,Invoice number,orderDate,SKU,Qty,Price", *rows)
    assert mapped(found)["order_id"] == "Invoice number"


def test_without_rows_no_name_is_more_than_sure_enough() -> None:
    found = suggested("订单编号,标题,价格,购买数量,商家编码")
    assert mapped(found)["quantity"] == "购买数量"
    assert max(guess.sureness for guess in found.guesses) <= 0.85
    assert all(guess.readable is None for guess in found.guesses)


def test_an_address_names_the_customer_where_nothing_else_does() -> None:
    found = suggested("E-Mail,Full name,Joined", "a@x.example,Ann,2026-01-01", "b@x.example,Ben,2026-01-02")
    assert found.kind == "customer_account"
    assert mapped(found) == {
        "account_id": "E-Mail", "happened_at": "Joined", "customer_name": "Full name", "email": "E-Mail",
    }  # fmt: skip


def test_words_of_another_vocabulary_are_not_taken_for_ours() -> None:
    header = "order_id,order_date,status,total"
    ours = suggested(header, "1,2026-03-01,paid,2.50", "2,2026-03-01,refunded,3.50")
    assert mapped(ours)["order_state"] == "status"
    theirs = suggested(header, "1,2026-03-01,wc-done,2.50", "2,2026-03-01,wc-new,3.50")
    assert theirs.missing == ["order_state"]


@pytest.mark.parametrize(
    ("header", "other", "more"),
    [("order_id", "seller_id", 0), ("CustomerID", "customer id", 1), ("amazon-order-id", "buyer-id", 0.6)],
)
def test_likeness_of_names(header: str, other: str, more: float) -> None:
    like = likeness(header, aliases("order_line", "order_id", LAYOUTS))
    if header == "CustomerID":
        assert likeness(header, [other]) == more
    else:
        assert like > max(more, likeness(other, aliases("order_line", "order_id", LAYOUTS)))


def test_every_kind_can_be_told_and_its_core_is_in_its_contract() -> None:
    assert CORE.keys() == KINDS.keys()
    for kind, core in CORE.items():
        assert set(core) <= set(KINDS[kind].column_names)
        header = ",".join(needed(kind) + [name for name in core if name not in needed(kind)])
        assert suggested(header).kind == kind, header


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        (["2026-03-01", "yesterday"], Column("happened_at", Type.INSTANT, ""), 0.5),
        (["1.50", "-", "x"], Column("unit_price", Type.MONEY, ""), 0.5),
        (["a@b.example", None], Column("email", Type.TEXT, ""), 1),
        (["email", "sms"], Column("channel", Type.TEXT, "", values=("email", "fax")), 0.5),
    ],
)
def test_shares_are_of_cells_that_say_something(cells: list[str | None], column: Column, expected: float) -> None:
    [content] = contents(pl.DataFrame({"cell_0": cells}), "UTC")
    assert content is not None
    assert fit(column, content, is_unique=False) == pytest.approx(expected)


def test_a_blank_column_tells_nothing() -> None:
    assert contents(pl.DataFrame({"a": ["-", ""], "b": [None, None]}), "UTC") == [None, None]


@pytest.mark.parametrize(
    ("line", "expected"),
    [("00004,0001,19970101,2,29.33", True), ("1,a@x.example,x", True), ("order,2026-03-01,x", True), ("id,a,b", False)],
)
def test_a_first_line_of_data_is_no_header(line: str, expected: bool) -> None:
    assert has_data(line.split(",")) is expected


@pytest.mark.parametrize(
    "cell",
    [
        "1001",
        "#1001",
        "01.03.2026",
        "3/1/26 10:00",
        "2026年3月1日",
        "1. März 2026",
        "March 1, 2026",
        "12,50 €",
        "৳2,999",
    ],
)
def test_what_looks_like_a_date_an_amount_or_a_long_number_is_no_header(cell: str) -> None:
    assert has_data(("Anna Schmidt", "Berlin", "VIP", cell))


def test_headers_may_hold_figures() -> None:
    assert not has_data(
        ("Order No. 2", "Street 1", "价格(元)", "Top 10", "Price (€)", "SKU-2", "1st order", "Line 1/2")
    )
