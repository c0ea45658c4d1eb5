"""What the texts of exports mean as addresses."""

import phonenumbers
import polars as pl
import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity.addresses import addresses, distinct_texts, with_addresses

COUNTRIES: dict[str, str | None] = {"shanghai": "CN", "boston": "US", "nowhere": None}


def read(kind: str, text: str, country: str | None = None) -> tuple[str | None, str | None]:
    """Address and reason."""
    texts = pl.DataFrame({"country": [country], "text": [text]}, schema={"country": pl.String, "text": pl.String})
    return addresses(kind, texts).select("address", "reason").row(0)


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("138 0013 8000", "CN", ("+8613800138000", None)),
        ("'13800138000", "CN", ("+8613800138000", None)),
        ("13800138000.0", "CN", ("+8613800138000", None)),
        ("8613800138000", "CN", ("+8613800138000", None)),
        ("0086 138-0013-8000", "CN", ("+8613800138000", None)),
        ("+8613800138000", "US", ("+8613800138000", None)),
        ("8613800138000", "US", ("+8613800138000", None)),
        ("(202) 555-0123", "US", ("+12025550123", None)),
        ("202-555-0123", "US", ("+12025550123", None)),
        ("0044 7911 123456", None, ("+447911123456", None)),
        ("010-12345678", "CN", ("+861012345678", None)),
        ("186******05", "CN", (None, "masked")),
        ("1******6198", "CN", (None, "masked")),
        ("##密文", "CN", (None, "masked")),
        ("13800138000-1234", "CN", (None, "extension")),
        ("13800138000转1234", "CN", (None, "extension")),
        ("(202) 555-0123 ext. 12", "US", (None, "extension")),
        ("400-820-8820", "CN", (None, "service_number")),
        ("14000138000", "CN", (None, "unassigned")),
        ("123", "CN", (None, "unreadable")),
        ("call me", "CN", (None, "unreadable")),
        # Without a country the digits might be anybody's.
        ("2025550123", None, (None, "unreadable")),
        ("(555) 123-4567", None, (None, "unreadable")),
    ],
)
def test_phones(text: str, country: str | None, expected: tuple[str | None, str | None]) -> None:
    assert read("phone", text, country) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Ann.Lee@Example.COM ", ("ann.lee@example.com", None)),
        ("o'neil@example.com", ("o'neil@example.com", None)),
        ("ann***@example.com", (None, "masked")),
        ("ann@example", (None, "unreadable")),
        ("ann", (None, "unreadable")),
        ("x1y2z3@marketplace.amazon.co.uk", (None, "alias")),
    ],
)
def test_emails(text: str, expected: tuple[str | None, str | None]) -> None:
    assert read("email", text) == expected


@given(st.from_regex(r"(\+?86)?1[3-9][0-9]{9}", fullmatch=True))
def test_chinese_mobiles_are_read_as_the_library_reads_them(text: str) -> None:
    number = phonenumbers.parse(text, "CN")
    spelt = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    expected = (spelt, None) if phonenumbers.is_valid_number(number) else (None, "unassigned")
    assert read("phone", text, "CN") == expected


@given(
    st.from_regex(r"[a-z0-9_+-]{1,8}(\.[a-z0-9]{1,5})?@[a-z0-9]{1,8}(-[a-z]{1,4})?\.(com|co\.uk|cn)", fullmatch=True)
)
def test_plain_emails_are_read_as_the_library_reads_them(text: str) -> None:
    assert read("email", text) == (validate_email(text, check_deliverability=False).normalized.lower(), None)


def test_a_number_is_of_the_country_of_its_store_and_accounts_keep_their_order() -> None:
    stores = ["shanghai", "boston", "nowhere", "boston"]
    told = pl.LazyFrame({"store_id": stores, "phone": ["13800138000", "2025550123", "2025550123", None]})
    known = addresses("phone", distinct_texts(told, "phone", COUNTRIES).collect())
    found = with_addresses(told, "phone", known.lazy(), COUNTRIES).collect()
    assert found.to_dicts() == [
        {"store_id": "shanghai", "phone": "+8613800138000", "phone_reason": None},
        {"store_id": "boston", "phone": "+12025550123", "phone_reason": None},
        {"store_id": "nowhere", "phone": None, "phone_reason": "unreadable"},
        {"store_id": "boston", "phone": None, "phone_reason": None},
    ]
