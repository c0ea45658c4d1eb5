"""Prices and discounts made of what all pieces cost, refunds of what is left: exact, whatever is told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.reading.told import Cells, typed
from transforms.reading.layout import Layout, State

PRICES = ("quantity", "unit_price", "discount", "line_price", "line_paid")
LINES = Layout(
    "own",
    "order_line",
    {name: name for name in (*PRICES, "line_state")},
    ("quantity",),
    unsigned=("line_price", "line_paid", "discount"),
)
REFUNDED = replace(
    LINES,
    columns={**LINES.columns, "is_refund": "event"},
    states={"is_refund": (State("true", {"event": ("refund",)}), State("false", {"event": ("sale",)}))},
)
CENTS = st.integers(0, 10**12)


def shown(cents: int | None) -> str | None:
    return None if cents is None else f"{cents / 100:.2f}"


def line(layout: Layout = LINES, **cells: str | None) -> dict[str, int | None]:
    """Price, discount and quantity of one row."""
    told: Cells = {name: [cell] for name, cell in cells.items()}
    return typed(layout, told).row(0, named=True)


def amount(found: dict[str, int | None]) -> int:
    price, pieces, discount = found["unit_price"], found["quantity"], found["discount"]
    assert price is not None
    assert pieces is not None
    return price * pieces - (discount or 0)


@given(st.integers(1, 999), CENTS, st.none() | CENTS)
def test_a_price_of_all_pieces_less_the_discount_comes_out_exactly(
    pieces: int, price: int, discount: int | None
) -> None:
    found = line(quantity=str(pieces), line_price=shown(price), discount=shown(discount))
    assert amount(found) == (price - (discount or 0)) * 100
    # One piece costs at most a ten-thousandth more than its share.
    assert 0 <= found["unit_price"] * pieces - price * 100 < pieces  # type: ignore[operator]


@given(st.integers(1, 999), st.none() | CENTS, st.none() | CENTS, CENTS, st.none() | CENTS)
def test_what_was_paid_for_a_line_comes_out_exactly_and_no_discount_is_below_zero(
    pieces: int, each: int | None, price: int | None, paid: int, discount: int | None
) -> None:
    found = line(
        quantity=str(pieces),
        unit_price=shown(each),
        line_price=shown(price),
        line_paid=shown(paid),
        discount=shown(discount),
    )
    assert amount(found) == paid * 100
    assert found["discount"] >= 0  # type: ignore[operator]
    asked = each * pieces if each is not None else price
    if asked is not None and asked >= paid:
        # What was asked is not lost: the discount is what it was more than the payment.
        assert found["discount"] - (asked - paid) * 100 in range(pieces)  # type: ignore[operator]


def test_a_told_price_of_one_piece_beats_that_of_all() -> None:
    found = line(quantity="3", unit_price="4.00", line_price="10.00", discount="1.00")
    assert (found["unit_price"], found["discount"]) == (40_000, 10_000)


def test_without_any_amount_nothing_is_made() -> None:
    found = line(quantity="2", unit_price=None, line_price=None, line_paid=None)
    assert (found["unit_price"], found["discount"]) == (None, None)


@pytest.mark.parametrize("told", [{"line_price": "10.00"}, {"line_paid": "10.00"}])
def test_no_piece_has_no_price(told: dict[str, str]) -> None:
    assert line(quantity="0", **told)["unit_price"] is None
    assert line(quantity=None, **told)["unit_price"] is None


@given(st.integers(1, 99), CENTS, CENTS)
def test_rows_that_give_back_print_all_below_zero_and_count_above_it(pieces: int, price: int, paid: int) -> None:
    back = line(
        REFUNDED,
        event="Refund",
        quantity=f"-{pieces}",
        line_price=f"-{shown(price)}",
        line_paid=f"-{shown(paid)}",
    )
    assert (back["is_refund"], back["quantity"], amount(back)) == (True, pieces, paid * 100)


@pytest.mark.parametrize(
    ("state", "price", "found"),
    [("cancelled", None, 0), ("unpaid", "-", 0), ("cancelled", "5", 50_000), ("paid", None, None), (None, None, None)],
)
def test_only_a_line_that_was_not_bought_needs_no_price(
    state: str | None, price: str | None, found: int | None
) -> None:
    assert line(quantity="1", unit_price=price, line_state=state)["unit_price"] == found


ORDERS = Layout(
    "own",
    "purchase_order",
    {name: name for name in ("customer_paid", "refunded_amount", "adjusted_total", "order_total")},
    (),
)


@pytest.mark.parametrize(
    ("left", "back"), [("60.00", 400_000), ("0.00", None), (None, None), ("100.00", None), ("120", None)]
)
def test_what_is_left_tells_what_was_given_back_and_nothing_left_tells_nothing(left: str | None, back: int) -> None:
    assert line(ORDERS, customer_paid="100.00", adjusted_total=left)["refunded_amount"] == back


@pytest.mark.parametrize(
    ("paid", "back", "total", "found"),
    [
        ("60", "40", "100", 1_000_000),
        ("0", "100", "100", 1_000_000),
        ("60", "40", "99.99", 600_000),
        ("100", "40", "100", 1_000_000),
        ("100", "0", "100", 1_000_000),
        ("100", None, "100", 1_000_000),
        ("60", "40", None, 600_000),
    ],
)
def test_payments_printed_less_refunds_are_put_right_only_where_the_sum_is_exact(
    paid: str, back: str | None, total: str | None, found: int
) -> None:
    assert line(ORDERS, customer_paid=paid, refunded_amount=back, order_total=total)["customer_paid"] == found
