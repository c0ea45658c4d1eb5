"""Money given back is counted once, whoever tells of it: notes, exports of refunds, lines, orders."""

from datetime import timedelta
from itertools import permutations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.staging.test_told_orders import DAY, NOON, Row, items, orders, requests, tables
from transforms.staging.told_refunds import NOT_ITEMISED

Given = list[tuple[object, ...]]
FREE = f"web/{NOT_ITEMISED}"
LATER = NOON + 3 * DAY


def given_back(lines: list[Row], told: list[Row], asked: list[Row], *columns: str) -> Given:
    """Refunds of what lines, orders and an export of refunds tell."""
    _, _, found = tables(items(*lines), orders(*told), requests(*asked))
    return found.select(columns or ("order_key", "product_key", "amount")).rows()


def note(**more: object) -> Row:
    """A line of a refund note on order 1."""
    return {"is_refund": True, "happened_at": LATER, "product_id": "NOTE", "unit_price": 1_000, **more}


def request(**more: object) -> Row:
    """A row of an export of refunds on order 1."""
    return {"refund_id": "R1", "refunded_amount": 2_000, "happened_at": LATER, "product_id": "ASKED", **more}


LINE: Row = {"product_id": "P", "line_refunded": 3_000}
PLAIN: Row = {"product_id": "P"}
ORDER: Row = {"customer_paid": 10_000, "refunded_amount": 4_000, "refunded_at": NOON + DAY}
PAID: Row = {"customer_paid": 10_000}


@pytest.mark.parametrize(
    ("lines", "told", "asked", "expected"),
    [
        ([LINE, note()], ORDER, [request()], [("web/NOTE", 1_000), (FREE, 3_000)]),
        ([LINE], ORDER, [request()], [("web/ASKED", 2_000), (FREE, 2_000)]),
        ([LINE], ORDER, [], [("web/P", 3_000), (FREE, 1_000)]),
        ([PLAIN], ORDER, [], [(FREE, 4_000)]),
        ([LINE], PAID, [], [("web/P", 3_000)]),
        ([LINE, note(unit_price=9_000)], ORDER, [request()], [("web/NOTE", 9_000)]),
        ([LINE], ORDER, [request(refunded_amount=4_000)], [("web/ASKED", 4_000)]),
        ([LINE], ORDER, [request(refunded_amount=0)], [("web/P", 3_000), (FREE, 1_000)]),
        ([PLAIN], PAID, [request(product_id=None)], [(FREE, 2_000)]),
    ],
)
def test_the_most_detailed_source_is_itemised_and_the_rest_up_to_the_largest_is_not(
    lines: list[Row], told: Row, asked: list[Row], expected: Given
) -> None:
    found = given_back(lines, [told], asked, "product_key", "amount", "order_key")
    assert sorted(found) == sorted((*row, "web/1") for row in expected)


@pytest.mark.parametrize(
    ("lines", "asked", "expected"),
    [
        # Of the article asked about the export of refunds knows better than the state of its line.
        ([{**PLAIN, "line_state": "refunded"}], [request(product_id="P")], [("web/P", 2_000)]),
        ([{**PLAIN, "line_state": "refunded"}], [request(product_id=None)], [(FREE, 2_000)]),
        # Another article is given back besides.
        ([LINE, {"product_id": "Q"}], [request(product_id="Q")], [("web/P", 3_000), ("web/Q", 2_000)]),
    ],
)
def test_where_no_order_tells_a_sum_lines_count_beside_requests_for_other_articles(
    lines: list[Row], asked: list[Row], expected: Given
) -> None:
    alone = [{"happened_at": NOON, "account_id": "7", **line} for line in lines]
    assert sorted(given_back(alone, [], asked, "product_key", "amount")) == sorted(expected)


def test_each_is_dated_by_what_tells_it_and_else_like_the_order() -> None:
    found = given_back([LINE], [ORDER], [request()], "amount", "happened_at", "account_key")
    assert found == [(2_000, LATER, "web/7"), (2_000, NOON + DAY, "web/7")]
    undated = given_back([LINE], [{**ORDER, "refunded_at": None}], [request(happened_at=None)], "happened_at")
    assert undated == [(NOON,), (NOON,)]


def test_pieces_and_whether_it_was_goods_are_those_of_the_request() -> None:
    told = [request(quantity=2), request(refund_id="R2", product_id=None, refunded_amount=500)]
    found = given_back([PLAIN], [PAID], told, "product_key", "quantity", "is_goods")
    assert found == [("web/ASKED", 2, True), (FREE, 0, False)]


@pytest.mark.parametrize("is_later_first", [False, True])
def test_of_overlapping_exports_of_refunds_each_request_counts_once_as_the_later_has_it(is_later_first: bool) -> None:
    early = [
        request(refund_state="open", file_rank=0),
        request(refund_id="R2", refunded_amount=500, file_rank=0),
        request(refund_id="R3", refunded_amount=700, file_rank=0),
    ]
    late = [
        request(refunded_amount=1_500, file_rank=1),
        request(refund_id="R3", refund_state="closed", refunded_amount=700, file_rank=1),
    ]
    told = [*late, *early] if is_later_first else [*early, *late]
    assert sorted(given_back([PLAIN], [PAID], told, "amount")) == [(500,), (1_500,)]


@pytest.mark.parametrize("state", ["open", "closed"])
def test_requests_that_gave_nothing_back_count_for_nothing(state: str) -> None:
    asked = [request(refund_state=state, refunded_amount=9_000)]
    assert given_back([PLAIN], [PAID], asked) == []
    assert given_back([LINE], [PAID], asked, "amount") == [(3_000,)]


@pytest.mark.parametrize("told", [{"order_state": "unpaid"}, {"order_state": "cancelled", "customer_paid": 10_000}])
def test_nothing_is_given_back_of_an_order_that_is_no_purchase(told: Row) -> None:
    assert given_back([LINE], [told], [request()]) == []


@pytest.mark.parametrize("state", ["unpaid", "cancelled"])
def test_nothing_is_given_back_of_an_order_none_of_whose_lines_was_bought(state: str) -> None:
    lines = [{"happened_at": NOON, "line_state": state}, {"happened_at": NOON, "line_state": state, "product_id": "Q"}]
    assert given_back(lines, [], [request()]) == []


def test_a_line_that_was_not_bought_leaves_with_what_it_tells_of_refunds() -> None:
    lines = [
        {"happened_at": NOON, "line_state": "cancelled", "line_refunded": 10_000},
        {"happened_at": NOON, "line_state": "paid", "product_id": "Q", "unit_price": 5_000},
        {"happened_at": NOON, "line_state": "unpaid", "product_id": "R"},
    ]
    bought, sold, back = tables(items(*lines), orders())
    assert bought.select("order_key", "customer_paid").rows() == [("web/1", 5_000)]
    assert sold["product_key"].to_list() == ["web/Q"]
    assert back.is_empty()


def test_a_request_for_a_line_that_was_not_bought_lowers_nothing_unless_the_order_was_paid_as_a_whole() -> None:
    lines = [
        {"happened_at": NOON, "line_state": "cancelled"},
        {"happened_at": NOON, "line_state": "paid", "product_id": "Q"},
        {"happened_at": NOON, "line_state": "cancelled", "product_id": "Q"},
    ]
    asked = [request(product_id="P"), request(refund_id="R2", product_id="Q", refunded_amount=500)]
    assert given_back(lines, [], asked, "product_key", "amount") == [("web/Q", 500)]
    assert given_back(lines, [PAID], asked, "product_key", "amount") == [("web/P", 2_000), ("web/Q", 500)]


def test_a_line_that_is_told_to_be_refunded_is_given_back_whole_unless_told_how_much() -> None:
    lines = [
        {"happened_at": NOON, "account_id": "9", "line_state": "refunded", "discount": 1_000},
        {"happened_at": NOON, "account_id": "9", "line_state": "refunded", "product_id": "Q", "line_refunded": 2_000},
        {"happened_at": NOON, "account_id": "9", "line_state": "paid", "product_id": "R"},
    ]
    found = given_back(lines, [], [], "product_key", "amount", "account_key")
    assert found == [("web/P", 9_000, "web/9"), ("web/Q", 2_000, "web/9")]


def test_a_line_refunded_whole_gives_back_what_was_paid_for_it_not_what_it_cost() -> None:
    lines: list[Row] = [{"line_state": "refunded"}, {"product_id": "Q"}]
    assert given_back(lines, [{"customer_paid": 15_000}], []) == [("web/1", "web/P", 7_500)]


def test_a_refund_whose_order_has_not_come_stands_alone_and_is_linked_when_it_does() -> None:
    asked = [request(account_id="7")]
    columns = ("refund_key", "order_key", "account_key", "happened_at", "amount")
    assert given_back([], [], asked, *columns) == [("web/1/1", None, "web/7", LATER, 2_000)]
    assert given_back([PLAIN], [PAID], asked, *columns) == [("web/1/1", "web/1", "web/7", LATER, 2_000)]


def test_a_refund_of_an_unknown_order_without_an_instant_waits() -> None:
    asked = [request(happened_at=None)]
    assert given_back([], [], asked) == []
    assert given_back([], [PAID], asked, "happened_at", "order_key") == [(NOON, "web/1")]


def test_the_buyer_is_the_requests_own_where_it_names_one_and_else_the_orders() -> None:
    asked = [request(account_id="8"), request(refund_id="R2", refunded_amount=1)]
    assert given_back([PLAIN], [PAID], asked, "account_key") == [("web/8",), ("web/7",)]


AMOUNT = st.integers(0, 10_000)
STATE = st.sampled_from(["done", "done", "open", "closed"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(AMOUNT, max_size=2),
    st.lists(st.tuples(AMOUNT, STATE), max_size=3),
    st.lists(st.integers(0, 5_000), max_size=2),
    st.none() | AMOUNT,
    st.randoms(use_true_random=False),
)
def test_what_is_given_back_is_the_largest_sum_told_whatever_the_order_of_rows(
    notes: list[int], asked: list[tuple[int, str]], of_lines: list[int], of_order: int | None, chance: object
) -> None:
    lines: list[Row] = [
        *(note(unit_price=amount, product_id=f"N{place}") for place, amount in enumerate(notes)),
        *({"product_id": f"L{place}", "line_refunded": amount} for place, amount in enumerate(of_lines)),
        {"product_id": "P", "unit_price": 100_000},
    ]
    told = [
        request(refund_id=str(place), refunded_amount=amount, refund_state=state)
        for place, (amount, state) in enumerate(asked)
    ]
    # Neighbours, of whom nothing may leak in.
    told += [request(order_id="2", refund_id="other", refunded_amount=77)]
    told_of_orders = [{"customer_paid": 10**6, "refunded_amount": of_order}, {"order_id": "2", "customer_paid": 100}]
    for rows in (lines, told, told_of_orders):
        chance.shuffle(rows)  # type: ignore[attr-defined]
    _, _, found = tables(items(*lines), orders(*told_of_orders), requests(*told))
    in_exports = sum(amount for amount, state in asked if state == "done")
    # The article asked about is none of the lines', which count beside it where the order tells no sum.
    apart = 0 if notes or of_order else in_exports + sum(of_lines)
    sums = [sum(notes), in_exports, sum(of_lines), of_order or 0, apart]
    back = found.group_by("order_key").agg(pl.col("amount").sum())
    assert dict(back.filter(pl.col("amount") > 0).iter_rows()) == {
        key: amount for key, amount in (("web/1", max(sums)), ("web/2", 77)) if amount
    }
    assert found["refund_key"].is_unique().all()
    assert (found["amount"] >= 0).all()


def test_files_in_any_order_of_arrival_end_in_the_same_refunds() -> None:
    told = [
        request(file_rank=0, refunded_amount=1),
        request(file_rank=1, refunded_amount=2),
        request(file_rank=2, refunded_amount=3, happened_at=LATER + timedelta(hours=1)),
    ]
    found = {tuple(given_back([PLAIN], [PAID], list(rows), "amount", "happened_at")) for rows in permutations(told)}
    assert found == {((3, LATER + timedelta(hours=1)),)}
