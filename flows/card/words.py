"""The card's sentences in one language, from `sentences/`; words it shares with the report come from there."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from flows.report import numerals
from flows.report.texts import named, plain, texts_in

Language = Literal["en", "zh"]


@cache
def card_texts() -> Mapping[str, Mapping[str, str]]:
    """Key, such as `offer.due`, to `en`, `zh` and perhaps `en_one`."""
    return texts_in(files("flows.card").joinpath("sentences"))


class Words:
    """How a language says it."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def say(self, key: str, number: int | None = None, /, **values: str) -> str:
        """The text of `key` with its places filled in. `number` chooses English singular or plural.

        Raises KeyError for an unknown key or a place without a value.
        """
        text = card_texts()[key]
        is_one = number == 1 and self._language == "en"
        return text.get("en_one", text["en"]).format(**values) if is_one else text[self._language].format(**values)

    def name(self, group: str, name: str) -> str:
        """What `name` (of a channel, a tier, a weekday) is called; the name itself where nothing else is known."""
        key = f"{group}.{name}"
        return self.say(key) if key in card_texts() else plain(named(group, name), self._language)

    def money(self, amount: int, currency: str) -> str:
        """Money (ten-thousandths) with its currency, to the cent: customers are told it."""
        return plain(numerals.money(amount, currency, to_the_cent=True), self._language)

    def day(self, when: date) -> str:
        """A date, such as 1 March 2026 or 2026年3月1日."""
        return plain(numerals.day(when), self._language)

    def days(self, number: int) -> str:
        """A number of days in words."""
        return self.say("days.some", number, days=f"{number:,}") if number else self.say("days.none")

    def listed(self, things: Iterable[str]) -> str:
        """Things one after the other."""
        return {"en": ", ", "zh": "、"}[self._language].join(things)
