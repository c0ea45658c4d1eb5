import re
from datetime import UTC, date, datetime
from string import Formatter

import pytest

from checks.row_rules import rules_for
from flows.report import numerals
from flows.report.texts import Both, said, spans, texts
from flows.report.wording import model_name, rule_name
from transforms.contacts.back_from_silence import OCCASION
from transforms.contracts import contact, fields, mart, rows
from transforms.segments.tiers import DEFAULT_TIERS

CHINESE = "[\u3000-\u9fff\uff00-\uffef]"
"""Characters, punctuation included."""


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", texts())
def test_every_text_says_the_same_in_both_languages(key) -> None:
    text = texts()[key]
    assert set(text) - {"en_one"} == {"en", "zh"}
    assert text["en"].strip()
    assert re.search(CHINESE, text["zh"])
    assert not re.search(CHINESE, text["en"])
    assert places(text["en"]) == places(text["zh"])
    assert places(text.get("en_one", "")) <= places(text["en"])


def test_every_value_the_mart_may_hold_has_words() -> None:
    expected = [
        *(f"reason.{reason}" for reason in contact.CONTACT_HOLD.column("reason").values),
        *(f"channel.{channel}" for channel in fields.channel.values),
        *(f"tier.{tier.name}" for tier in DEFAULT_TIERS),
        *(f"kind.{table.name}" for table in rows.TABLES),
        f"occasion.{OCCASION}",
    ]
    assert [key for key in expected if key not in texts()] == []


@pytest.mark.parametrize("model", mart.CUSTOMER_SCORE.column("model").values)
def test_every_model_is_told_in_words(model) -> None:
    assert not re.search(r"mbg_nbd|gamma_gamma|^none$", model_name(model).en)
    assert ("Gamma-Gamma" in model_name(model).zh) == ("gamma_gamma" in model)


@pytest.mark.parametrize("table", rows.TABLES, ids=lambda table: table.name)
def test_every_row_rule_has_words(table) -> None:
    mapped = set(table.column_names[table.column_names.index("store_id") :])
    names = [rule.name for rule in rules_for(table, mapped, "EUR")]
    assert [name for name in names if rule_name(name).en == name] == []


def test_an_unknown_rule_keeps_its_name() -> None:
    assert rule_name("moon_missing") == Both("moon_missing", "moon_missing")


def test_one_is_said_in_the_singular() -> None:
    assert said("freshness.days", 1, days="1").en == "1 day before"
    assert said("freshness.days", 2, days="2").en == "2 days before"


def test_what_is_filled_in_is_escaped() -> None:
    page = spans(said("rejected.rule", kind=Both("<i>", "<u>"), rule="&"))
    assert page == '<span lang="en">&lt;i&gt;: &amp;</span><span lang="zh-Hans">&lt;u&gt;：&amp;</span>'


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 8, "0%"), (1, 8, "12%"), (1, 1000, "<1%"), (999, 1000, ">99%"), (8, 8, "100%"), (0, 0, "–")],
)
def test_shares_are_no_more_exact_than_they_are(part, whole, expected) -> None:
    assert numerals.percent(part, whole) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(12_345_678_9000, "EUR 12,345,679"), (12_3400, "EUR 12.34"), (-1_500_0000, "EUR −1,500"), (0, "EUR 0")],
)
def test_money_has_its_currency(amount, expected) -> None:
    assert numerals.money(amount, "EUR").replace(numerals.NO_BREAK_SPACE, " ") == expected


def test_dates_are_written_as_each_language_does() -> None:
    assert numerals.day(date(2026, 3, 1)) == Both("1\u00a0March 2026", "2026年3月1日")
    assert numerals.instant(datetime(2026, 3, 2, 1, 14, tzinfo=UTC)) == "2026-03-02 01:14 UTC"
