"""The card as it stands in a terminal."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from flows.card.known import Known, look_up
from flows.card.masks import masked, masked_account
from flows.card.sections import card_of
from flows.card.terminal import print_card, wrapped
from flows.card.words import Words
from flows.faults import InputError
from flows.io.warehouse import Warehouse
from tests.flows.card.conftest import NEWCOMER, OLD_ID, REGULAR, UNHAPPY
from tests.flows.conftest import RunAll
from tests.flows.filled import filled_warehouse

SHANGHAI = ZoneInfo("Asia/Shanghai")


def printed(known: Known, language: str = "en", *, shows_addresses: bool = False, width: int = 80) -> str:
    screen = io.StringIO()
    card = card_of(known, Words(language), SHANGHAI, shows_addresses=shows_addresses)
    print_card(card, Console(file=screen, width=width))
    return screen.getvalue().replace("\u00a0", " ")


def section(card: str, label: str) -> str:
    """Lines below a label up to the next, as one text."""
    lines = card.splitlines()
    (start,) = (number for number, line in enumerate(lines) if line.startswith(label))
    end = next(number for number in range(start + 1, len(lines)) if not lines[number].startswith(" "))
    return " ".join(line.strip() for line in [lines[start].removeprefix(label), *lines[start + 1 : end]])


def test_an_open_complaint_comes_first_and_nothing_is_offered(counter: Warehouse) -> None:
    card = printed(look_up(counter, UNHAPPY))
    labels = [line.split()[0] for line in card.splitlines() if line[:1].strip() and line[0] not in "─王"]
    assert labels[:4] == ["COMPLAINT", "First", "Who", "Level"]
    complaint = section(card, "COMPLAINT")
    # 20 February, 20:00 UTC, is the 21st in Shanghai.
    assert "open since 21 February 2026 (8 days), WeChat, not answered yet" in complaint
    assert "about the order of 12 February 2026: 2 × Longjing green tea, spring harvest + 杯子 (+1)" in complaint
    assert "put down as: late, broken" in complaint
    assert "Apologise before anything else: no answer for 8 days" in section(card, "First")
    assert "No promotion and no new offer" in section(card, "Do not")
    assert "Offer" not in labels


def test_an_answered_complaint_asks_whether_the_answer_has_helped(counter: Warehouse) -> None:
    answered = {"open_complaint_reply_at": datetime(2026, 2, 22, 3, tzinfo=UTC), "open_complaint_order_key": "web/9"}
    known = look_up(counter, UNHAPPY)
    known = replace(known, card={**known.card, **answered}, advice={**known.advice, "first": ["complaint_answered"]})
    card = printed(known)
    assert "WeChat, answered on 22 February 2026" in section(card, "COMPLAINT")
    assert "about order web/9" in section(card, "COMPLAINT")
    assert "Ask whether the answer of 22 February 2026 has helped" in card


def test_the_regular_is_known_by_habits_level_and_what_to_offer(known: Known) -> None:
    card = printed(known)
    assert "CNY 230 more make Platinum (paid within 12 months)" in section(card, "Level")
    assert "bought membership: VIP, until 20 March 2026 CNY 120 left on the account" in section(card, "Level")
    assert "birthday on 8 March 2026, in 7 days" in section(card, "Who")
    assert "speaks English" in section(card, "Who")
    assert "was due on 28 February 2026, 1 day ago" in section(card, "Likes")
    assert "mostly on Saturdays, about 20:00" in section(card, "Likes")
    assert "The pot leaks, and nobody writes back." in section(card, "Likes")
    assert section(card, "Noted").strip() == "vip, likes to talk · family: two children (survey)"
    assert "suggest Tea again" in section(card, "Offer")
    assert "gave 2 of 5 stars" in section(card, "First")
    assert card.count("CNY 300") == 4
    assert "and 8 more" in section(card, "Bought")


def test_paying_what_the_card_says_is_enough(known: Known) -> None:
    customer = {**known.customer, "missing_to_next_tier": 230_4001, "stored_value": 1_234_5000}
    card = printed(replace(known, customer=customer))
    assert "CNY 230.41 more make Platinum" in card
    assert "CNY 1,234.50 left on the account" in card


def test_the_same_in_chinese(known: Known) -> None:
    card = printed(known, "zh")
    for text in ("2026年3月8日", "再付 230 元升为铂金", "每 32 天买一次", "周六 20 点前后", "2026年3月1日晚", "说英语"):
        assert text in card


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("customer", [UNHAPPY, REGULAR, NEWCOMER])
def test_it_fits_one_screen(customer: str, language: str, counter: Warehouse) -> None:
    lines = printed(look_up(counter, customer), language).splitlines()
    assert len(lines) <= 40
    assert max(cell_len(line) for line in lines) <= 80


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_score_of_a_model_stands_on_it(known: Known, language: str) -> None:
    card = printed(known, language)
    for told in ("0.43", "43%", "gold", "987", "98.77", "mbg"):
        assert told not in card


def test_addresses_are_masked_unless_asked_for(counter: Warehouse) -> None:
    known = look_up(counter, UNHAPPY)
    hidden, shown = printed(known), printed(known, shows_addresses=True)
    assert "email f***@example.com: agreed" in hidden
    assert "text message 138****8000: REFUSED, do not write" in hidden
    assert not any(address in hidden for address in ("fang@example.com", "13800138000"))
    assert all(address in shown for address in ("fang@example.com", "13800138000"))


def test_of_a_newcomer_only_what_is_known_is_shown(counter: Warehouse) -> None:
    card = printed(look_up(counter, NEWCOMER))
    assert "(no name)" in card
    assert "no purchase yet" in section(card, "Who")
    assert [line for line in card.splitlines() if line.startswith(("Likes", "Bought", "Level"))] == []


def test_what_customers_write_cannot_rewrite_the_screen(known: Known) -> None:
    hostile = "\x1b[2J\x1b]0;x\x07\u202e[bold red]Ada[/]{name}"
    customer = {**known.customer, "region": hostile, "language": hostile, "favourite_category": hostile}
    card = printed(replace(known, card={**known.card, "customer_name": hostile}, customer=customer))
    assert "[bold red]Ada[/]{name}" in card
    assert not set("\x1b\x07\u202e") & set(card)


def test_an_earlier_id_shows_the_customer_it_stands_for(counter: Warehouse) -> None:
    card = printed(look_up(counter, OLD_ID))
    assert "The id asked for is an earlier one of this customer." in card
    assert REGULAR in card
    assert OLD_ID not in card


def test_an_id_of_nobody_is_wrong_input(counter: Warehouse) -> None:
    with pytest.raises(InputError, match=r"nobody is known by that; .*mart\.customer"):
        look_up(counter, "c" + "0" * 20)


def test_before_the_first_night_it_says_what_to_do(tmp_path: Path) -> None:
    warehouse = filled_warehouse(tmp_path / "shop.duckdb", {}, is_published=False)
    with pytest.raises(InputError, match="no night is published yet; run `regulars run` first"):
        look_up(warehouse, REGULAR)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("lin@example.com", "l***@example.com"),
        ("13800138000", "138****8000"),
        ("+49 30 1234567", "+49 30****4567"),
        ("12345678", "123***"),
        ("wx_ada", "w***"),
        ("上海市南京路一号", "上海市***"),
    ],
)
def test_masks(address: str, shown: str) -> None:
    assert masked(address) == shown


@given(
    st.text(alphabet="ab中，。 \u00a0é😀-", max_size=60).map(lambda text: re.sub(" +([，。])", r"\1", text)),
    st.integers(4, 20),
)
@example("a\xa0。\xa0 ", 4)
def test_wrapping_loses_nothing_but_spaces_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    # A line is too long only where it cannot be cut.
    assert all(cell_len(line) <= width or wrapped(line, 1) == [line] for line in lines)
    assert not any(line[:1] in {"，", "。"} for line in lines[1:])


def test_the_command_prints_it_by_id_address_and_number(counter: Warehouse, run_all: RunAll, tmp_path: Path) -> None:
    asked = (
        (UNHAPPY,),
        ("--email", " FANG@example.com"),
        ("--phone", "138-0013-8000", "--language", "zh"),
        ("Ada Byron",),
        ("--email", "no@example.com"),
    )
    where = ("--warehouse", counter.name, "--lake", tmp_path / "lake")
    by_id, by_email, by_phone, *refused = run_all([(tmp_path, ("card", *who, *where)) for who in asked])
    assert (by_id.returncode, by_id.stderr) == (0, "")
    assert by_id.stdout == by_email.stdout
    assert "投诉未结" in by_phone.stdout
    for done in refused:
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("regulars: ")
        assert not any(given in done.stderr for given in ("Ada", "no@example.com"))


@pytest.mark.parametrize(
    ("account_key", "shown"),
    [
        ("taobao/小满_88", "taobao 小满_88"),
        ("web/17850", "web 17850"),
        ("shopify/ann@example.com", "shopify a***@example.com"),
        ("youzan/13800138000", "youzan 138****8000"),
        ("own/a/b", "own a/b"),
    ],
)
def test_accounts_are_named_but_for_what_is_an_address(account_key: str, shown: str) -> None:
    assert masked_account(account_key) == shown
