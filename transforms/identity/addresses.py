"""E-mail addresses and phone numbers as they are compared and written to, from what the exports hold.

Distinct texts alone are looked at, in a frame the flow collected: the libraries take 30 µs for each.
"""

import re

import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberType

from transforms.reading.cells import MASKS

ALIAS_DOMAINS = r"@(?:marketplace\.amazon\.|members\.ebay\.|relay\.walmart\.|guest\.booking\.)"
"""Addresses a marketplace makes for one buyer and seller, or one order; they expire, and advertising is forbidden."""
EXTENSION = re.compile(r"\+?[\d ()]{6,}(?:-|转|ext\.?|x)\s*\d{1,6}")
"""A privacy number reaches the buyer through the platform for a few weeks, and somebody else afterwards; one of a
switchboard reaches a firm."""
SERVICE = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.PAGER,
    PhoneNumberType.VOICEMAIL,
}
PLAIN_EMAIL = r"^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"
PLAIN_CHINESE_MOBILE = r"^(?:\+?86)?(1(?:3\d|5[0-35-9]|7[235-8]|8\d|9[0-35-9])\d{8})$"
"""Forms of most addresses, for which no library is needed: what it would say is known."""


def distinct_texts(accounts: pl.LazyFrame, kind: str, countries: dict[str, str | None]) -> pl.LazyFrame:
    """`country`, `text`: what accounts hold as `kind` (`email`, `phone`), each once.

    `accounts`: `store_id`, `kind`. `countries`: ISO 3166 code by store, of numbers that bear none.
    """
    return _held(accounts, kind, countries).select("country", "text").drop_nulls("text").unique()


def with_addresses(
    accounts: pl.LazyFrame, kind: str, known: pl.LazyFrame, countries: dict[str, str | None]
) -> pl.LazyFrame:
    """`accounts`, in their order, with `kind` as an address and `<kind>_reason`. `known`: `addresses` of `kind`."""
    held = _held(accounts, kind, countries)
    found = held.join(known, on=["country", "text"], how="left", nulls_equal=True, maintain_order="left")
    return found.drop("country", "text").rename({"address": kind, "reason": f"{kind}_reason"})


def addresses(kind: str, texts: pl.DataFrame) -> pl.DataFrame:
    """`country`, `text`, `address`, `reason`: what each text means, as in staged.customer_account.

    `texts`: `distinct_texts` of `kind`.
    """
    bare = pl.col("text").str.strip_chars(" '\t\u00a0").str.to_lowercase()
    told = texts.with_columns(bare=bare, is_masked=pl.col("text").str.contains_any(MASKS))
    quick = told.with_columns(address=_PLAIN[kind])
    odd = quick.filter(pl.col("address").is_null() & ~pl.col("is_masked"))
    read = [_READ[kind](text, country) for country, text in odd.select("country", "bare").iter_rows()]
    looked_up = pl.DataFrame(read, schema={"address": pl.String, "reason": pl.String}, orient="row")
    masked = {"address": pl.lit(None, pl.String), "reason": pl.lit("masked")}
    every = pl.concat(
        [
            quick.filter(~pl.col("is_masked") & pl.col("address").is_not_null()).with_columns(
                reason=pl.lit(None, pl.String)
            ),
            odd.drop("address").hstack(looked_up),
            quick.filter("is_masked").with_columns(**masked),
        ]
    )
    is_alias = pl.col("address").str.contains(ALIAS_DOMAINS)
    told_why = every.with_columns(reason=pl.when(is_alias).then(pl.lit("alias")).otherwise("reason"))
    # Nobody is written to by an address that tells nobody.
    known = pl.when(pl.col("reason").is_null()).then("address")
    return told_why.select("country", "text", address=known, reason="reason")


def _held(accounts: pl.LazyFrame, kind: str, countries: dict[str, str | None]) -> pl.LazyFrame:
    # An e-mail address is the same wherever it stands.
    schema = pl.String
    by_store = pl.col("store_id").replace_strict(countries, default=None, return_dtype=schema)
    country = by_store if kind == "phone" else pl.lit(None, schema)
    return accounts.rename({kind: "text"}).with_columns(country=country)


def _email(text: str, _country: str | None) -> tuple[str | None, str | None]:
    try:
        return validate_email(text, check_deliverability=False).normalized.lower(), None
    except EmailNotValidError:
        return None, "unreadable"


def _phone(text: str, country: str | None) -> tuple[str | None, str | None]:
    # A country's own way to dial abroad is not known without a country, and 00 is most countries'.
    spelt = text.removesuffix(".0") if not text.startswith("00") else f"+{text[2:].removesuffix('.0')}"
    found = _parsed(spelt, country)
    if found is None and country is not None:
        abroad = _parsed(f"+{spelt}", None)
        found = abroad if abroad and phonenumbers.is_valid_number(abroad) else None
    if found is None:
        return None, "extension" if country and EXTENSION.fullmatch(spelt) else "unreadable"
    if found.extension:
        return None, "extension"
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164), _why_it_tells_nobody(found)


def _parsed(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _why_it_tells_nobody(number: phonenumbers.PhoneNumber) -> str | None:
    if not phonenumbers.is_valid_number(number):
        return "unassigned"
    return "service_number" if phonenumbers.number_type(number) in SERVICE else None


_DIGITS = pl.col("bare").str.replace_all("[ -]", "").str.extract(PLAIN_CHINESE_MOBILE)
_PLAIN = {
    "email": pl.when(pl.col("bare").str.contains(PLAIN_EMAIL)).then("bare"),
    "phone": pl.when(pl.col("country") == "CN").then("+86" + _DIGITS),
}
_READ = {"email": _email, "phone": _phone}
