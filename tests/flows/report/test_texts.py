import re
from datetime import UTC, date, datetime
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from checks.row_rules import CORRECTED_AWAY, rules_for
from flows.io.salvaged_text import HINTS
from flows.report import numerals
from flows.report.texts import Both, said, spans, texts
from flows.report.wording import model_name, rule_name
from transforms.contacts.back_from_silence import OCCASION
from transforms.contracts import contact, fields, mart, rows
from transforms.reading.layout import Layout
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
    layout = Layout("own", table.name, {}, (), is_order_too=table is rows.ORDER_LINE)
    names = [rule.name for rule in rules_for(layout, mapped, "EUR")]
    assert [name for name in names if rule_name(name).en == name] == []


@pytest.mark.parametrize("rule", [*HINTS, CORRECTED_AWAY.name])
def test_every_rule_that_no_kind_of_file_makes_has_words(rule) -> None:
    assert rule_name(rule).en != rule


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
    found = numerals.money(amount, "EUR")
    assert found.en == found.zh
    assert found.en.replace(numerals.NO_BREAK_SPACE, " ") == expected


def test_yuan_are_called_as_each_language_does() -> None:
    assert numerals.money(-12_345_0000, "CNY") == Both("CNY\u00a0−12,345", "−12,345\u00a0元")


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (12_345, "12.3k", "1.2万"),
        (99_949, "99.9k", "10.0万"),
        (99_950, "100k", "10.0万"),
        (123_456, "123k", "12.3万"),
        (1_234_567, "1.2M", "123万"),
        (234_567_890, "235M", "2.3亿"),
    ],
)
def test_short_counts_fit_into_a_narrow_place(number, english, chinese) -> None:
    assert numerals.short(number) == Both(english, chinese)


def test_dates_are_written_as_each_language_does() -> None:
    assert numerals.day(date(2026, 3, 1)) == Both("1\u00a0March 2026", "2026年3月1日")


def test_instants_are_told_as_the_shops_clocks_show_them() -> None:
    late = datetime(2026, 2, 28, 20, 14, tzinfo=UTC)
    shown = numerals.instant(late, ZoneInfo("Asia/Shanghai"))
    assert shown == Both("1\u00a0March 2026, 04:14 (Asia/Shanghai)", "2026年3月1日 04:14（Asia/Shanghai）")
