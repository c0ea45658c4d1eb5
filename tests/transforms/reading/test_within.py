"""Rows within a row: articles of a list, each with its labels, and rows that are something else."""

import polars as pl
import pytest

from tests.transforms.reading.told import Cells, source, text
from transforms.reading.layout import ANYTHING, NOTHING, Layout, Split
from transforms.reading.typed_rows import typed_rows
from transforms.reading.within import fits, source_of, text_of

LABELS = {"name": r"^\s*name:([^|]*)", "pieces": r"\|pieces:([^|]*)", "price": r"\|price:([^|]*)"}
COLUMNS = {"order_id": "No", "product_id": "name", "quantity": "pieces", "unit_price": "price"}


def listing(*headers: str, between: str = "") -> Layout:
    split = Split(headers, LABELS, between)
    return Layout("lines", "order_line", COLUMNS, (), split=split)  # type: ignore[arg-type]


def articles(lines: Layout, cells: Cells) -> pl.DataFrame:
    main = Layout("main", "purchase_order", {"order_id": "No"}, ("No",), also=(lines,))
    of_main = source(main, tuple(cells))
    apart = text_of(text(cells), lines, tuple(cells))
    return typed_rows(apart.lazy(), source_of(of_main, lines)).collect()


FOUND = ("line_number", "order_id", "product_id", "quantity", "unit_price")


def test_a_cell_with_a_list_is_a_row_for_each_article_in_order() -> None:
    cells: Cells = {
        "No": ["1", "2", "3"],
        "Items": [
            "name:Tea|pieces:2|price:1.50; name:Pot|pieces:1|price:9",
            None,
            "name:Cup|price:4|pieces:1;;  ",
        ],
    }
    found = articles(listing("Items", between=";"), cells)
    assert found.select(FOUND).rows() == [
        (2, "1", "Tea", 2, 15_000),
        (2, "1", "Pot", 1, 90_000),
        (4, "3", "Cup", 1, 40_000),
    ]


def test_each_cell_of_a_numbered_header_is_an_article() -> None:
    cells: Cells = {
        "line_item_1": ["name:Tea|pieces:1|price:1", "name:Pot|pieces:1|price:2"],
        "No": ["1", "2"],
        "Line_Item_2": [None, "name:Cup|pieces:1|price:3"],
        "line_items": ["name:No|pieces:1|price:1", None],
    }
    found = articles(listing("line_item_*"), cells)
    assert found.select("order_id", "product_id").rows() == [("1", "Tea"), ("2", "Pot"), ("2", "Cup")]


def test_several_cells_with_lists_of_which_one_is_blank() -> None:
    cells: Cells = {"No": ["1"], "A1": [None], "A2": ["name:Tea|pieces:1|price:1;name:Pot|pieces:1|price:2"]}
    found = articles(listing("A*", between=";"), cells)
    assert found["product_id"].to_list() == ["Tea", "Pot"]


def test_a_label_that_an_article_lacks_is_blank_and_others_keep_theirs() -> None:
    found = articles(listing("Items"), {"No": ["1"], "Items": ["name:Tea|price:2"]})
    assert found.select("quantity", "text_quantity", "unit_price").row(0) == (None, None, 20_000)


def test_a_label_does_not_read_the_header_of_the_same_name() -> None:
    cells: Cells = {"No": ["1"], "name": ["Ada"], "price": ["99"], "Items": ["name:Tea|pieces:1"]}
    found = articles(listing("Items"), cells)
    assert found.select("product_id", "unit_price").row(0) == ("Tea", None)


def test_a_file_without_such_a_header_has_no_such_rows() -> None:
    assert articles(listing("Items"), {"No": ["1", "2"]}).is_empty()


def test_identical_articles_of_a_row_stay_two_and_the_same_row_told_twice_has_the_same() -> None:
    two = "name:Tea|pieces:1|price:1;name:Tea|pieces:1|price:1"
    cells = text({"No": ["1", "1"], "Items": [two, two]}).with_columns(cells_hash=pl.lit(7))
    hashes = text_of(cells, listing("Items", between=";"), ("No", "Items"))["cells_hash"].to_list()
    assert len(set(hashes)) == 2
    assert hashes[:2] == hashes[2:]


@pytest.mark.parametrize(
    ("when", "rows"),
    [
        ({"Event": ("Refund",)}, [False, True, True, False]),
        ({"Event": ("Ref*", "fee")}, [False, True, True, True]),
        ({"Event": ("Refund",), "Reason": ANYTHING}, [False, False, True, False]),
        ({"Event": ("Refund",), "Reason": NOTHING}, [False, True, False, False]),
        ({"Lacks": NOTHING}, [True] * 4),
        ({"Lacks": ANYTHING}, [False] * 4),
    ],
)
def test_rows_are_told_apart_by_words_under_every_header_named(
    when: dict[str, tuple[str, ...]], rows: list[bool]
) -> None:
    cells = {"Event": ["Payment", "ＲＥＦＵＮＤ", " refund ", "Fee"], "Reason": [None, "-", "broken", None]}
    layout = Layout("main", "refund", {}, ())
    found = fits(text(cells), source(layout, tuple(cells)), when)  # type: ignore[arg-type]
    assert found.to_list() == rows


def test_what_lies_within_may_be_in_a_zone_of_its_own() -> None:
    within = Layout("words", "consent", {"happened_at": "Said at"}, (), timezone="UTC")
    main = Layout("main", "customer_account", {"happened_at": "Said at"}, (), also=(within,))
    cells: Cells = {"Said at": ["2026-03-01 10:00:00"]}
    of_main = source(main, tuple(cells), "Asia/Shanghai")
    hours = [
        typed_rows(text(cells).lazy(), source_of(of_main, one)).collect()["happened_at"].item().hour
        for one in (main, within)
    ]
    assert hours == [2, 10]
