"""From text to values: what a cell means, and that what cannot be read is null rather than wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts import rows
from transforms.reading.cells import boolean, clean, identifier, instant, money, value, whole_number

NEW_YORK = ZoneInfo("America/New_York")


def read(reader: Callable[[pl.Expr], pl.Expr], *cells: str | None) -> list[object]:
    return (
        pl.DataFrame({"cell": cells}, schema={"cell": pl.String}).select(reader(pl.col("cell"))).to_series().to_list()
    )


def read_instant(cell: str, zone: str) -> object:
    return read(lambda text: instant(text, zone), cell)[0]


@pytest.mark.parametrize(
    "mark", ["", " ", "\t", "\u3000", "-", "--", "—", "——", "?", "null", "NULL", "None", "N/A", "NaN"]
)
def test_marks_for_nothing_are_null(mark: str) -> None:
    assert read(clean, mark, f"  {mark} ") == [None, None]


def test_spaces_and_tabs_around_a_cell_go_and_those_inside_stay() -> None:
    assert read(clean, "\t9001", "  Tea  pot ", "\u3000茶\u3000") == ["9001", "Tea  pot", "茶"]


def test_words_that_only_contain_a_mark_for_nothing_stay() -> None:
    assert read(clean, "-5", "a-b", "Nonesuch", "nullable") == ["-5", "a-b", "Nonesuch", "nullable"]


def test_only_the_tail_of_a_spreadsheet_float_leaves_an_identifier() -> None:
    cells = ("17850.0", "017850", "A1.0", "1.0.0", "17850.5", "17850.00", ".0", None)
    assert read(identifier, *cells) == ["17850", "017850", "A1.0", "1.0.0", "17850.5", "17850.00", ".0", None]


def test_whole_numbers_may_have_a_spreadsheet_tail_but_no_fraction() -> None:
    assert read(whole_number, "6", "-3", "6.0", "6.00", "0") == [6, -3, 6, 6, 0]
    assert read(whole_number, "6.5", "6.01", "six", "92233720368547758070", "1 000") == [None] * 5


@given(st.integers(-(10**14), 10**14))
def test_money_is_exact_to_the_ten_thousandth(ten_thousandths: int) -> None:
    assert read(money, str(Decimal(ten_thousandths) / 10_000)) == [ten_thousandths]


@given(st.decimals(-(10**6), 10**6, places=7))
def test_money_beyond_the_ten_thousandth_is_rounded_not_cut(amount: Decimal) -> None:
    [found] = read(money, f"{amount:f}")
    assert abs(Decimal(int(str(found))) - amount * 10_000) <= Decimal("0.5")
    nearest = (amount * 10_000).quantize(Decimal(1), ROUND_HALF_EVEN)
    if amount * 100_000 % 10 != 5:
        assert found == int(nearest)


def test_what_is_no_amount_is_null() -> None:
    cells = (
        "free",
        "1,24.00",
        "99999999999999999999",
        "1.2.3",
        "(12)",
        "1.234.567",
        "1.23,50",
        "1,2,5",
        ",50",
        "12,",
        "?",
    )
    assert read(money, *cells) == [None] * len(cells)


def test_an_amount_may_carry_a_sign_thousands_and_a_note() -> None:
    cells = ("￥12", "¥289.00", "$1,240.00", "0元", "69.20(分销商等级折扣：47.80)", "499.00（系统计算中）", "-$0.95")
    assert read(money, *cells) == [120_000, 2_890_000, 12_400_000, 0, 692_000, 4_990_000, -9_500]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("12,50", "12.5"),
        ("12,5", "12.5"),
        ("-0,05", "-0.05"),
        ("12,5 €", "12.5"),
        ("€ 1234,50", "1234.5"),
        ("-€1.234,50", "-1234.5"),
        ("1.234.567,8", "1234567.8"),
        ("1.234", "1.234"),
        ("1,234", "1234"),
        ("1,234,567.8", "1234567.8"),
        ("৳2,999", "2999"),
        ("৳ 2,999.00", "2999"),
        ("-৳50", "-50"),
    ],
)
def test_a_comma_is_told_by_the_digits_behind_it(cell: str, amount: str) -> None:
    assert read(money, cell, None) == [int(Decimal(amount) * 10_000), None]


def test_numbers_lose_what_keeps_a_spreadsheet_from_rounding_them() -> None:
    cells = ('="10000000000000001"', "'7210448301122", "\t9001", '=""', "'", "17850")
    found = read(lambda cell: clean(cell, "order_id"), *cells)
    assert found == ["10000000000000001", "7210448301122", "9001", None, None, "17850"]
    assert read(lambda cell: clean(cell, "phone"), "'+573001112233") == ["+573001112233"]
    assert read(lambda cell: clean(cell, "product_name"), "'n Sync") == ["'n Sync"]


@pytest.mark.parametrize("name", ["account_id", "referrer_account_id", "phone", "email", "customer_name"])
def test_a_masked_name_or_number_is_nothing_and_other_cells_may_hold_the_signs(name: str) -> None:
    cells = ("186******05", "张＊", "##密文", "$$密文", "13800138000")
    assert read(lambda cell: clean(cell, name), *cells) == [None, None, None, None, "13800138000"]
    assert read(lambda cell: clean(cell, "order_id"), "#1001") == ["#1001"]
    assert read(lambda cell: clean(cell, "review_text"), "5* for $9") == ["5* for $9"]


def test_e_mail_addresses_that_name_an_account_lose_their_case() -> None:
    account = rows.ORDER_LINE.column("account_id")
    found = read(lambda text: value(text, account, "UTC"), "ANA@Correo.com", "TB_Ana", "17850.0")
    assert found == ["ana@correo.com", "TB_Ana", "17850"]


def test_yes_and_no_are_understood_in_english_and_chinese() -> None:
    assert read(boolean, "Yes", "TRUE", "1", "是") == [True] * 4
    assert read(boolean, "no", "False", "0", "否") == [False] * 4
    assert read(boolean, "maybe", "2", None) == [None] * 3


@pytest.mark.parametrize(
    ("cell", "local"),
    [
        ("2026-07-01 14:05:09", datetime(2026, 7, 1, 14, 5, 9, tzinfo=NEW_YORK)),
        ("2026-07-01 14:05", datetime(2026, 7, 1, 14, 5, tzinfo=NEW_YORK)),
        ("2026-07-01T14:05:09", datetime(2026, 7, 1, 14, 5, 9, tzinfo=NEW_YORK)),
        ("2026/07/01 14:05", datetime(2026, 7, 1, 14, 5, tzinfo=NEW_YORK)),
        ("2026/7/1 9:05", datetime(2026, 7, 1, 9, 5, tzinfo=NEW_YORK)),
        ("2026-07-01", datetime(2026, 7, 1, tzinfo=NEW_YORK)),
    ],
)
def test_an_instant_without_an_offset_is_local(cell: str, local: datetime) -> None:
    assert read_instant(cell, str(NEW_YORK)) == local.astimezone(UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-07-01 20:05:09 +0800",
        "2026-07-01 08:05:09 -0400",
        "2026-07-01T20:05:09+08:00",
        "2026-07-01 12:05:09 +0000",
        "2026-07-01T12:05:09Z",
    ],
)
def test_an_offset_in_the_cell_beats_the_zone(cell: str) -> None:
    assert read_instant(cell, "Asia/Tokyo") == datetime(2026, 7, 1, 12, 5, 9, tzinfo=UTC)


def test_an_hour_that_a_clock_change_skips_is_read_an_hour_later() -> None:
    # London went from 01:00 to 02:00 British Summer Time, which is 01:00 UTC.
    assert read_instant("2026-03-29 01:30:00", "Europe/London") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    # Beirut skips the first hour of a day: a bare date stays on its day.
    assert read_instant("2026-03-29", "Asia/Beirut") == datetime(2026, 3, 28, 22, 0, tzinfo=UTC)


def test_an_hour_that_a_clock_change_repeats_is_the_earlier() -> None:
    assert read_instant("2026-10-25 01:30:00", "Europe/London") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_day_that_a_zone_skipped_is_unreadable_and_spares_its_neighbours() -> None:
    # Samoa had no 30 December 2011.
    found = read(lambda text: instant(text, "Pacific/Apia"), "2011-12-30 10:00:00", "2011-12-31 10:00:00")
    assert found == [None, datetime(2011, 12, 30, 20, 0, tzinfo=UTC)]


@pytest.mark.parametrize("cell", ["2026-13-01", "2026-02-30", "12/31/2026", "26-03-01", "yesterday", "20260301"])
def test_what_is_no_date_is_null(cell: str) -> None:
    assert read_instant(cell, "UTC") is None


def utc(month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("03/14/26", utc(3, 14)),
        ("3/4/2026", utc(3, 4)),
        ("03-14-26 14:05", utc(3, 14, 14, 5)),
        ("03.14.2026 14:05:09", utc(3, 14, 14, 5, 9)),
        ("03/14/2026 2:05 PM", utc(3, 14, 14, 5)),
        ("03/14/2026 12:05 AM", utc(3, 14, 0, 5)),
        ("03/14/2026 12:05:09 pm", utc(3, 14, 12, 5, 9)),
        ("03/14/2026 10:00:00 +0800", utc(3, 14, 2)),
        ("2026-03-14 10:00:00", utc(3, 14, 10)),
        ("Mar 4, 2026 10:00:00 AM PST", utc(3, 4, 18)),
        *((cell, None) for cell in ("14/03/2026", "13/13/26", "02/30/26", "00/10/26", "3/14/126", "26-03-14")),
        *((cell, None) for cell in ("03/14/26 25:00", "03/14/26 13:05 PM", "03/14/26 14:05 AM")),
    ],
)
def test_the_month_may_come_first(cell: str, expected: datetime | None) -> None:
    assert read(lambda text: instant(text, "UTC", "mdy"), cell) == [expected]


def test_the_day_may_come_first() -> None:
    cells = ("14/03/26", "1.7.2026 14:05", "01-07-2026 2:05 pm", "03/14/26", "31/06/2026", "2026-07-01")
    found = read(lambda text: instant(text, "Europe/London", "dmy"), *cells)
    assert found == [utc(3, 14), utc(7, 1, 13, 5), utc(7, 1, 13, 5), None, None, utc(6, 30, 23)]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from("/.-"), st.booleans())
def test_a_day_is_never_taken_for_a_month_of_a_file_that_says_which_comes_first(
    day: date, mark: str, is_short: bool
) -> None:
    year = f"%{'y' if is_short else 'Y'}"
    for order, form in (("mdy", f"%m{mark}%d{mark}{year}"), ("dmy", f"%d{mark}%m{mark}{year}")):
        [found] = read(lambda text, order=order: instant(text, "UTC", order), day.strftime(form))  # type: ignore[misc]
        assert found == datetime(day.year, day.month, day.day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "winter", "summer"),
    [
        ("Eastern Time (US & Canada)", 17, 16),
        ("Pacific Time (US & Canada)", 20, 19),
        ("London", 12, 11),
        ("Tokyo", 3, 3),
        ("UTC", 12, 12),
        # An abbreviation says itself whether it was summer.
        ("EST", 17, 17),
        ("EDT", 16, 16),
    ],
)
def test_the_name_of_a_zone_behind_an_instant_beats_the_zone_of_the_file(name: str, winter: int, summer: int) -> None:
    cells = (f"2026-01-14 12:00:00 {name}", f"2026-07-14 12:00:00 {name}")
    assert read(lambda text: instant(text, "Asia/Shanghai"), *cells) == [utc(1, 14, winter), utc(7, 14, summer)]


def test_zones_clocks_and_forms_may_differ_from_row_to_row() -> None:
    cells = (
        "03/14/26 2:05 PM EDT",
        "03/14/26 14:05",
        None,
        "03/14/26 14:05:00 Tokyo",
        "03/14/26 14:05 Nowhere",
        "noon",
    )
    found = read(lambda text: instant(text, "Asia/Shanghai", "mdy"), *cells)
    assert found == [utc(3, 14, 18, 5), utc(3, 14, 6, 5), None, utc(3, 14, 5, 5), None, None]


@pytest.mark.parametrize("name", ["BST", "IST", "Nowhere Time", "PM PM"])
def test_a_zone_of_several_meanings_or_none_is_unreadable(name: str) -> None:
    assert read_instant(f"2026-03-14 12:00:00 {name}", "UTC") is None


@pytest.mark.parametrize("cell", ["2026-03-14T14:05:09.123Z", "2026-03-14 14:05:09.0", "2026-03-14T22:05:09.5+08:00"])
def test_parts_of_a_second_are_left_out(cell: str) -> None:
    assert read_instant(cell, "UTC") == utc(3, 14, 14, 5, 9)


FIRST, LAST = datetime(1950, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001 - Hypothesis wants them without a zone


@given(
    st.lists(
        st.tuples(
            st.datetimes(FIRST, LAST).map(lambda when: when.replace(microsecond=0)),
            st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d", "offset"]),
            st.integers(-12 * 60, 14 * 60),
        ),
        max_size=8,
    ),
    st.sampled_from(["Asia/Shanghai", "Europe/London", "America/St_Johns", "UTC"]),
)
def test_a_column_of_mixed_forms_is_read_cell_by_cell(told: list[tuple[datetime, str, int]], zone: str) -> None:
    cells, expected = [], []
    for when, form, minutes in told:
        if form == "offset":
            aware = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
            cells.append(aware.strftime("%Y-%m-%d %H:%M:%S %z"))
            expected.append(aware.astimezone(UTC))
        else:
            cell = when.strftime(form)
            cells.append(cell)
            expected.append(datetime.strptime(cell, form).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
    assert read(lambda text: instant(text, zone), *cells) == expected
