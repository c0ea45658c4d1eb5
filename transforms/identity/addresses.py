"""E-mail addresses and phone numbers as they are compared and written to, from what the exports hold.

Distinct texts alone are looked at, in a frame the flow collected: the libraries take 30 µs for each.
"""

import re

import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberType

from transforms.contracts import staged
from transforms.reading.cells import MASKS

KEY = ["kind", "country", "text"]
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


def distinct_texts(accounts: pl.LazyFrame, countries: dict[str, str | None]) -> pl.LazyFrame:
    """`kind` (`email`, `phone`), `country`, `text`: every address that accounts hold, once.

    `accounts`: staged.customer_account. `countries`: ISO 3166 code by store, of numbers that bear none.
    """
    return pl.concat(_of_kind(accounts, kind, countries).select(KEY).unique() for kind in ("email", "phone"))


def of_accounts(accounts: pl.LazyFrame, known: pl.LazyFrame, countries: dict[str, str | None]) -> pl.LazyFrame:
    """`account_key`, `kind`, `address`, `reason`: what each account holds, as staged.address reads it."""
    held = pl.concat(_of_kind(accounts, kind, countries) for kind in ("email", "phone"))
    return held.join(known, on=KEY, nulls_equal=True).select("account_key", "kind", "address", "reason")


def addresses(texts: pl.DataFrame) -> pl.DataFrame:
    """staged.address, sorted. `texts`: `distinct_texts`."""
    bare = pl.col("text").str.strip_chars(" '\t\u00a0").str.to_lowercase()
    told = texts.with_columns(bare=bare, is_masked=pl.col("text").str.contains_any(MASKS))
    plain_email = pl.when((pl.col("kind") == "email") & pl.col("bare").str.contains(PLAIN_EMAIL)).then("bare")
    digits = pl.col("bare").str.replace_all("[ -]", "").str.extract(PLAIN_CHINESE_MOBILE)
    plain_phone = pl.when((pl.col("kind") == "phone") & (pl.col("country") == "CN")).then("+86" + digits)
    quick = told.with_columns(address=pl.coalesce(plain_email, plain_phone), reason=pl.lit(None, pl.String))
    odd = quick.filter(pl.col("address").is_null() & ~pl.col("is_masked"))
    read = [_READ[kind](text, country) for kind, country, text in odd.select("kind", "country", "bare").iter_rows()]
    looked_up = pl.DataFrame(read, schema={"address": pl.String, "reason": pl.String}, orient="row")
    every = pl.concat(
        [
            quick.filter(pl.col("address").is_not_null() & ~pl.col("is_masked")),
            odd.drop("address", "reason").hstack(looked_up),
            quick.filter("is_masked").with_columns(address=pl.lit(None, pl.String), reason=pl.lit("masked")),
        ]
    )
    is_alias = (pl.col("kind") == "email") & pl.col("address").str.contains(ALIAS_DOMAINS)
    reason = pl.when(is_alias).then(pl.lit("alias")).otherwise("reason")
    return every.with_columns(reason=reason).select(staged.ADDRESS.column_names).sort(KEY)


def _of_kind(accounts: pl.LazyFrame, kind: str, countries: dict[str, str | None]) -> pl.LazyFrame:
    # An e-mail address is the same wherever it stands.
    schema = pl.String
    country = pl.col("store_id").replace_strict(countries, default=None, return_dtype=schema)
    of_phone = country if kind == "phone" else pl.lit(None, schema)
    held = accounts.filter(pl.col(kind).is_not_null())
    return held.select("account_key", kind=pl.lit(kind), country=of_phone, text=pl.col(kind))


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
        return None, "extension" if EXTENSION.match(spelt) else "unreadable"
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


_READ = {"email": _email, "phone": _phone}
