"""Who is meant: an address becomes customer ids here, before Prefect hears of it, and goes no further."""

from contextlib import suppress

import phonenumbers
import polars as pl

from flows.faults import InputError
from flows.io.erasures import Erasures
from flows.io.lake import Lake
from flows.io.warehouse import Warehouse, open_warehouse
from flows.settings import Settings
from transforms.identity.addresses import addresses as read_addresses
from transforms.identity.marks import email_as_compared, mark, phone_as_compared

CUSTOMER_ID = r"^c[0-9a-f]{20}$"
NOBODY = "nobody is known by that; write it as the exports do, or give the id from mart.customer with --customer"
COMPARED = {"email": email_as_compared, "phone": phone_as_compared}
"""Kind of address -> how two of them are compared."""
CHANNELS = {"email": ["email"], "phone": ["sms", "phone"]}


def customers_meant(settings: Settings, customer: str | None, email: str | None, phone: str | None) -> list[str]:
    """Ids of the customers meant; several, if several have the address. People erased before are known by it still.

    Raises InputError, which does not repeat what was given, unless exactly one is given and somebody is known by it.
    """
    given = [(name, text) for name, text in (("email", email), ("phone", phone)) if text is not None]
    if len(given) + (customer is not None) != 1:
        raise InputError("give one of --customer, --email and --phone")
    if customer is None:
        return _with_address(settings, *given[0])
    if not pl.Series([customer]).str.contains(CUSTOMER_ID).item():
        raise InputError(NOBODY)
    return [customer]


def addresses(warehouse: Warehouse, column: str) -> pl.DataFrame:
    """`customer_id`, `address`, and `column`, one of `COMPARED`: published addresses of that kind, and as compared."""
    points = warehouse.read("contact.contact_point").filter(pl.col("channel").is_in(CHANNELS[column]))
    compared = COMPARED[column](pl.col("address")).alias(column)
    return points.select("customer_id", "address", compared).drop_nulls()


def ways_to_write(column: str, address: str) -> set[str]:
    """The address as compared; a phone number by E.164 also as it is dialled within its country."""
    ways = pl.select(COMPARED[column](pl.lit(address))).to_series().drop_nulls().to_list()
    with suppress(phonenumbers.NumberParseException):
        number = phonenumbers.parse(address if column == "phone" else "")
        within = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        ways += [phonenumbers.normalize_digits_only(within), str(number.national_number)]
    return set(ways)


def as_read(settings: Settings, column: str, text: str) -> pl.DataFrame:
    """`column`: the text as it is compared, and a phone number also as it is to each of the stores."""
    stores = [store.id for store in settings.stores] or ["main"]
    countries = {settings.country_of(store) for store in stores} if column == "phone" else {None}
    told = pl.DataFrame({"country": list(countries), "text": text}, schema={"country": pl.String, "text": pl.String})
    texts = pl.concat([told["text"], read_addresses(column, told)["address"]])
    return pl.DataFrame({column: texts}).select(COMPARED[column](pl.col(column))).drop_nulls().unique()


def _with_address(settings: Settings, column: str, text: str) -> list[str]:
    lake, wanted = Lake(settings.paths.lake), as_read(settings, column, text)
    known = addresses(open_warehouse(settings.paths.warehouse), column).join(wanted, on=column)
    barred = Erasures(lake).barred()
    if known.is_empty() and not barred.is_empty():
        known = barred.join(wanted.select(mark=mark(column, lake.key())), on="mark")
    if known.is_empty():
        raise InputError(NOBODY)
    return known["customer_id"].unique().sort().to_list()
