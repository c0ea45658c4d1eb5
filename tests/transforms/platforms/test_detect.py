"""Which layout a header has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.platforms import generic
from transforms.platforms.detect import detect, nearest, normalise, positions
from transforms.platforms.layout import Layout

TAOBAO = Layout("taobao", "order_line", {"order_id": "订单编号", "unit_price": "价格(元)"}, ("订单编号", "价格(元)"))
ORDERS = ["order_id", "ordered_at", "product_id", "quantity", "unit_price"]


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("收货地址 ", "收货地址"),
        ("商品 id", "商品ID"),
        ("价格（元）", "价格(元)"),
        ("\ufeff订单编号", "订单编号"),
        ("　Order\u00a0ID", "orderid"),
        ("a：b，c", "a:b,c"),
    ],
)
def test_spellings_of_one_header_are_the_same(written: str, other: str) -> None:
    assert normalise(written) == normalise(other)


@given(st.text())
def test_normalising_twice_changes_nothing(header: str) -> None:
    once = normalise(header)
    assert normalise(once) == once or header.startswith("\ufeff\ufeff")


@given(st.permutations([*ORDERS, "note", "", "region"]))
def test_the_order_of_columns_does_not_matter(header: list[str]) -> None:
    layout = detect(header, generic.LAYOUTS)
    assert layout is generic.ORDER_LINES
    where = positions(header, layout)
    assert {name: header[position] for name, position in where.items()} == {name: name for name in [*ORDERS, "region"]}


@pytest.mark.parametrize("missing", ORDERS)
def test_without_one_required_header_a_file_is_unknown_and_the_nearest_layout_names_it(missing: str) -> None:
    header = [name for name in [*ORDERS, "region", "category"] if name != missing]
    assert detect(header, generic.LAYOUTS) is None
    assert nearest(header, generic.LAYOUTS) == (generic.ORDER_LINES, [missing])


@pytest.mark.parametrize("layout", generic.LAYOUTS, ids=lambda layout: layout.name)
def test_every_generic_layout_is_known_by_what_it_needs_and_by_all_it_may_hold(layout: Layout) -> None:
    assert detect(layout.required, generic.LAYOUTS) is layout
    assert detect(layout.all_headers, generic.LAYOUTS) is layout


def test_a_misspelt_header_still_leads_to_its_layout() -> None:
    header = ["acount_id", "said_at", "chanel", "purpose", "consent_state"]
    assert nearest(header, generic.LAYOUTS) == (generic.CONSENTS, ["account_id", "channel"])


def test_the_first_layout_that_fits_is_taken() -> None:
    narrow = Layout("narrow", "order_line", {}, ("订单编号",))
    header = ["订单编号 ", "价格（元）"]
    assert detect(header, [TAOBAO, narrow]) is TAOBAO
    assert detect(header, [narrow, TAOBAO]) is narrow


def test_of_headers_that_stand_twice_the_first_counts() -> None:
    assert positions(["价格（元）", "订单编号", "订单编号 ", "价格(元)"], TAOBAO) == {"订单编号": 1, "价格(元)": 0}
