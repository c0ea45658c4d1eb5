"""Cells as back offices print them."""

from decimal import Decimal

import polars as pl

from transforms.contracts.table import MONEY_SCALE

INSTANT = "%Y-%m-%d %H:%M:%S"
CENTS_SCALE = MONEY_SCALE // 100


def money(cents: str | pl.Expr) -> pl.Expr:
    """Cents as `12.50`."""
    amount = pl.col(cents) if isinstance(cents, str) else cents
    # A decimal product is several times faster than putting the text together.
    return (amount.cast(pl.Decimal(18, 2)) * pl.lit(Decimal("0.01"))).cast(pl.String)


def local(instant: str | pl.Expr) -> pl.Expr:
    """A shop-local instant without a zone."""
    at = pl.col(instant) if isinstance(instant, str) else instant
    return at.dt.strftime(INSTANT)


def text(value: str) -> pl.Expr:
    """The same cell on every row."""
    return pl.lit(value, dtype=pl.String)


def blank() -> pl.Expr:
    """No cell on any row."""
    return pl.lit(None, dtype=pl.String)


def header(line: str) -> list[str]:
    """Names of a header line none of which holds a comma."""
    return line.split(",")
