"""What a declaration can say of a column besides the header it stands under."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.reading.told import Cells, told, typed
from transforms.contracts.table import MONEY_SCALE
from transforms.reading.layout import ANYTHING, NOTHING, Always, Layout, Part, State, Told


def layout(column: str, *where: Told, kind: str = "purchase_order", **more: object) -> Layout:
    return Layout("own", kind, {"order_id": "No", column: where}, ("No",), **more)  # type: ignore[arg-type]


def cells(**columns: list[str | None]) -> Cells:
    height = len(next(iter(columns.values())))
    return {"No": [str(number) for number in range(height)], **columns}


def test_the_first_header_that_is_not_blank_counts_row_by_row() -> None:
    found = told(
        layout("account_id", "Login", "Mail", "Phone"),
        "account_id",
        cells(Phone=["1", "1", "1", None], Mail=["A@x.example", "-", "a@***", ""], Login=[" ", "7", None, "N/A"]),
    )
    assert found == ["a@x.example", "7", "1", None]


def test_alternatives_that_a_file_lacks_are_passed_over() -> None:
    one = layout("account_id", "Login", "Mail")
    assert told(one, "account_id", cells(Mail=["a@x.example"])) == ["a@x.example"]
    assert told(one, "account_id", cells(Other=["x"])) == [None]


def test_a_part_is_what_its_pattern_finds_and_nothing_where_it_does_not_fit() -> None:
    customer = Part("Customer", r"^\s*([1-9]\d*)$")
    told_of = cells(Customer=["12", "0", None, "x1"], Mail=["a@b", "c@d", "e@f", None])
    found = told(layout("account_id", customer, "Mail"), "account_id", told_of)
    assert found == ["12", "c@d", "e@f", None]


def test_a_part_may_be_put_together_anew() -> None:
    whole = Part("Range", r"^(\d{2})\.(\d{2})\.(\d{4})\b.*", "${3}-${2}-${1}")
    assert told(layout("acquired_by", whole), "acquired_by", cells(Range=["01.03.2026 to now"])) == ["2026-03-01"]


def test_what_is_always_so_needs_no_header_and_gives_way_to_what_a_row_tells() -> None:
    yuan = layout("original_currency", "Currency", Always("cny"))
    assert told(yuan, "original_currency", cells(Other=["x", "y"])) == ["CNY", "CNY"]
    assert told(yuan, "original_currency", cells(Currency=["usd", None])) == ["USD", "CNY"]


def test_parts_of_a_name_are_joined_by_a_space_and_blank_ones_leave_none() -> None:
    name = layout("customer_name", "First", "Last", joined=("customer_name",))
    found = told(name, "customer_name", cells(First=["Ada", "Ada", None, "-"], Last=["Lovelace", None, "Byron", ""]))
    assert found == ["Ada Lovelace", "Ada", "Byron", None]


def test_an_instant_joined_of_day_and_time_needs_the_day() -> None:
    when = layout("happened_at", "Day", "Clock", joined=("happened_at",), dates="mdy")
    found = typed(when, cells(Day=["03/14/26", None, "03/14/26"], Clock=["14:05:00", "14:05:00", None]))
    assert [str(instant) for instant in found["happened_at"]] == [
        "2026-03-14 14:05:00+00:00",
        "None",
        "2026-03-14 00:00:00+00:00",
    ]
    assert found["text_happened_at"].to_list() == ["03/14/26 14:05:00", "14:05:00", "03/14/26"]


PAID = layout("customer_paid", "Net", "Tax", added=("customer_paid",))


def test_parts_of_an_amount_are_added_up_and_blank_ones_are_nothing() -> None:
    found = told(PAID, "customer_paid", cells(Net=["$10.00", "10", None, "-"], Tax=["1.50", "", "$2", None]))
    assert found == [115_000, 100_000, 20_000, None]


def test_a_sum_of_which_one_part_cannot_be_read_is_unreadable_not_smaller() -> None:
    found = typed(PAID, cells(Net=["10", "ten", None], Tax=["some", "1", "some"]))
    assert found["customer_paid"].to_list() == [None] * 3
    # Beside it stands text, by which the rule knows that something is unreadable and not blank.
    assert found["text_customer_paid"].null_count() == 0
    assert typed(PAID, cells(Net=[None], Tax=[" "]))["text_customer_paid"].to_list() == [None]


@given(st.lists(st.tuples(*[st.none() | st.integers(-(10**12), 10**12)] * 3), min_size=1, max_size=5))
def test_sums_are_exact(amounts: list[tuple[int | None, ...]]) -> None:
    three = layout("customer_paid", "A", "B", "C", added=("customer_paid",))
    written = {
        name: [None if row[place] is None else f"{row[place] / 100:.2f}" for row in amounts]  # type: ignore[operator]
        for place, name in enumerate("ABC")
    }
    expected = [
        sum(cents) * MONEY_SCALE // 100 if (cents := [cent for cent in row if cent is not None]) else None
        for row in amounts
    ]
    assert told(three, "customer_paid", cells(**written)) == expected


def test_amounts_printed_below_zero_count_above_it_and_a_sum_loses_its_sign_last() -> None:
    back = layout("refunded_amount", "Net", "Tax", kind="refund", added=("refunded_amount",),
                  unsigned=("refunded_amount",))  # fmt: skip
    found = told(back, "refunded_amount", cells(Net=["-$10.00", "-10", "5"], Tax=["-1.50", "2", None]))
    assert found == [115_000, 80_000, 50_000]


NUMBERED = layout("review_id", "Product", "Mail", "Day", kind="review", numbered=("review_id",))


def test_the_same_facts_have_the_same_number_in_every_file_and_other_facts_another() -> None:
    facts = cells(Product=["1", "1", "1", "2"], Mail=["a@b", "a@b", None, "a@b"], Day=["3", "3", "3", "3"])
    first, same, *others = told(NUMBERED, "review_id", facts)
    assert first == same
    assert len({first, *others}) == 3
    assert told(NUMBERED, "review_id", {name: facts[name][:1] for name in ("Day", "No", "Mail", "Product")}) == [first]


def test_a_blank_part_keeps_its_place_in_the_number() -> None:
    one, other = told(NUMBERED, "review_id", cells(Product=["1", None], Mail=[None, "1"], Day=[None, None]))
    assert one != other


def test_nothing_told_has_no_number() -> None:
    assert told(NUMBERED, "review_id", cells(Product=[None], Mail=["-"], Day=[" "])) == [None]


ORDER = Layout(
    "own",
    "purchase_order",
    {"order_id": "No", "order_state": "Status"},
    ("No",),
    states={
        "order_state": (
            State("cancelled", {"Status": ("Closed*",), "Paid at": NOTHING}),
            State("refunded", {"Status": ("Closed*",), "Refund": ANYTHING}),
            State("paid", {"Status": ("Ready To Ship", "closed", "买家已付款")}),
        )
    },
)


@pytest.mark.parametrize(
    ("status", "paid_at", "refund", "state"),
    [
        ("Closed (no payment)", None, None, "cancelled"),
        ("closed", "-", "5", "cancelled"),
        ("CLOSED", "2026", "5", "refunded"),
        ("Closed by hand", "2026", "5", "refunded"),
        ("Closed", "2026", " ", "paid"),
        (" ready to  ship", "2026", None, "paid"),
        ("ＲｅａｄｙＴｏＳｈｉｐ", "2026", None, "paid"),
        ("买家 已付款", "2026", None, "paid"),
    ],
)
def test_the_first_state_whose_words_all_stand_there_counts(
    status: str, paid_at: str | None, refund: str | None, state: str
) -> None:
    row: Cells = {"No": ["1"], "Status": [status], "Paid at": [paid_at], "Refund": [refund]}
    assert told(ORDER, "order_state", row) == [state]


@pytest.mark.parametrize("status", ["shipped", "not closed", "Closed by hand", "paid", "Refunded"])
def test_a_word_that_no_state_fits_is_no_state_even_if_it_is_one_of_ours(status: str) -> None:
    found = typed(ORDER, {"No": ["1"], "Status": [status], "Paid at": ["2026"], "Refund": [None]})
    assert found["order_state"].to_list() == [None]
    assert found["text_order_state"].to_list() == [status]


def test_a_header_that_a_file_lacks_is_a_blank_cell() -> None:
    found = told(ORDER, "order_state", {"No": ["1", "2"], "Status": ["closed", "ready to ship"]})
    assert found == ["cancelled", "paid"]


def test_states_may_tell_of_several_columns_each_by_words_of_its_own() -> None:
    lines = Layout(
        "own",
        "order_line",
        {"order_id": "No", "quantity": "Pieces", "is_refund": "Event", "line_state": "Status"},
        ("No",),
        states={
            "is_refund": (State("true", {"Event": ("Refund",)}), State("false", {"Event": ("Payment",)})),
            "line_state": (State("cancelled", {"Status": ("void",)}), State("paid", {"Event": ANYTHING})),
        },
    )
    found = typed(lines, {"No": ["1", "2", "3", "4"], "Event": ["Payment", "REFUND", "Payment", "Fee"],
                          "Pieces": ["2", "-1", "1", "1"], "Status": [None, None, "void", "x"]})  # fmt: skip
    assert found["is_refund"].to_list() == [False, True, False, False]
    assert found["text_is_refund"].to_list() == ["false", "true", "false", "Fee"]
    assert found["line_state"].to_list() == ["paid", "paid", "cancelled", "paid"]
    assert found["quantity"].to_list() == [2, 1, 1, 1]


def test_states_are_told_once_an_order_where_its_rows_are_lines() -> None:
    both = replace(
        ORDER,
        kind="order_line",
        is_order_too=True,
        columns={**ORDER.columns, "quantity": "Pieces"},
    )
    found = told(both, "order_state", {"No": ["1", "1", "2"], "Status": ["closed", None, "ready to ship"],
                                       "Paid at": [None, None, None], "Refund": [None] * 3,
                                       "Pieces": ["1", "2", "3"]})  # fmt: skip
    assert found == ["cancelled", "cancelled", "paid"]
