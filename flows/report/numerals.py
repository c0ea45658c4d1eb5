"""Numbers as people read them: thousands separated, nothing more exact than it is."""

from datetime import date, datetime

from flows.report.texts import Both
from transforms.contracts.table import MONEY_SCALE

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
EXACT_BELOW = 100
"""Amounts below so many units are shown with two decimals."""


def count(number: int) -> str:
    """A count, such as 12,345."""
    return f"{number:,}".replace("-", MINUS)


def money(amount: int, currency: str) -> str:
    """Money (ten-thousandths) with its currency code, such as `EUR 12,345`; small amounts with two decimals."""
    units = amount / MONEY_SCALE
    is_exact = abs(units) < EXACT_BELOW and amount % MONEY_SCALE != 0
    text = f"{units:,.2f}" if is_exact else f"{units:,.0f}"
    return f"{currency}{NO_BREAK_SPACE}{text}".replace("-", MINUS)


def percent(part: float, whole: float) -> str:
    """`part` of `whole` in whole percent; never 0 % of something, nor all of what is not all. A dash of nothing."""
    if whole == 0:
        return "–"
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    if 99 < share < 100:  # noqa: PLR2004
        return ">99%"
    return f"{share:.0f}%"


def day(when: date) -> Both:
    """A date in each language; month names are not taken from the machine's locale."""
    return Both(
        f"{when.day}{NO_BREAK_SPACE}{MONTHS[when.month - 1]} {when.year}", f"{when.year}年{when.month}月{when.day}日"
    )


def instant(when: datetime) -> str:
    """An instant in UTC to the minute; `when` is in UTC."""
    return f"{when:%Y-%m-%d %H:%M} UTC"


def width(part: float, whole: float) -> str:
    """Length of a bar in percent, for CSS; 0 where `whole` or `part` is not positive."""
    return f"{max(100 * part / whole, 0):.2f}" if whole > 0 else "0"


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
