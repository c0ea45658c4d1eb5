"""Every layout is known by its headers however they are ordered and spelt, read by what remains, and never guessed."""

import csv
import json
import random
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from flows.faults import InputError
from flows.steps.collect import layout_of
from tests.flows.conftest import SHARED
from tests.flows.steps.conftest import Shop
from tests.flows.steps.golden import READABLE, SETTINGS, export, golden, read_rows
from transforms.platforms.shipped import LAYOUTS, OF_PLATFORMS
from transforms.reading.detect import detect, fitting, normalise
from transforms.reading.layout import NOTHING, Layout

HEADERS = SHARED / "data" / "exports" / "headers.json"
IS = {
    "taobao_ExportOrderList": "taobao_orders",
    "taobao_ExportOrderDetailList": "taobao_order_items",
    "qianniu_ExportItemList_2026_partial": "qianniu_order_items",
    "taobao_line_export_synthetic": "taobao_order_lines",
    "shopify_customers_import_template": "shopify_customers",
    "woocommerce_webtoffee_orders": "woocommerce_orders",
    "etsy_sold_orders": "etsy_orders",
    "etsy_sold_orders_classic": "etsy_orders",
    "etsy_sold_order_items": "etsy_order_items",
    "magento2_order_grid": "magento_orders",
    "mailchimp_audience": "mailchimp_subscribed",
    "klaviyo_profiles_partial": "klaviyo_profiles",
    "freshdesk_tickets_metrics": "freshdesk_ticket_metrics",
}
"""Name in headers.json -> layout, where it is another."""
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def header_of(told: dict[str, Any]) -> list[str]:
    """Header line of a golden file, whatever its form."""
    text = told["text"]
    if told["file_name"].endswith(".json"):
        return list(json.loads(text)[0])
    first = next(csv.reader(StringIO(text.strip("\n")), delimiter="\t" if "\t" in text.split("\n")[0] else ","))
    return next(csv.reader(StringIO(text.strip("\n")), delimiter=";")) if len(first) == 1 else first


def recorded() -> dict[str, list[str]]:
    if not HEADERS.is_file():
        pytest.skip("real data absent: shared/data/exports")
    told = json.loads(HEADERS.read_text(encoding="utf-8"))
    return {name: next(csv.reader([layout["header"]], delimiter=layout["delimiter"])) for name, layout in told.items()}


def names(header: list[str], layout: Layout) -> list[str]:
    """Layouts that are found by a header, in a file called as those of `layout` are."""
    return [found.name for found in fitting(header, LAYOUTS, golden(layout)["file_name"])]


def test_every_recorded_header_is_known_for_what_it_is() -> None:
    for name, header in recorded().items():
        layout = next(one for one in OF_PLATFORMS if one.name == IS.get(name, name))
        for written in (header, header[::-1], [cell.translate(FULL_WIDTH) for cell in header]):
            assert names(written, layout) == [layout.name], name


def test_every_recorded_header_without_any_one_column_is_still_known_or_refused() -> None:
    for name, header in recorded().items():
        layout = next(one for one in OF_PLATFORMS if one.name == IS.get(name, name))
        for missing in header:
            found = names([cell for cell in header if cell != missing], layout)
            others = [one for one in OF_PLATFORMS if one.name in found and one is not layout]
            assert all(one.anonymous or one.refused for one in others), (name, missing, found)


def test_every_recorded_header_is_read_or_declared_unused_with_a_reason() -> None:
    for name, header in recorded().items():
        layout = next(one for one in OF_PLATFORMS if one.name == IS.get(name, name))
        if layout.refused:
            continue
        known = {normalise(one) for one in layout.known_headers} | {""}
        unused = [normalise(one) for told in layout.unused.values() for one in told]
        whole, endings = set(unused), tuple(one.removesuffix("*") for one in unused if one.endswith("*"))
        undeclared = [
            one
            for one in header
            if normalise(one) not in known | whole and not normalise(one).startswith(endings or ("\0",))
        ]
        assert undeclared == [], name


@pytest.mark.parametrize("layout", OF_PLATFORMS, ids=lambda layout: layout.name)
def test_order_case_spaces_and_width_of_headers_do_not_matter(layout: Layout) -> None:
    header = header_of(golden(layout))
    assert names(header, layout) == [layout.name]
    shuffled = random.Random(layout.name).sample(header, len(header))
    for written in (
        shuffled,
        [cell.translate(FULL_WIDTH) for cell in header],
        [f" {cell.upper()} " for cell in header],
        [*header, "营销标签", "note to self"],
    ):
        assert names(written, layout) == [layout.name]


@pytest.mark.parametrize("layout", OF_PLATFORMS, ids=lambda layout: layout.name)
def test_a_header_of_what_is_needed_alone_is_this_layout_and_no_other(layout: Layout) -> None:
    needed = [one if isinstance(one, str) else one[0] for one in layout.required]
    assert names(needed, layout) == [layout.name]


@pytest.mark.parametrize("layout", READABLE, ids=lambda layout: layout.name)
def test_a_poor_header_is_read_by_what_remains_or_refused_naming_what_is_missing(layout: Layout) -> None:
    """Whichever column is left out, the file is read as what it was, as a declared poorer one, or not at all."""
    told = golden(layout)
    header = header_of(told)
    for missing in header:
        rest = [cell for cell in header if cell != missing]
        found = detect(rest, LAYOUTS, told["file_name"])
        needs = {normalise(name) for one in layout.required for name in ([one] if isinstance(one, str) else one)}
        if normalise(missing) not in needs:
            assert found is layout, missing
        elif found is None:
            with pytest.raises(InputError, match=r"also needs the columns|nothing tells which|told apart by name"):
                layout_of(tuple(rest), told["file_name"], list(LAYOUTS))
        elif found is not layout:
            # A poorer layout of the same platform that says itself what it lacks.
            assert found.anonymous or found.refused, (missing, found.name)
            assert found.name.partition("_")[0] == layout.name.partition("_")[0], (missing, found.name)


@pytest.mark.parametrize("layout", OF_PLATFORMS, ids=lambda layout: layout.name)
def test_a_header_whose_blank_cells_mean_something_must_be_there(layout: Layout) -> None:
    needed = {name for one in layout.required for name in ([one] if isinstance(one, str) else one)}
    asked = {
        header
        for within in (layout, *layout.also, *layout.instead)
        for states in within.states.values()
        for state in states
        for header, words in state.cells.items()
        if set(NOTHING) & set(words) and state.value in {"paid", "unpaid", "granted", "done", "cancelled"}
    }
    assert asked <= needed


@pytest.mark.parametrize("layout", READABLE, ids=lambda layout: layout.name)
def test_a_file_with_its_columns_in_another_order_gives_the_same_rows(shop: Shop, layout: Layout) -> None:
    told = golden(layout)
    if told["file_name"].endswith(".json"):
        pytest.skip("a JSON object has no order of columns")
    shop.config.write_text(SETTINGS)
    export(shop, told)
    as_it_was = read_rows(shop)
    text = told["text"]
    delimiter = next(one for one in ("\t", ";", ",") if one in text.split("\n")[0])
    rows = list(csv.reader(StringIO(text), delimiter=delimiter))
    order = random.Random(1).sample(range(len(rows[0])), len(rows[0]))
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows([[row[place] if place < len(row) else "" for place in order] for row in rows])
    other = Shop(_fresh(shop.folder / "other"))
    other.config.write_text(SETTINGS)
    export(other, told, out.getvalue())
    again = read_rows(other)
    assert (again[0].keys(), again[1]) == (as_it_was[0].keys(), as_it_was[1])
    for kind, rows_of_kind in again[0].items():
        assert sorted(rows_of_kind, key=str) == sorted(as_it_was[0][kind], key=str)


def _fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder
