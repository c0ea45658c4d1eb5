"""Money of other currencies, in the shop's reporting currency at dated rates. Shard-local, like what it converts.

Orders, lines and refunds are staged in the currency they were told in, then converted here. What was paid is converted
first; lines and refunds get their parts of it, so that they still add up. Every amount is rounded half up to a
ten-thousandth, in whole numbers: a product of amount and rate does not fit into 64 bits, and floats are not exact.
"""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from transforms.staging.told_orders import sum_so_far

RATE_SCALE = 10**10
"""Rates are counted in units of their tenth decimal."""
LONGEST_DAYS = 31
"""A rate holds for so many days after its own: through any bank holiday, and for a shop that sets one a month."""
RATES = {"currency": pl.String(), "date": pl.Date(), "rate": pl.Int64()}
"""Columns of a table of rates. `rate`: units of the reporting currency for one of `currency`, times RATE_SCALE."""


def told_currencies(lines: pl.LazyFrame) -> pl.LazyFrame:
    """What the rows of each order or refund note tell: `order_key`, `is_refund`, `told_currency`, null where none does.

    `lines`: `kept_lines`. `is_mixed` where they tell two; `file_id`, `line_number` are then of a row that tells one.
    """
    told = pl.col("original_currency")
    return lines.group_by("order_key", "is_refund").agg(
        pl.col("file_id", "line_number").sort_by(told, "file_id", "line_number", nulls_last=False).last(),
        told_currency=told.min(),
        is_mixed=(told.min() != told.max()).fill_null(False),
    )


def currency_of(of_stores: Mapping[str, str], currency: str) -> pl.Expr:
    """`told_currency`, else that of the row's store in `of_stores`, else `currency`."""
    of_store = pl.col("store_id").replace_strict(dict(of_stores), default=currency, return_dtype=pl.String)
    return pl.coalesce("told_currency", of_store)


def dated_orders(orders: pl.LazyFrame, told: pl.LazyFrame, currency_of: pl.Expr) -> pl.LazyFrame:
    """`orders` with `original_currency` and `rate_date`, the order's day.

    `orders`: staged.purchase_order as told. `told`: `told_currencies`. `currency_of`: the expression of that name.
    """
    of_orders = told.filter(~pl.col("is_refund")).select("order_key", "told_currency")
    return orders.join(of_orders, on="order_key", how="left", maintain_order="left").with_columns(
        original_currency=currency_of, rate_date="happened_date"
    )


def dated_refunds(
    refunds: pl.LazyFrame, told: pl.LazyFrame, orders: pl.LazyFrame, currency_of: pl.Expr
) -> pl.LazyFrame:
    """`refunds` with `original_currency` and `rate_date`: the order's where one is named, else the refund's own day.

    `refunds`: staged.refund as told, with `note_key`. `orders`: `dated_orders`. A note that tells no currency is in
    that of its order.
    """
    of_notes = told.filter("is_refund").select("told_currency", note_key="order_key")
    of_orders = orders.select("order_key", "rate_date", of_order="original_currency")
    return (
        refunds.join(of_notes, on="note_key", how="left", maintain_order="left")
        .join(of_orders, on="order_key", how="left", maintain_order="left")
        .with_columns(
            told_currency=pl.coalesce("told_currency", "of_order"), rate_date=pl.coalesce("rate_date", "happened_date")
        )
        .with_columns(original_currency=currency_of)
    )


def dated_costs(costs: pl.LazyFrame, currency_of: pl.Expr) -> pl.LazyFrame:
    """staged.product_cost as told, with `original_currency` and `rate_date`, the day from which the cost holds."""
    dated = costs.with_columns(told_currency="original_currency", rate_date="happened_date")
    return dated.with_columns(original_currency=currency_of)


def with_rate(frame: pl.LazyFrame, rates: pl.LazyFrame) -> pl.LazyFrame:
    """`frame`, in its order, with the `rate` of its `original_currency` and `rate_date`. `rates`: `dated_rates`."""
    return frame.join(rates, on=["original_currency", "rate_date"], how="left", maintain_order="left")


def dated_rates(needed: pl.LazyFrame, rates: pl.LazyFrame, currency: str) -> pl.LazyFrame:
    """`original_currency`, `rate_date`, `rate` for each pair of the first two in `needed`; null where no rate holds.

    The last rate on or before the day holds, unless it is more than LONGEST_DAYS old. `rates`: RATES, one a currency
    and day. `currency` is the reporting one, whose rate is 1.
    """
    pairs = needed.select("original_currency", "rate_date").unique().sort("rate_date")
    found = pairs.join_asof(
        rates.sort("date").rename({"currency": "original_currency"}),
        left_on="rate_date",
        right_on="date",
        by="original_currency",
        tolerance=timedelta(days=LONGEST_DAYS),
        check_sortedness=False,  # they are; within groups Polars cannot tell, and warns
    )
    is_own = pl.col("original_currency") == currency
    rate = pl.when(is_own).then(pl.lit(RATE_SCALE, pl.Int64)).otherwise("rate")
    return found.select("original_currency", "rate_date", rate=rate)


def converted_orders(orders: pl.LazyFrame) -> pl.LazyFrame:
    """staged.purchase_order in the reporting currency. `orders`: `dated_orders` with `rate`."""
    return orders.with_columns(
        original_amount="customer_paid",
        customer_paid=_exchanged(pl.col("customer_paid")),
        deductions=_exchanged(pl.col("deductions")),
        discount=_exchanged(pl.col("discount")),
    )


def converted_lines(lines: pl.LazyFrame, orders: pl.LazyFrame) -> pl.LazyFrame:
    """staged.order_line in the reporting currency, each order's lines adding up to what it paid converted.

    `lines`: the same as told, sorted by key. `orders`: `dated_orders` with `rate`. A line gets what all lines up to it
    come to less what those before it come to: exact, and less than a ten-thousandth from its own conversion.
    """
    rates = orders.select("order_key", "rate")
    return lines.join(rates, on="order_key", how="left", maintain_order="left").with_columns(
        unit_price=_exchanged(pl.col("unit_price")),
        discount=_part("discount", "order_key"),
        amount=_part("amount", "order_key"),
    )


def converted_refunds(refunds: pl.LazyFrame) -> pl.LazyFrame:
    """staged.refund in the reporting currency; all of an order given back is all that it paid, converted.

    `refunds`: `dated_refunds` with `rate`, sorted by key.
    """
    return (
        refunds.with_columns(original_amount="amount", note=pl.coalesce("order_key", "refund_key"))
        .with_columns(amount=_part("amount", "note"))
        .drop("note")
    )


def converted_costs(costs: pl.LazyFrame) -> pl.LazyFrame:
    """staged.product_cost in the reporting currency. `costs`: `dated_costs` with `rate`."""
    return costs.with_columns(unit_cost=_exchanged(pl.col("unit_cost")))


def _exchanged(amount: pl.Expr) -> pl.Expr:
    """`amount` (ten-thousandths) at `rate`, rounded half up; null where it does not fit into 64 bits."""
    product = amount.cast(pl.Int128) * pl.col("rate").cast(pl.Int128)
    return ((2 * product + RATE_SCALE) // (2 * RATE_SCALE)).cast(pl.Int64, strict=False)


def _part(name: str, key: str) -> pl.Expr:
    so_far = sum_so_far(name, key)
    return _exchanged(so_far) - _exchanged(so_far - pl.col(name))
