"""What cells tell of the column they stand in. Counts alone: no cell leaves this module."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from transforms.contracts.table import MONEY_SCALE, Column, Type
from transforms.reading.cells import boolean, clean, instant, money, whole_number

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
PHONE = r"^'?\+?[\d(][\d \-().]{5,17}$"
_SHORT = 40
"""Characters beyond which a text is no code or word any more."""
_DECIMAL = r"\d[.,]\d{1,4}\D*$"
_LARGE = 10_000_000 * MONEY_SCALE
"""Amounts beyond it are rare, numbers of orders and phones are not."""


@dataclass(frozen=True, slots=True)
class Content:
    """Shares of the cells of one header that are not blank, but for `filled`, a share of all rows."""

    filled: float
    instant: float
    money: float
    decimal: float
    """Amounts with decimals; the `.0` that a spreadsheet puts behind numbers of customers is none."""
    whole: float
    boolean: float
    email: float
    phone: float
    short: float
    distinct: float
    """Distinct texts by texts."""
    repeats: float
    """Rows that say the same as the row before."""
    words: frozenset[str]
    """The texts in lower case where there are few, to be compared with the words of a contract; never shown."""


def contents(cells: pl.DataFrame, timezone: str) -> list[Content | None]:
    """What stands in each column of `cells`, texts; None where all are blank."""
    return [_content(cells.to_series(place), timezone) for place in range(cells.width)]


FEW_WORDS = 20
_OF_ROWS = (
    r"^\W*\d{4,}\W*$",
    r"^\W*\d{1,4}\s?[-./年]\s?\d{1,2}\s?[-./月]\s?\d{1,4}",
    r"\b\d{1,2}\.?[ -]\p{L}{3,9}\.?,?[ -]\d{2,4}\b",
    r"\b\p{L}{3,9}\.? \d{1,2},? \d{4}\b",
    r"\d:\d\d",
    r"^\D{0,4}\d[\d.,' ]*[.,]\d{1,2}\D{0,4}$",
    r"\p{Sc}\s?\d|\d\s?\p{Sc}",
)
"""Long numbers, dates in figures and in words, times, amounts with decimals or a sign: no header is one."""


def has_data(header: Sequence[str]) -> bool:
    """Whether the first line of a file is a row like the others.

    It bears an address, or what looks like a date, an amount or a long number, readable or not; or mostly numbers.
    """
    told = [content for cell in header if (content := _content(pl.Series([cell]), "UTC"))]
    numbers = sum(content.money or content.phone for content in told)
    looks_like = pl.LazyFrame({"cell": [*header]}, {"cell": pl.String}).select(clean(pl.col("cell")))
    is_of_rows = looks_like.select(pl.col("cell").str.contains("|".join(_OF_ROWS)).any()).collect().item()
    return is_of_rows or any(content.email or content.instant for content in told) or numbers * 2 > len(told)


def _content(cells: pl.Series, timezone: str) -> Content | None:
    frame = pl.LazyFrame({"cell": cells.cast(pl.String)}).select(cell=clean(pl.col("cell")))
    text, told = pl.col("cell"), pl.col("cell").drop_nulls()
    amount = money(told)

    def share(flag: pl.Expr) -> pl.Expr:
        return flag.fill_null(False).mean()

    found = frame.select(
        rows=pl.len(),
        filled=share(text.is_not_null()),
        instant=share(instant(told, timezone).is_not_null()),
        money=share(amount.abs() < _LARGE),
        decimal=share(told.str.contains(_DECIMAL) & ~told.str.ends_with(".0") & amount.is_not_null()),
        whole=share(whole_number(told).abs() < _LARGE),
        boolean=share(boolean(told).is_not_null()),
        email=share(told.str.contains(EMAIL)),
        phone=share(told.str.contains(PHONE)),
        short=share(told.str.len_chars() <= _SHORT),
        distinct=told.n_unique() / told.len(),
        repeats=share((text == text.shift()) & text.is_not_null()),
        words=told.str.to_lowercase().unique().sort().head(FEW_WORDS + 1).implode(),
    ).collect()
    told_of = found.row(0, named=True)
    words = told_of.pop("words")
    if not told_of.pop("rows") or not told_of["filled"]:
        return None
    return Content(**told_of, words=frozenset(words) if len(words) <= FEW_WORDS else frozenset())


def fit(column: Column, content: Content, *, is_unique: bool) -> float:
    """From 0 to 1: whether such cells can be read as the column. `is_unique`: whether no two rows may say the same."""
    if column.values:
        return len(content.words & set(column.values)) / max(len(content.words), 1)
    if column.type is Type.TEXT:
        return _fit_of_text(column.name, content) * (content.distinct if is_unique else 1)
    return {
        Type.INSTANT: content.instant,
        Type.MONEY: content.money,
        Type.INTEGER: content.whole,
        Type.BOOLEAN: content.boolean,
    }[column.type]


def _fit_of_text(name: str, content: Content) -> float:
    if name == "email":
        return content.email
    if name == "phone":
        return content.phone
    if name == "order_id" and not content.repeats and content.distinct == 1:
        return 0.9 * content.short  # lines of one order lie together, so what never repeats may number the lines
    if name.endswith("_id"):
        return content.short * (1 - content.instant) * (1 - content.decimal)
    if name.endswith("currency"):
        return float(bool(content.words)) * content.short * (1 - content.money)
    is_other = max(content.instant, content.email, content.money)
    return 1 - is_other
