"""From a text cell to a value of the contract's type. Null where the cell is blank, masked, or cannot be read."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import polars as pl

from transforms.contracts.table import MONEY_SCALE, Column, Type
from transforms.reading.zones import ZONES

_BLANK_WORDS = ("null", "none", "n/a", "nan")
BLANK = ("", "?", "-", "--", "—", "——", *_BLANK_WORDS, *(w.upper() for w in _BLANK_WORDS), "Null", "None", "NaN")
INSTANT_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
ROUNDED = r"^\d(\.\d+)?[eE]\+\d+$"
"""A long number as a spreadsheet leaves it: what names one thing in the source now names many."""
TRUE = ("yes", "true", "1", "y", "是")
FALSE = ("no", "false", "0", "n", "否")
MASKS = ["*", "＊", "#", "$", "密文"]
"""A name or number with one of these is hidden: `138****1234`, `##密文`. Parsers would take it for a valid one."""
WHO = ("customer_name", "recipient_name", "buyer_key", "email", "phone")


def clean(cell: pl.Expr, name: str = "") -> pl.Expr:
    """The cell of column `name` without spaces around it; null if it is a mark for nothing.

    Numbers lose what keeps a spreadsheet from rounding them (`="123"`, `'123`); masked names and numbers are nothing.
    """
    is_who = name in WHO or name.endswith("account_id")
    is_number = name.endswith("_id") or name == "phone"

    def cleaned(cells: pl.Series) -> pl.Series:
        stripped = cells.str.strip_chars()
        bare = _undressed(stripped) if is_number else stripped
        nothing = bare.is_in(list(BLANK))
        if is_who:
            nothing |= bare.str.contains_any(MASKS)
        return bare.set(nothing, None) if nothing.any() else bare

    # Most columns have none of all this, and looking costs half of what undoing it does.
    return cell.map_batches(cleaned, pl.String, is_elementwise=True)


def _undressed(cells: pl.Series) -> pl.Series:
    if not (cells.str.starts_with("=") | cells.str.starts_with("'")).any():
        return cells
    return cells.str.strip_chars_start("='\"").str.strip_chars_end('"')


def word(text: pl.Expr) -> pl.Expr:
    """Text as a word of a platform is compared: as `transforms.reading.detect.normalise` does it."""
    return text.map_batches(_words, pl.String, is_elementwise=True)


def _words(cells: pl.Series) -> pl.Series:
    # There are a handful, and writing each out on every row takes as long as reading four columns.
    told = cells.unique()
    plain = told.str.normalize("NFKD").str.replace_all(r"\s", "").str.to_lowercase()
    return cells.replace_strict(told, plain, return_dtype=pl.String)


def identifier(text: pl.Expr) -> pl.Expr:
    """A number or code that names something. Spreadsheets turn `17850` into `17850.0`; the tail is not part of it."""
    return text.map_batches(_without_float_tail, pl.String, is_elementwise=True)


def _without_float_tail(cells: pl.Series) -> pl.Series:
    has_tail = cells.str.ends_with(".0")
    if not has_tail.any():
        return cells
    whole = cells.str.head(-2)
    return whole.zip_with(has_tail.fill_null(value=False) & whole.str.contains(r"^\d+$"), cells)


def whole_number(text: pl.Expr) -> pl.Expr:
    """Int64; `6.0` and `6.00` are 6, `6.5` is null."""
    return text.map_batches(_whole_numbers, pl.Int64, is_elementwise=True)


def _whole_numbers(cells: pl.Series) -> pl.Series:
    def of_floats(odd: pl.Series) -> pl.Series:
        return odd.str.strip_suffix(".00").str.strip_suffix(".0").cast(pl.Int64, strict=False)

    return _where_unread(cells.cast(pl.Int64, strict=False), cells, of_floats)


def money(text: pl.Expr) -> pl.Expr:
    """Int64 ten-thousandths, exact; the fifth decimal is rounded.

    A sign of the currency, commas between thousands and a note in brackets behind the amount may stand in the cell. A
    comma with one or two digits behind it is a decimal comma (`1.234,50`); with three it stands between thousands.
    """
    return text.map_batches(_amounts, pl.Int64, is_elementwise=True)


def _amounts(cells: pl.Series) -> pl.Series:
    return _where_unread(_decimals(cells), cells, _odd_amounts)


def _odd_amounts(cells: pl.Series) -> pl.Series:
    bare = cells.str.replace(r"\s*[(（].*[)）]$", "").str.strip_chars(" 元￥¥$€£৳").str.replace(r"^-[￥¥$€£৳]", "-")
    is_grouped = bare.str.contains(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")
    has_decimal_comma = bare.str.contains(r"^-?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}$")
    pointed = bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    bare = pointed.zip_with(has_decimal_comma, bare)
    return _decimals(bare.str.replace_all(",", "").zip_with(is_grouped, bare))


def _decimals(cells: pl.Series) -> pl.Series:
    return (cells.cast(pl.Decimal(38, 4), strict=False) * MONEY_SCALE).cast(pl.Int64, strict=False)


def boolean(text: pl.Expr) -> pl.Expr:
    """Yes and no in English and Chinese."""
    word = text.str.to_lowercase()
    return pl.when(word.is_in(list(TRUE))).then(True).when(word.is_in(list(FALSE))).then(False)


def instant(text: pl.Expr, timezone: str, dates: str = "ymd") -> pl.Expr:
    """UTC. Without an offset or the name of a zone in the cell it is local time of `timezone`.

    An hour that a clock change skips is read an hour later, one that it repeats as the earlier. Years before 1900 are
    null: `26-03-01` is no date of the first century. Parts of a second are left out. `dates`: order of day, month and
    year where the year is not first.
    """
    # A column has one form nearly always; an expression would try all of them on every row.
    return text.map_batches(
        lambda cells: _instants(cells, timezone, dates), pl.Datetime("us", "UTC"), is_elementwise=True
    )


def _instants(cells: pl.Series, timezone: str, dates: str) -> pl.Series:
    local, offset = partial(_local_instants, timezone=timezone), _with_offset
    # Trying the form that few cells have on all of them costs more than reading them.
    is_long = (cells.str.len_bytes() > _LOCAL_LETTERS).sum() * 2 > len(cells)
    likely, other = (offset, local) if is_long else (local, offset)
    found = _where_unread(likely(cells), cells, other)
    return _plausible(_where_unread(found, cells, lambda odd: _odd_instants(odd, timezone, dates)))


def _local_instants(cells: pl.Series, timezone: str) -> pl.Series:
    return _local_to_utc(cells.str.to_datetime(INSTANT_FORMATS[0], strict=False, time_unit="us"), timezone)


def _where_unread(found: pl.Series, cells: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    unread = found.is_null() & cells.is_not_null()
    return found.scatter(unread.arg_true(), read(cells.filter(unread))) if unread.any() else found


def _with_offset(cells: pl.Series) -> pl.Series:
    """`2026-03-01 14:05:00 +0800`; read apart, for a format with an offset takes fifteen times as long."""
    local = cells.str.head(_LOCAL_LETTERS).str.to_datetime(INSTANT_FORMATS[0], strict=False, time_unit="us")
    offset = cells.str.slice(_LOCAL_LETTERS).str.strip_chars_start(" ")
    minutes = offset.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + offset.str.tail(2).cast(pl.Int64, strict=False)
    ahead = minutes.zip_with(offset.str.starts_with("+"), -minutes)
    told = (local - ahead.cast(pl.Duration("us")) * _MINUTE_US).dt.replace_time_zone("UTC")
    return told.set(~offset.str.contains(_OFFSET).fill_null(value=False), None)


_LOCAL_LETTERS, _MINUTE_US = len("2026-03-01 14:05:00"), 60 * 10**6
_OFFSET = r"^[+-]([01]\d|2[0-3]):?[0-5]\d$"


def _odd_instants(cells: pl.Series, timezone: str, dates: str) -> pl.Series:
    year_first = cells.str.replace(*_YEAR_LAST[dates]).str.replace(_SHORT_YEAR, "20$1-") if dates != "ymd" else cells
    odd = year_first.str.replace_all("/", "-", literal=True).str.replace(r"(\d)T(\d)", "$1 $2")
    odd = odd.str.replace(_FRACTION, "$1").str.replace(r"(\d)Z$", "$1+0000")
    return _where_unread(_with_offset(odd), odd, lambda local: _in_named_zones(local, timezone))


_YEAR_LAST = {
    "mdy": (r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b", "$3-$1-$2"),
    "dmy": (r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b", "$3-$2-$1"),
}
_SHORT_YEAR = r"^(\d{2})-"
_FRACTION = r"(\d:\d{2}:\d{2})\.\d+"
_ZONE_BEHIND = r"^(.*\d(?: ?[APap][Mm])?) ([A-Za-z][A-Za-z&().,' -]+)$"
_CLOCKS = (*INSTANT_FORMATS, "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p", "%b %d, %Y %I:%M:%S %p")


def _in_named_zones(cells: pl.Series, timezone: str) -> pl.Series:
    """Local times, of `timezone` or of the zone whose name stands behind them."""
    named = cells.str.extract(_ZONE_BEHIND, 2)
    # `AM` is no zone.
    named = named.set(named.str.to_uppercase().is_in(["AM", "PM"]).fill_null(value=False), None)
    found = _in_zone(cells, timezone)
    for name in named.drop_nulls().unique():
        if name in ZONES:
            there = (named == name).fill_null(value=False)
            clock = cells.filter(there).str.strip_suffix(f" {name}")
            found = found.scatter(there.arg_true(), _in_zone(clock, ZONES[name]))
    return found


def _in_zone(cells: pl.Series, timezone: str) -> pl.Series:
    local = pl.coalesce(cells.str.to_datetime(form, strict=False, time_unit="us") for form in _CLOCKS)
    return _local_to_utc(pl.select(local).to_series(), timezone)


def _plausible(found: pl.Series) -> pl.Series:
    return pl.select(pl.when(found >= EARLIEST).then(found)).to_series()


def _local_to_utc(local: pl.Series, timezone: str) -> pl.Series:
    here = local.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    skipped = here.is_null() & local.is_not_null()
    if skipped.any():
        later = local.filter(skipped).dt.offset_by("1h")
        # Null again where a zone has skipped a whole day.
        read = later.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
        here = here.scatter(skipped.arg_true(), read)
    return here.dt.convert_time_zone("UTC")


def _lower_addresses(cells: pl.Series) -> pl.Series:
    is_address = cells.str.contains("@", literal=True)
    return cells.str.to_lowercase().zip_with(is_address, cells) if is_address.any() else cells


_READERS: dict[Type, Callable[[pl.Expr], pl.Expr]] = {
    Type.TEXT: lambda text: text,
    Type.INTEGER: whole_number,
    Type.MONEY: money,
    Type.BOOLEAN: boolean,
}


def value(text: pl.Expr, column: Column, timezone: str, dates: str = "ymd") -> pl.Expr:
    """The cleaned cell as the column's type; ids lose the tail of a spreadsheet float, e-mail addresses their case."""
    if column.type is Type.INSTANT:
        return instant(text, timezone, dates)
    if column.name.endswith("account_id"):
        return identifier(text).map_batches(_lower_addresses, pl.String, is_elementwise=True)
    if column.name.endswith("_id"):
        return identifier(text)
    if column.values or column.name.endswith("currency"):
        return text.str.to_uppercase() if column.name.endswith("currency") else text.str.to_lowercase()
    return _READERS[column.type](text)
