"""Accounts that become one customer: rows of earlier nights follow, in whatever order nights are published."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.io.warehouse import Warehouse
from flows.io.warehouse.embedded import EmbeddedWarehouse
from flows.io.warehouse.tables import customer_columns
from transforms.contracts import WAREHOUSE, contact, mart, ops
from transforms.contracts.table import Replace, Table, Type

FIRST = date(2026, 3, 1)
A, B, C, D = (f"c{number:020x}" for number in (10, 11, 12, 13))
TABLES = (mart.CUSTOMER, mart.CUSTOMER_LINK, mart.CUSTOMER_SCORE, mart.PURCHASE_ORDER, contact.CONTACT_LIST,
          contact.CONTACT_HOLD, ops.RUN)  # fmt: skip
BLANK = {
    Type.TEXT: "-",
    Type.INTEGER: 1,
    Type.MONEY: 0,
    Type.NUMBER: 0.0,
    Type.BOOLEAN: False,
    Type.DATE: FIRST,
    Type.INSTANT: datetime(2026, 3, 1, tzinfo=UTC),
}
Row = dict[str, Any]
Night = dict[str, list[Row]]
"""Rows by full table name, what a test does not care about left out."""


def frame(table: Table, rows: Iterable[Row]) -> pl.DataFrame:
    blank = {column.name: None if column.nullable else BLANK[column.type] for column in table.columns}
    return pl.DataFrame([blank | row for row in rows], schema=table.polars_schema)


@dataclass
class Publisher:
    warehouse: Warehouse
    publication: Callable[..., Any]
    empty: Path

    def publish(self, number: int, night: Night, **parts: list[Row]) -> None:
        """The night `number` days after the first; tables that a night does not tell are empty."""
        as_of = FIRST + timedelta(days=number)
        rows = {table.full_name: night.get(table.full_name, []) for table in TABLES} | parts
        rows["ops.run"] = [{"published_at": BLANK[Type.INSTANT]}]
        frames = {name: frame(WAREHOUSE[name], found) for name, found in rows.items() if found is not None}
        by_night = {name for name in frames if WAREHOUSE[name].replaces is Replace.NIGHT}
        dated = {name: found.with_columns(as_of_date=pl.lit(as_of)) for name, found in frames.items()
                 if name in by_night}  # fmt: skip
        self.warehouse.publish(self.publication(as_of, frames | dated))

    def rows(self, table: Table, number: int | None, *columns: str) -> list[tuple[Any, ...]]:
        as_of = None if number is None else FIRST + timedelta(days=number)
        return self.warehouse.read(table.full_name, as_of).select(columns).rows()

    def restart(self) -> None:
        """As it was before the first night."""
        if isinstance(self.warehouse, EmbeddedWarehouse):
            shutil.copyfile(self.empty / "shop.duckdb", self.warehouse.path)
            return
        address = sa.make_url(self.warehouse.address).set(drivername="postgresql")
        with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute("TRUNCATE " + ", ".join(WAREHOUSE))


@pytest.fixture
def shop(warehouse: Warehouse, publication: Callable[..., Any], migrated_folder: Path) -> Publisher:
    return Publisher(warehouse, publication, migrated_folder)


def link(old: str, new: str, verdict: str = "joined") -> Row:
    return {"old_customer_id": old, "new_customer_id": new, "verdict": verdict}


def score(customer: str, frequency: int | None) -> Row:
    return {"customer_id": customer, "frequency": frequency}


def test_earlier_nights_bear_the_id_that_stays(shop: Publisher) -> None:
    shop.publish(0, {"mart.customer_score": [score(A, 1), score(B, 2), score(C, 3)]})
    shop.publish(1, {"mart.customer_score": [score(A, 5), score(C, 3)], "mart.customer_link": [link(B, A)]})
    assert shop.rows(mart.CUSTOMER_SCORE, 0, "customer_id", "frequency") == [(A, 1), (C, 3)]
    assert shop.rows(mart.CUSTOMER_SCORE, 1, "customer_id", "frequency") == [(A, 5), (C, 3)]


def test_without_a_row_of_the_id_that_stays_that_of_the_smallest_old_one_stays(shop: Publisher) -> None:
    shop.publish(0, {"mart.customer_score": [score(D, 4), score(C, 3)]})
    shop.publish(1, {"mart.customer_link": [link(C, A), link(D, A), link(B, A)]})
    assert shop.rows(mart.CUSTOMER_SCORE, 0, "customer_id", "frequency") == [(A, 3)]


@pytest.mark.parametrize("verdict", ["parted", "forbidden", "held_apart"])
def test_only_what_is_joined_changes_an_id(shop: Publisher, verdict: str) -> None:
    shop.publish(0, {"mart.customer_score": [score(A, 1), score(B, 2)]})
    shop.publish(1, {"mart.customer_link": [link(B, A, verdict)]})
    assert shop.rows(mart.CUSTOMER_SCORE, 0, "customer_id", "frequency") == [(A, 1), (B, 2)]


def test_who_is_listed_under_any_id_is_not_held_back(shop: Publisher) -> None:
    held = [{"customer_id": A, "reason": "not_due"}, {"customer_id": C, "reason": "not_due"}]
    listed = [{"customer_id": B, "occasion": "of B"}, {"customer_id": D, "occasion": "of D"}]
    shop.publish(0, {"contact.contact_hold": held, "contact.contact_list": listed})
    shop.publish(1, {"mart.customer_link": [link(B, A)]})
    assert shop.rows(contact.CONTACT_LIST, 0, "customer_id", "occasion") == [(A, "of B"), (D, "of D")]
    assert shop.rows(contact.CONTACT_HOLD, 0, "customer_id") == [(C,)]


def test_an_earlier_night_published_later_comes_in_under_the_ids_of_the_latest(shop: Publisher) -> None:
    shop.publish(2, {"mart.customer_link": [link(B, A)], "mart.customer": [{"customer_id": A}]})
    told = {"mart.customer_score": [score(A, 1), score(B, 2), score(C, 3)], "mart.customer": [{"customer_id": B}]}
    shop.publish(1, told)
    assert shop.rows(mart.CUSTOMER_SCORE, 1, "customer_id", "frequency") == [(A, 1), (C, 3)]
    assert shop.rows(mart.CUSTOMER, None, "customer_id") == [(A,)]
    assert shop.rows(mart.CUSTOMER_LINK, None, "old_customer_id", "new_customer_id") == [(B, A)]


def test_lists_that_an_earlier_night_leaves_alone_keep_their_ids(shop: Publisher) -> None:
    shop.publish(0, {"contact.contact_list": [{"customer_id": B}]})
    shop.publish(1, {"mart.customer_link": [link(B, A)]})
    lists = dict.fromkeys(("contact.contact_list", "contact.contact_hold"))
    shop.publish(0, {"mart.customer_score": [score(B, 2)]}, **lists)
    assert shop.rows(contact.CONTACT_LIST, 0, "customer_id") == [(A,)]
    assert shop.rows(mart.CUSTOMER_SCORE, 0, "customer_id") == [(A,)]


def test_a_table_of_the_latest_night_that_is_not_published_follows_too(shop: Publisher) -> None:
    customers = [{"customer_id": B, "orders": 2}, {"customer_id": C, "orders": 3, "referred_by_customer_id": B}]
    orders = [{"order_key": "web/1", "customer_id": B}, {"order_key": "web/2", "customer_id": None}]
    shop.publish(0, {"mart.customer": customers, "mart.purchase_order": orders})
    left_alone = dict.fromkeys(("mart.customer", "mart.purchase_order"))
    shop.publish(1, {"mart.customer_link": [link(B, A)]}, **left_alone)
    columns = ("customer_id", "orders", "referred_by_customer_id")
    assert shop.rows(mart.CUSTOMER, None, *columns) == [(A, 2, None), (C, 3, A)]
    assert shop.rows(mart.PURCHASE_ORDER, None, "order_key", "customer_id") == [("web/1", A), ("web/2", None)]


def test_joins_known_before_are_not_looked_for_again(shop: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.publish(0, {"mart.customer_link": [link(B, A)]})
    touched = list[str]()
    monkeypatch.setattr("flows.io.warehouse.rekey._rekey", lambda _, table, __: touched.append(table.full_name))
    shop.publish(1, {"mart.customer_link": [link(B, A)]})
    assert touched == []
    shop.publish(2, {"mart.customer_link": [link(B, A), link(C, A)]})
    assert "mart.customer_score" in touched


def test_a_stopped_night_changes_no_id(shop: Publisher) -> None:
    shop.publish(0, {"mart.customer_score": [score(B, 2)], "mart.customer_link": [link(C, A)]})
    stopped = frame(ops.RUN, [{"as_of_date": FIRST + timedelta(days=1), "status": "stopped"}])
    shop.warehouse.publish(shop.publication(FIRST + timedelta(days=1), {"ops.run": stopped}))
    assert shop.rows(mart.CUSTOMER_SCORE, 0, "customer_id") == [(B,)]
    assert shop.rows(mart.CUSTOMER_LINK, None, "old_customer_id") == [(C,)]


def test_every_column_with_an_id_of_a_customer_is_found() -> None:
    found = {(name, column.name) for name, table in WAREHOUSE.items() for column in customer_columns(table)}
    personal = {name for name, table in WAREHOUSE.items() if table.schema == "contact"}
    assert personal <= {name for name, _ in found}
    assert {("mart.customer", "referred_by_customer_id"), ("mart.customer_link", "old_customer_id")} <= found


NIGHTS = range(3)


@dataclass(frozen=True)
class Account:
    own_id: str
    opened: int
    first_order: int | None
    """Day; null if they never bought."""
    is_listed: bool


@st.composite
def worlds(draw: st.DrawFn) -> list[Night]:
    """Nights as identity tells them: what is known up to each, and nothing is parted."""
    ids = draw(st.permutations([A, B, C, D]))
    accounts = []
    for own_id in ids:
        opened = draw(st.sampled_from(NIGHTS))
        first_order = draw(st.none() | st.integers(opened, len(NIGHTS)))
        accounts.append(Account(own_id, opened, first_order, draw(st.booleans())))
    pair = st.tuples(st.sampled_from(range(4)), st.sampled_from(range(4)), st.sampled_from(NIGHTS))
    joins = draw(st.lists(pair, max_size=4))
    return [_night(accounts, joins, number) for number in NIGHTS]


def _night(accounts: list[Account], joins: list[tuple[int, int, int]], number: int) -> Night:
    group = {place: place for place, account in enumerate(accounts) if account.opened <= number}
    for one, other, since in joins:
        if since <= number and {one, other} <= group.keys():
            group = {place: group[one] if of == group[other] else of for place, of in group.items()}

    def first_order(place: int) -> int:
        told = accounts[place].first_order
        return told if told is not None and told <= number else len(NIGHTS) + 1

    night: Night = {table.full_name: [] for table in TABLES}
    for of in set(group.values()):
        members = sorted(
            (place for place in group if group[place] == of), key=lambda place: (first_order(place), place)
        )
        stays = accounts[members[0]]
        buyers = [place for place in members if first_order(place) <= number]
        night["mart.customer_score"].append(score(stays.own_id, sum(buyers) * 10 if buyers else None))
        night["mart.customer_link"] += [link(accounts[place].own_id, stays.own_id) for place in members[1:]]
        told = "contact.contact_list" if buyers and stays.is_listed else "contact.contact_hold"
        night[told].append({"customer_id": stays.own_id})
    return night


@given(nights=worlds(), order=st.permutations(NIGHTS))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_of_publishing_every_night_is_told_under_the_latest_ids(
    nights: list[Night], order: list[int], shop: Publisher
) -> None:
    shop.restart()
    for number in order:
        shop.publish(number, nights[number])
    stays = {row["old_customer_id"]: row["new_customer_id"] for row in nights[-1]["mart.customer_link"]}
    for number in NIGHTS:
        # Rows of ids that others join to come last, and so stand.
        told = sorted(nights[number]["mart.customer_score"], key=lambda row: row["customer_id"] not in stays)
        scores = {stays.get(row["customer_id"], row["customer_id"]): row["frequency"] for row in told}
        assert dict(shop.rows(mart.CUSTOMER_SCORE, number, "customer_id", "frequency")) == scores
        listed, held = (
            {stays.get(row["customer_id"], row["customer_id"]) for row in nights[number][name]}
            for name in ("contact.contact_list", "contact.contact_hold")
        )
        assert shop.rows(contact.CONTACT_LIST, number, "customer_id") == sorted((who,) for who in listed)
        assert shop.rows(contact.CONTACT_HOLD, number, "customer_id") == sorted((who,) for who in held - listed)
