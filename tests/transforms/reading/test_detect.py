"""Which layout a header has."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.platforms import generic
from transforms.reading.detect import detect, fitting, nearest, normalise, positions
from transforms.reading.layout import Layout

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
        ("Ｏｒｄｅｒ　ＩＤ", "order id"),
        ("商家编码－规格维度", "商家编码-规格维度"),
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


def test_of_layouts_that_fit_the_one_that_most_headers_speak_for_is_meant() -> None:
    narrow = Layout("narrow", "order_line", {}, ("订单编号",))
    header = ["订单编号 ", "价格（元）"]
    for layouts in ([TAOBAO, narrow], [narrow, TAOBAO]):
        assert detect(header, layouts) is TAOBAO
    assert detect(header[:1], [narrow, TAOBAO]) is narrow


def test_nothing_is_guessed_where_two_fit_alike() -> None:
    twin = replace(TAOBAO, name="twin")
    header = ["订单编号", "价格(元)"]
    assert (detect(header, [TAOBAO, twin]), fitting(header, [TAOBAO, twin])) == (None, [TAOBAO, twin])


def test_the_shop_s_own_layout_comes_before_a_shipped_one_that_knows_more() -> None:
    own = Layout("own", "order_line", {}, ("订单编号",), is_own=True)
    assert detect(["订单编号", "价格(元)"], [own, TAOBAO]) is own


def test_one_of_several_names_of_a_needed_column_is_enough() -> None:
    either = Layout("either", "order_line", {}, (("Order ID", "订单编号"), "价格(元)"))
    assert detect(["order id", "价格(元)"], [either]) is either
    assert nearest(["价格(元)"], [either]) == (either, ["Order ID or 订单编号"])


@pytest.mark.parametrize(("name", "expected"), [("taobao/Subscribed_1.csv", ["yes"]), ("cleaned.csv", ["no"])])
def test_files_whose_headers_agree_are_told_apart_by_name(name: str, expected: list[str]) -> None:
    layouts = [
        replace(TAOBAO, name=told, named=named) for told, named in (("yes", ("subscribed_*",)), ("no", ("cl*",)))
    ]
    header = ["订单编号", "价格(元)"]
    assert [layout.name for layout in fitting(header, layouts, name)] == expected
    assert fitting(header, layouts, "renamed.csv") == []


def test_of_headers_that_stand_twice_the_first_counts() -> None:
    assert positions(["价格（元）", "订单编号", "订单编号 ", "价格(元)"], TAOBAO) == {"订单编号": 1, "价格(元)": 0}
