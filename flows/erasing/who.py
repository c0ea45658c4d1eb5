"""Who is meant: an address becomes customer ids here, before Prefect hears of it, and goes no further."""

import polars as pl

from flows.faults import InputError
from flows.io.erasures import Erasures
from flows.io.lake import Lake
from flows.io.warehouse import Warehouse, open_warehouse
from flows.settings import Settings
from transforms.identity.marks import email_as_compared, mark, phone_as_compared

CUSTOMER_ID = r"^c[0-9a-f]{20}$"
NOBODY = "nobody is known by that; write it as the exports do, or give an id that stands in mart.customer"
COMPARED = {"email": email_as_compared, "phone": phone_as_compared}
"""Kind of address -> how two of them are compared."""
CHANNELS = {"email": ["email"], "phone": ["sms", "phone"]}


def customers_meant(settings: Settings, customer: str | None, email: str | None, phone: str | None) -> list[str]:
    """Ids of the customers meant; several, if several have the address. People erased before are known by it still.

    Raises InputError, which does not repeat what was given, unless exactly one is given and somebody is known by it.
    """
    given = [(name, text) for name, text in (("email", email), ("phone", phone)) if text is not None]
    if len(given) + (customer is not None) != 1:
        raise InputError("give one of a customer's id, --email and --phone")
    if customer is None:
        return _with_address(settings, *given[0])
    if not pl.Series([customer]).str.contains(CUSTOMER_ID).item():
        raise InputError(NOBODY)
    return [customer]


def addresses(warehouse: Warehouse, column: str) -> pl.DataFrame:
    """`customer_id` and `column`, one of `COMPARED`: the addresses of that kind, as they are compared."""
    points = warehouse.read("contact.contact_point").filter(pl.col("channel").is_in(CHANNELS[column]))
    return points.select("customer_id", COMPARED[column](pl.col("address")).alias(column)).drop_nulls()


def _with_address(settings: Settings, column: str, text: str) -> list[str]:
    lake, wanted = Lake(settings.paths.lake), pl.DataFrame({column: [text]}).select(COMPARED[column](pl.col(column)))
    known = addresses(open_warehouse(settings.paths.warehouse), column).join(wanted, on=column)
    barred = Erasures(lake).barred()
    if known.is_empty() and not barred.is_empty():
        known = barred.join(wanted.select(mark=mark(column, lake.key())), on="mark")
    if known.is_empty():
        raise InputError(NOBODY)
    return known["customer_id"].unique().sort().to_list()
