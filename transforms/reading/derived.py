"""Columns of a row that platforms tell in other words: what is left for what was given back, all pieces for one."""

import polars as pl


def with_order_facts(read: pl.LazyFrame, mapped: set[str]) -> pl.LazyFrame:
    """`read`, typed rows that tell of orders, with payment and refund as the contract means them.

    `adjusted_total` gives `refunded_amount`. Where payment and refund together are exactly `order_total`, the export
    prints payments less refunds. `mapped`: our columns that the files have.
    """
    paid, left = pl.col("customer_paid"), pl.col("adjusted_total")
    if "adjusted_total" in mapped:
        read = read.with_columns(refunded_amount=pl.when((left > 0) & (left < paid)).then(paid - left))
    if "order_total" in mapped:
        total, back = pl.col("order_total"), pl.col("refunded_amount")
        read = read.with_columns(customer_paid=pl.when((back > 0) & (paid + back == total)).then(total).otherwise(paid))
    return read


def with_line_facts(read: pl.LazyFrame, mapped: set[str]) -> pl.LazyFrame:
    """`read`, typed order lines, with `unit_price` and `discount` made of what all pieces cost, where that is told.

    The price of one piece is rounded up, and the discount takes what that is too much: pieces times price less discount
    is exact. A line that was not bought needs no price. `mapped`: our columns that the files have.
    """
    if "line_price" in mapped:
        read = _from_line_price(read)
    if "line_paid" in mapped:
        read = _from_line_paid(read)
    if "line_state" in mapped:
        is_bought = ~pl.col("line_state").is_in(["unpaid", "cancelled"]).fill_null(False)
        price = pl.col("unit_price")
        read = read.with_columns(unit_price=pl.when(is_bought).then(price).otherwise(price.fill_null(0)))
    return read


def _from_line_price(read: pl.LazyFrame) -> pl.LazyFrame:
    told = pl.col("unit_price").is_null() & pl.col("line_price").is_not_null()
    each = _each(pl.col("line_price"))
    discount = pl.col("discount").fill_null(0) + each * pl.col("quantity").abs() - pl.col("line_price")
    return read.with_columns(
        unit_price=pl.when(told).then(each).otherwise("unit_price"),
        discount=pl.when(told & (pl.col("quantity") != 0)).then(discount).otherwise("discount"),
    )


def _from_line_paid(read: pl.LazyFrame) -> pl.LazyFrame:
    paid, pieces = pl.col("line_paid"), pl.col("quantity").abs()
    told = paid.is_not_null() & (pieces != 0)
    falls_short = (pl.col("unit_price") * pieces < paid).fill_null(True)
    return read.with_columns(
        unit_price=pl.when(told & falls_short).then(_each(paid)).otherwise("unit_price")
    ).with_columns(discount=pl.when(told).then(pl.col("unit_price") * pieces - paid).otherwise("discount"))


def _each(amount: pl.Expr) -> pl.Expr:
    """What one piece costs, rounded up. Dividing by no piece gives null."""
    return -(-amount // pl.col("quantity").abs())
