"""An address means whoever has it, however it is written."""

import pytest

from flows.erasing.who import as_read, ways_to_write
from flows.settings import Settings, Shop, Store


@pytest.mark.parametrize(
    ("address", "ways"),
    [
        ("+8613800009999", {"8613800009999", "13800009999"}),
        ("+447700900123", {"447700900123", "7700900123", "07700900123"}),
        ("138-0000-9999", {"13800009999"}),
        ("138****9999", set()),
    ],
)
def test_ways_to_write_a_number(address: str, ways: set[str]) -> None:
    assert ways_to_write("phone", address) == ways


def test_an_e_mail_address_is_written_in_one_way() -> None:
    assert ways_to_write("email", " Anna@Example.com") == {"anna@example.com"}


@pytest.mark.parametrize("typed", ["138 0000 9999", "+86 138-0000-9999", "0086 13800009999"])
def test_a_number_typed_in_any_way_is_that_of_the_published_one(typed: str) -> None:
    settings = Settings(shop=Shop(timezone="Asia/Shanghai"), stores=(Store(id="web", country="GB"), Store(id="cn")))
    assert "8613800009999" in as_read(settings, "phone", typed)["phone"]


def test_without_a_country_a_number_means_its_digits() -> None:
    assert as_read(Settings(), "phone", "138 0000 9999").rows() == [("13800009999",)]
    assert as_read(Settings(), "email", " A@X.example").rows() == [("a@x.example",)]
    assert as_read(Settings(), "phone", "none").is_empty()
