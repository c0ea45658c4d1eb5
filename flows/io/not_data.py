"""Rows that are no data, by rule and not by platform: totals at the end, an explanation below the header."""

import re

_TOTALS = re.compile(r"(总计|合计|汇总|总合计|小计|(grand )?totals?)\s*([:：(（].*)?", re.IGNORECASE | re.DOTALL)
TOTALS_AT_MOST = 8
"""So many records at the end are looked at."""


def is_total(cells: list[str]) -> bool:
    """Whether a row adds up others: its first cell that is not blank says so."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    return _TOTALS.fullmatch(first) is not None


def is_explanation(cells: list[str]) -> bool:
    """Whether the row below the header says how columns are computed: it begins blank, adds up words, has no digit.

    Every row of data has a digit: in a date, a number, an amount. Or it has an address.
    """
    told = [cell for cell in cells if cell.strip()]
    is_of_words = bool(told) and not cells[0].strip() and not any(re.search(r"[\d@]", cell) for cell in told)
    return is_of_words and any(re.search(r"\w\s*[+=×÷*＋－]\s*\w", cell) for cell in told)
