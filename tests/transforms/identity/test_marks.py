"""Marks tell people again, of one account from another's, and whom a row names."""

import polars as pl
import pytest

from transforms.identity.customers import ID_DIGITS
from transforms.identity.keyed_hash import hmac_sha256_hex
from transforms.identity.marks import email_as_compared, mark, marks_told, phone_as_compared, rows_of_barred, subjects

KEY = "a key of the shop"
SUBJECT = ["account_key", "order_key", "email", "phone"]
CELLS = {"file_id": "f", "line_number": 2, "store_id": "web"}


def marked(column: str, text: str, key: str = KEY) -> str:
    return pl.DataFrame({column: [text]}).select(mark(column, key)).item()


def named(**cells: object) -> list[tuple[object, ...]]:
    schema = {"file_id": pl.String, "line_number": pl.Int64, "store_id": pl.String}
    row = pl.LazyFrame({name: [value] for name, value in {**CELLS, **cells}.items()}, schema_overrides=schema)
    return subjects(row, "ticket").select(SUBJECT).collect().rows()


def test_a_mark_depends_on_text_key_and_kind_and_hides_the_customer_id() -> None:
    marks = [marked("account_key", "web/1"), marked("account_key", "web/2"), marked("account_key", "web/1", KEY + "x")]
    assert len({*marks, marked("order_key", "web/1")}) == 4
    assert marked("email", "1") == marked("phone", "1")
    customer = pl.select(hmac_sha256_hex(pl.lit("web/1"), KEY).str.head(ID_DIGITS)).item()
    assert not any(customer in found for found in marks)


def test_whom_a_row_names() -> None:
    assert named(account_id="7", order_id="O1", email=" A@B.example ", phone="+1 (202) 555-0100") == [
        ("web/7", "web/O1", "a@b.example", "12025550100")
    ]
    assert named(order_id="O1") == [(None, "web/O1", None, None)]
    assert named(account_id=None, email=None) == [(None, None, None, None)]


def test_a_row_of_two_accounts_names_both() -> None:
    told = named(referrer_account_id="7", referred_account_id="8")
    assert [account for account, *_ in told] == ["web/7", "web/8"]


@pytest.mark.parametrize("rounded", ["5.8E+11", "1e+17", "9.00E+5"])
def test_a_number_that_a_spreadsheet_rounded_names_nobody(rounded: str) -> None:
    assert named(account_id=rounded, order_id=rounded) == [(None, None, None, None)]


@pytest.mark.parametrize("masked", ["138****1234", "138＊＊＊＊1234", "a***@b.example", "密文12", "138$1234"])
def test_a_masked_address_names_nobody(masked: str) -> None:
    told = pl.DataFrame({"text": [masked]}).select(
        email_as_compared(pl.col("text")), phone=phone_as_compared(pl.col("text"))
    )
    assert told.row(0) == (None, None)


def test_a_number_without_digits_is_none() -> None:
    assert pl.select(phone_as_compared(pl.lit("unknown"))).item() is None


@pytest.mark.parametrize(
    ("kind", "tells"), [("purchase_order", True), ("order_line", True), ("refund", True), ("ticket", False)]
)
def test_a_row_of_an_order_or_a_refund_says_whose_the_order_is(kind: str, tells: bool) -> None:
    told = marks_told(row_of(kind, "account_key", order_key="web/O1"), KEY)
    assert told.rows() == ([("c1", marked("order_key", "web/O1"))] if tells else [])


TOLD = {"account_key": "web/7", "buyer_key": "taobao/7", "order_key": "web/O1", "email": "a@b.example", "phone": "123"}


def row_of(kind: str, by: str, **told: str) -> pl.DataFrame:
    """A row of a barred person, `c1`, found by a column."""
    row = {"customer_id": "c1", "by": by, "kind": kind, **dict.fromkeys(TOLD), **told}
    return pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))


@pytest.mark.parametrize(
    ("kind", "by", "tells"),
    [
        # Who receives an order may be somebody else, so its addresses tell nothing.
        ("purchase_order", "buyer_key", {"account_key", "buyer_key", "order_key"}),
        ("purchase_order", "account_key", {"account_key", "buyer_key", "order_key"}),
        ("customer_account", "buyer_key", {"account_key", "buyer_key", "email", "phone"}),
        ("purchase_order", "email", {"order_key"}),
        ("purchase_order", "order_key", set()),
        ("ticket", "account_key", set()),
    ],
)
def test_what_a_row_of_theirs_tells_of_them(kind: str, by: str, tells: set[str]) -> None:
    told = marks_told(row_of(kind, by, **TOLD), KEY)
    assert set(told["mark"]) == {marked(column, TOLD[column]) for column in tells}


def test_a_buyer_is_known_again_whatever_the_account_and_a_masked_one_is_nobody() -> None:
    rows = [(1, "web/7", "taobao/a"), (2, "web/8", "taobao/a"), (3, "web/9", "taobao/b"), (4, None, "taobao/a**")]
    cells = [{"file_id": "f", "line_number": line, "store_id": "web", "account_id": account, "buyer_key": buyer}
             for line, account, buyer in rows]  # fmt: skip
    named = subjects(pl.LazyFrame(cells), "purchase_order")
    texts = ("taobao/a", "taobao/a**")
    barred = pl.DataFrame({"customer_id": "c1", "mark": [marked("buyer_key", text) for text in texts]})
    found = rows_of_barred(named, barred, KEY).sort("line_number").collect()
    assert found["line_number"].to_list() == [1, 2]
