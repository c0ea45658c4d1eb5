"""Which rows are one person's to read: all that are theirs, and none that may be somebody else's."""

import polars as pl
import pytest

from transforms.identity.holdings import lines_of_person, orders_told

THEIRS = pl.DataFrame({"account_key": ["web/7", "tmall/q"]})
SCHEMA = {
    "file_id": pl.String,
    "line_number": pl.Int64,
    "kind": pl.String,
    "account_key": pl.String,
    "order_key": pl.String,
    "email": pl.String,
    "phone": pl.String,
}


def row(line: int, kind: str = "order_line", account: str | None = None, **told: str) -> dict[str, object]:
    return {"file_id": "f", "line_number": line, "kind": kind, "account_key": account, **told}


def found(*rows: dict[str, object]) -> list[tuple[int, bool]]:
    named = pl.LazyFrame([{name: one.get(name) for name in SCHEMA} for one in rows], schema=SCHEMA)
    lines = lines_of_person(named, THEIRS).collect()
    assert lines.columns == ["file_id", "line_number", "names_others"]
    return lines.select("line_number", "names_others").rows()


def test_rows_of_every_account_of_theirs_are() -> None:
    assert found(row(2, account="web/7"), row(3, account="tmall/q"), row(4, account="web/70"), row(5)) == [
        (2, False),
        (3, False),
    ]


def test_a_row_that_names_them_and_another_says_so() -> None:
    both = [row(2, "referral", "web/7"), row(2, "referral", "web/8")]
    assert found(*both, row(3, "referral", "web/8")) == [(2, True)]


def test_nameless_rows_of_their_orders_are_theirs_and_those_of_others_are_not() -> None:
    assert found(
        row(2, account="web/7", order_key="web/O1"),
        row(3, order_key="web/O1"),
        row(4, order_key="web/O2"),
        row(5, "ticket", "web/8", order_key="web/O1"),
    ) == [(2, False), (3, False)]


def test_an_order_that_two_buyers_have_tells_nothing_of_its_nameless_rows() -> None:
    contested = [row(2, account="web/7", order_key="web/O1"), row(3, account="web/8", order_key="web/O1")]
    assert found(*contested, row(4, order_key="web/O1")) == [(2, False)]


def test_a_ticket_about_an_order_does_not_make_it_theirs() -> None:
    assert found(row(2, "ticket", "web/7", order_key="web/O1"), row(3, order_key="web/O1")) == [(2, False)]


@pytest.mark.parametrize("address", [{"email": "a@x.example"}, {"phone": "138"}])
def test_nameless_rows_with_an_address_of_their_account_are_theirs_and_so_is_their_order(address) -> None:
    account = row(2, "customer_account", "web/7", **address)
    guest = [row(3, order_key="web/G", **address), row(4, order_key="web/G")]
    assert found(account, *guest) == [(2, False), (3, False), (4, False)]
    sharing = row(5, "customer_account", "web/8", **address)
    assert found(account, *guest, sharing) == [(2, False)]


def test_who_receives_an_order_is_not_known_by_its_address() -> None:
    assert found(row(2, account="web/7", phone="138"), row(3, phone="138")) == [(2, False)]


def test_orders_are_told_by_exports_of_orders_alone() -> None:
    rows = [
        row(2, account="web/7", order_key="web/O1"),
        row(3, "ticket", "web/7", order_key="web/O2"),
        row(4, account="web/8", order_key="web/O3"),
    ]
    named = pl.LazyFrame([{name: one.get(name) for name in SCHEMA} for one in rows], schema=SCHEMA)
    lines = lines_of_person(named, THEIRS)
    assert orders_told(named, lines).collect()["order_key"].to_list() == ["web/O1"]
