"""The card's sentences: complete in both languages, all of them used, and every place filled."""

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import flows.card
from flows.card.facts import facts
from flows.card.known import Known
from flows.card.words import Words, card_texts
from transforms.contracts import customer_file, fields, rows
from transforms.customers.advice import rules

CHINESE = "[\u3000-\u9fff\uff00-\uffef]"
SOURCES = [path.read_text(encoding="utf-8") for path in Path(flows.card.__file__).parent.glob("*.py")]
ADVICE = {f"{rule.kind}.{rule.advice}" for rule in rules(date(2026, 3, 1))}


def values(columns: tuple[object, ...], name: str) -> tuple[str, ...]:
    (found,) = (column for column in columns if column.name == name)
    return found.values


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", card_texts())
def test_every_text_says_the_same_in_both_languages(key: str) -> None:
    text = card_texts()[key]
    assert set(text) - {"en_one"} == {"en", "zh"}
    assert re.search(CHINESE, text["zh"])
    assert not re.search(CHINESE, text["en"])
    assert places(text["en"]) == places(text["zh"])
    assert places(text.get("en_one", "")) <= places(text["en"])


def test_every_text_is_used_and_every_one_used_is_there() -> None:
    named = {
        *ADVICE,
        *(f"label.{name}" for name in re.findall(r"_(?:section|advice)\(\"(\w+)\"", "".join(SOURCES))),
        *(f"price_band.{name}" for name in values(customer_file.HABITS, "price_band")),
        *(f"consent.{name}" for name in fields.consent_state.values),
        *(f"weekday.{number}" for number in range(1, 8)),
        "head.female",
        "head.male",
        "channel.chat",
    }
    literal = {key for source in SOURCES for key in re.findall(r"\"([a-z]+\.[a-z_]+)\"", source)}
    tables = {"mart.customer_current", "mart.customer_link", "mart.product"}
    used = {key for key in literal if not key.startswith(("contact.", "mart.", "flows."))} | named
    languages = {key for key in card_texts() if key.startswith("language.")}
    assert used - tables == set(card_texts()) - languages


def test_every_way_a_ticket_came_has_a_name() -> None:
    ways = values(rows.TICKET.columns, "channel")
    assert all(Words("zh").name("channel", way) != way for way in ways)


def test_every_place_of_the_advice_is_told(known: Known, shanghai) -> None:
    told = facts(known, Words("en"), shanghai)
    wanted = {place for key in ADVICE for place in places(card_texts()[key]["en"])}
    assert wanted <= set(told)


@pytest.mark.parametrize(
    ("language", "number", "said"), [("en", 1, "1\u00a0day"), ("en", 1234, "1,234\u00a0days"), ("zh", 1, "1\u00a0天")]
)
def test_days_are_counted_as_each_language_does(language, number, said) -> None:
    assert Words(language).days(number) == said


def test_less_than_a_day_is_said_so() -> None:
    assert Words("en").days(0) == "less than a day"


def test_a_name_without_words_is_shown_as_it_is() -> None:
    assert [Words("zh").name("language", name) for name in ("en", "gsw")] == ["英语", "gsw"]
