"""The shop's days: what belongs to which, and what lies behind the night."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl


def local_date(instant: pl.Expr, timezone: str) -> pl.Expr:
    """Shop-local date of a UTC instant."""
    return instant.dt.convert_time_zone(timezone).dt.date()


def end_of(day: date, timezone: str) -> datetime:
    """The instant at which a shop-local day is over, UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)


def up_to(rows: pl.LazyFrame, as_of: date, timezone: str) -> pl.LazyFrame:
    """Rows whose `happened_at` is not after the end of the shop-local day `as_of`; without an instant they always were.

    Staged tables are cut here, once, so that nothing after them can look ahead.
    """
    return rows.filter((local_date(pl.col("happened_at"), timezone) <= as_of).fill_null(True))


def not_yet(instants: tuple[str, ...], as_of: date, timezone: str) -> list[pl.Expr]:
    """The columns `instants`, null where they lie after the end of the shop-local day `as_of`."""
    return [pl.when(local_date(pl.col(name), timezone) <= as_of).then(pl.col(name)).alias(name) for name in instants]
