"""Numbers as people read them: thousands separated, nothing more exact than it is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flows.report.texts import Both
from transforms.contracts.table import MONEY_SCALE

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
YUAN = "CNY"
EXACT_BELOW = 100
"""Amounts below so many units are shown with two decimals."""

SHORT_FROM = 10_000
"""Counts from here on are shortened where room is scarce."""


def count(number: int) -> str:
    """A count, such as 12,345."""
    return f"{number:,}".replace("-", MINUS)


def money(amount: int, currency: str, *, to_the_cent: bool = False) -> Both:
    """Money (ten-thousandths) with its currency, `EUR 12,345` or `12,345 元`.

    Small amounts have two decimals, and `to_the_cent` all that are not whole.
    """
    units = amount / MONEY_SCALE
    is_exact = (to_the_cent or abs(units) < EXACT_BELOW) and amount % MONEY_SCALE != 0
    text = f"{units:,.2f}" if is_exact else f"{units:,.0f}"
    text = text.replace("-", MINUS)
    with_code = f"{currency}{NO_BREAK_SPACE}{text}"
    return Both(with_code, f"{text}{NO_BREAK_SPACE}元" if currency == YUAN else with_code)


def percent(part: float, whole: float) -> str:
    """`part` of `whole` in whole percent; never 0 % of something, nor all of what is not all. A dash of nothing."""
    if whole == 0:
        return "–"
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    if 99 < share < 100:  # noqa: PLR2004
        return ">99%"
    return f"{share:.0f}%".replace("-", MINUS)


def signed_percent(share: float) -> str:
    """More or less by so many percent, such as +12% or −3%; whole percents from ten on."""
    text = f"{100 * share:+.{0 if abs(share) >= 0.1 else 1}f}%"  # noqa: PLR2004 - ten percent
    return text.replace("-", MINUS)


def day(when: date) -> Both:
    """A date in each language; month names are not taken from the machine's locale."""
    return Both(
        f"{when.day}{NO_BREAK_SPACE}{MONTHS[when.month - 1]} {when.year}", f"{when.year}年{when.month}月{when.day}日"
    )


def instant(when: datetime, zone: ZoneInfo) -> Both:
    """An aware instant as the clocks of `zone` show it, to the minute, with the zone's name."""
    local = when.astimezone(zone)
    date_of, clock = day(local.date()), f"{local:%H:%M}"
    return Both(f"{date_of.en}, {clock} ({zone.key})", f"{date_of.zh} {clock}（{zone.key}）")


def short(number: int) -> Both:
    """A count in at most five letters, such as 12.3k or 1.2万, where there is no room for more."""
    return Both(_short(number, ((1_000_000, "M"), (1_000, "k"))), _short(number, ((100_000_000, "亿"), (10_000, "万"))))


def _short(number: int, units: tuple[tuple[int, str], ...]) -> str:
    if number < SHORT_FROM:
        return count(number)
    unit, name = next(unit for unit in units if number >= unit[0])
    units_of = number / unit
    return f"{units_of:.{0 if round(units_of, 1) >= 100 else 1}f}{name}"  # noqa: PLR2004 - three digits are enough


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
