"""From a text cell to a value of the contract's type. Null where the cell is blank or cannot be read."""

from collections.abc import Callable

import polars as pl

from transforms.contracts.table import MONEY_SCALE, Column, Type

BLANK = frozenset({"", "-", "--", "—", "——", "null", "none", "n/a", "nan"})
INSTANT_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
OFFSET_FORMATS = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S%z")
TRUE = ("yes", "true", "1", "y", "是")
FALSE = ("no", "false", "0", "n", "否")


def clean(cell: pl.Expr) -> pl.Expr:
    """The cell without spaces around it; null if it is a mark for nothing."""
    stripped = cell.str.strip_chars()
    return pl.when(~stripped.str.to_lowercase().is_in(list(BLANK))).then(stripped)


def identifier(text: pl.Expr) -> pl.Expr:
    """A number or code that names something. Spreadsheets turn `17850` into `17850.0`; the tail is not part of it."""
    whole = text.str.head(-2)
    is_float = text.str.ends_with(".0") & whole.str.contains(r"^\d+$")
    return pl.when(is_float).then(whole).otherwise(text)


def whole_number(text: pl.Expr) -> pl.Expr:
    """Int64; `6.0` is 6, `6.5` is null."""
    number = text.cast(pl.Decimal(38, 4), strict=False)
    return pl.when(number == number.floor()).then(number.cast(pl.Int64, strict=False))


def money(text: pl.Expr) -> pl.Expr:
    """Int64 ten-thousandths, exact; the fifth decimal is rounded."""
    return (text.cast(pl.Decimal(38, 4), strict=False) * MONEY_SCALE).cast(pl.Int64, strict=False)


def boolean(text: pl.Expr) -> pl.Expr:
    """Yes and no in English and Chinese."""
    word = text.str.to_lowercase()
    return pl.when(word.is_in(list(TRUE))).then(True).when(word.is_in(list(FALSE))).then(False)


def instant(text: pl.Expr, timezone: str) -> pl.Expr:
    """UTC. Without an offset in the cell it is local time of `timezone`.

    An hour that a clock change skips is read an hour later, one that it repeats as the earlier.
    """
    dashed = text.str.replace_all("/", "-", literal=True).str.replace("T", " ", literal=True)
    local = pl.coalesce(dashed.str.to_datetime(form, strict=False, time_unit="us") for form in INSTANT_FORMATS)
    here = local.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    later = local.dt.offset_by("1h").dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    told = [dashed.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC") for form in OFFSET_FORMATS]
    return pl.coalesce(here.dt.convert_time_zone("UTC"), later.dt.convert_time_zone("UTC"), *told)


_READERS: dict[Type, Callable[[pl.Expr], pl.Expr]] = {
    Type.TEXT: lambda text: text,
    Type.INTEGER: whole_number,
    Type.MONEY: money,
    Type.BOOLEAN: boolean,
}


def value(text: pl.Expr, column: Column, timezone: str) -> pl.Expr:
    """The cleaned cell as the column's type; ids lose the tail of a spreadsheet float."""
    if column.type is Type.INSTANT:
        return instant(text, timezone)
    if column.name.endswith("_id"):
        return identifier(text)
    if column.values or column.name.endswith("currency"):
        return text.str.to_uppercase() if column.name.endswith("currency") else text.str.to_lowercase()
    return _READERS[column.type](text)
