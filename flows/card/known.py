"""What the warehouse knows of one customer, up to the latest published night."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from flows.erasing.who import NOBODY
from flows.faults import InputError
from flows.io.warehouse import Warehouse
from flows.io.warehouse.person import Person
from transforms.customers.advice import advice
from transforms.customers.last_orders import last_orders

Row = dict[str, Any]
MOST_ORDERS = 4
TABLES = (
    "mart.customer_current",
    "contact.customer_card",
    "contact.contact_point",
    "contact.customer_attribute",
    "mart.purchase_order",
    "mart.purchase_line",
)


@dataclass(frozen=True, slots=True)
class Known:
    """Rows of one customer, columns as in the contracts."""

    as_of: date
    former_id: str | None
    """The id that was asked for, if it is an earlier one."""
    customer: Row
    """mart.customer_current"""
    card: Row
    """contact.customer_card; all null where there is none."""
    points: list[Row]
    """contact.contact_point"""
    attributes: list[Row]
    """contact.customer_attribute"""
    orders: list[Row]
    """`last_orders`"""
    advice: dict[str, list[str]]
    """Kind -> advice, what matters most first."""


def look_up(warehouse: Warehouse, customer_id: str) -> Known:
    """The customer of that id, or of the id it stands for by now. Raises InputError if there is none, or no night."""
    night = warehouse.latest_published()
    if night is None:
        raise InputError(f"{warehouse.name}: no night is published yet; run `regulars run` first")
    found = warehouse.read_person(Person((customer_id,)), TABLES)
    if not found["mart.customer_current"].is_empty():
        return _known(warehouse, night, found)
    found = warehouse.read_person(Person(_stands_for(warehouse, customer_id)), TABLES)
    if found["mart.customer_current"].is_empty():
        raise InputError(NOBODY)
    return _known(warehouse, night, found, former_id=customer_id)


def _stands_for(warehouse: Warehouse, old_id: str) -> tuple[str, ...]:
    links = warehouse.read_person(Person((old_id,)), ["mart.customer_link"])["mart.customer_link"]
    return tuple(links.filter(old_customer_id=old_id, verdict="joined")["new_customer_id"])


def _known(warehouse: Warehouse, night: date, found: dict[str, pl.DataFrame], former_id: str | None = None) -> Known:
    customer, card = found["mart.customer_current"], found["contact.customer_card"]
    told = advice(customer.lazy(), card.lazy(), night).collect()
    orders, lines = found["mart.purchase_order"].lazy(), found["mart.purchase_line"].lazy()
    products = warehouse.read("mart.product").lazy()
    return Known(
        as_of=night,
        former_id=former_id,
        customer=customer.row(0, named=True),
        card=card.row(0, named=True) if card.height else dict.fromkeys(card.columns),
        points=found["contact.contact_point"].to_dicts(),
        attributes=found["contact.customer_attribute"].to_dicts(),
        orders=last_orders(orders, lines, products, MOST_ORDERS).collect().to_dicts(),
        advice={kind: told.filter(kind=kind)["advice"].to_list() for kind in ("first", "offer", "avoid")},
    )
