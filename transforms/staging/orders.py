"""Orders, their lines, refunds and articles from order-line rows. Shard-local by order, but for `products`."""

import polars as pl

from transforms.staging.days import local_date
from transforms.staging.merging import REPEATS, from_latest_file

ORDER = ["store_id", "order_id", "is_refund"]
"""A refund note may bear the number of the order it refunds; neither replaces the other."""

NAMES = ("product_name", "category", "brand")
"""What an article is called; the latest counts."""


def kept_lines(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Order-line rows that count, with `order_key`, `account_key`, `product_key`, `amount`, `repeats`; by order, line.

    `rows`: the columns of row.order_line and `file_rank`. Money and pieces of refund rows are positive.
    """
    kept = _without_repeats(from_latest_file(rows, ORDER)).with_columns(
        order_key=pl.concat_str("store_id", pl.lit("/"), "order_id"),
        account_key=pl.concat_str("store_id", pl.lit("/"), "account_id"),
        product_key=pl.concat_str("store_id", pl.lit("/"), "product_id"),
        discount=pl.col("discount").fill_null(0),
        amount=pl.col("unit_price") * pl.col("quantity") - pl.col("discount").fill_null(0),
    )
    # All that follows needs this order, and grouping and joining by the place in it costs a third of doing so by key.
    # Articles that one row lists share its line; their hashes follow one another.
    return kept.sort("order_key", "line_number", "cells_hash")


def purchase_orders(kept: pl.LazyFrame, timezone: str, currency: str) -> pl.LazyFrame:
    """staged.purchase_order. An order is as old as its first line; `timezone` is the zone of the shop's days.

    Lines tell of no `deductions`; `told_orders.with_deductions` knows those.
    """
    lines = _numbered(kept)
    sums = lines.group_by("order_number").agg(
        pl.col("happened_at", "known_at").min(),
        customer_paid=pl.col("amount").sum(),
        discount=pl.col("discount").sum(),
        line_count=pl.len().cast(pl.Int64),
        units=pl.col("quantity").filter(pl.col("is_goods")).sum(),
    )
    return (
        _told_of_orders(lines)
        .join(sums, on="order_number", maintain_order="left")
        .with_columns(
            happened_date=local_date(pl.col("happened_at"), timezone),
            currency=pl.lit(currency),
            deductions=pl.lit(0, pl.Int64),
            original_amount=pl.col("customer_paid"),
            original_currency=pl.lit(currency),
        )
        .drop("order_number")
    )


def order_lines(kept: pl.LazyFrame, orders: pl.LazyFrame, currency: str) -> pl.LazyFrame:
    """staged.order_line, dated like the order. `orders`: `purchase_orders` of the same lines."""
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    of_order = orders.select("account_key", "happened_at", "happened_date", order_number=place)
    return (
        _numbered(kept)
        .drop("account_key", "happened_at")
        .join(of_order, on="order_number", how="left", maintain_order="left")
        .with_columns(line_index=_position_in("order_number"), currency=pl.lit(currency))
    )


def refunds(kept: pl.LazyFrame, orders: pl.LazyFrame, timezone: str, currency: str) -> pl.LazyFrame:
    """staged.refund, one row a line of a refund note; linked where the note bears the number of an order.

    `orders`: staged.purchase_order of the same shard. `note_key` is the key of the note, linked or not.
    """
    return (
        kept.filter(pl.col("is_refund"))
        .with_columns(position=_position_in("order_key"))
        .with_columns(
            refund_key=pl.concat_str("order_key", pl.lit("/"), "position"),
            happened_date=local_date(pl.col("happened_at"), timezone),
            currency=pl.lit(currency),
            original_amount="amount",
            original_currency=pl.lit(currency),
        )
        .join(orders.select("order_key", linked_key="order_key"), on="order_key", how="left")
        .with_columns(order_key="linked_key", note_key="order_key")
        .sort("refund_key")
    )


def named_products(kept: pl.LazyFrame) -> pl.LazyFrame:
    """What one shard knows of each article, a row a name it went by; `products` merges them."""
    return kept.group_by("store_id", "product_id", "product_key", *NAMES).agg(
        first_at=pl.col("happened_at").min(),
        last_at=pl.col("happened_at").max(),
        known_at=pl.col("known_at").min(),
        is_goods=pl.col("is_goods").all(),
    )


def products(named: pl.LazyFrame) -> pl.LazyFrame:
    """staged.product, under the latest name each article was sold by. A merge over `named_products` of all shards."""
    latest = [pl.col(name).sort_by("last_at", name).drop_nulls().last() for name in NAMES]
    return (
        named.group_by("store_id", "product_id", "product_key")
        .agg(
            latest,
            happened_at=pl.col("first_at").min(),
            known_at=pl.col("known_at").min(),
            is_goods=pl.col("is_goods").all(),
        )
        .sort("product_key")
    )


def _without_repeats(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of one file that agree in every cell, as one: the first line, with how many it stands for.

    Two such rows might be two sales; exports that repeat rows are far more common, and the account tells how many.
    """
    told = [name for name in rows.collect_schema().names() if name != "line_number"]
    # Few rows repeat, and a hash tells which may; grouping all by all their cells takes twice as long.
    maybe = rows.group_by("cells_hash").agg(rows=pl.len()).filter(pl.col("rows") > 1).select("cells_hash")
    alone = rows.join(maybe, on="cells_hash", how="anti").with_columns(pl.lit(1, pl.Int64).alias(REPEATS))
    repeated = (
        rows.join(maybe, on="cells_hash", how="semi")
        .group_by(told)
        .agg(pl.col("line_number").min(), pl.len().cast(pl.Int64).alias(REPEATS))
    )
    return pl.concat([alone, repeated.select(alone.collect_schema().names())])


def _numbered(kept: pl.LazyFrame) -> pl.LazyFrame:
    """The lines of orders, with `order_number`: which order of the sorted ones."""
    is_first = pl.col("order_key").ne_missing(pl.col("order_key").shift())
    return kept.filter(~pl.col("is_refund")).with_columns(order_number=is_first.cast(pl.Int64).cum_sum())


def _told_of_orders(lines: pl.LazyFrame) -> pl.LazyFrame:
    """`order_number` and the texts of each order, sorted. `lines`: `_numbered`.

    One export can name a customer on some rows of an order only; twins are settled the same way every night. Orders
    whose lines disagree are few: grouping texts of all the others would take four times as long.
    """
    number, texts = pl.col("order_number"), ("account_key", "region", "acquired_by")
    is_first = number != number.shift(fill_value=0)
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in texts)
    least = (
        lines.join(lines.filter(~is_first & differs).select("order_number").unique(), on="order_number", how="semi")
        .group_by("order_number")
        .agg(pl.col(texts).min(), disagree=pl.lit(value=True))
    )
    settled = [pl.when("disagree").then(f"{name}_least").otherwise(name).alias(name) for name in texts]
    return (
        lines.filter(is_first)
        .select("order_number", "order_key", "store_id", "order_id", *texts)
        .join(least, on="order_number", how="left", suffix="_least", maintain_order="left")
        .select("order_number", "order_key", "store_id", "order_id", *settled)
    )


def _position_in(key: str) -> pl.Expr:
    """1, 2, ... within equal neighbours of the sorted column `key`: far cheaper than a window function."""
    row = pl.int_range(pl.len(), dtype=pl.Int64)
    return row - pl.when(pl.col(key) != pl.col(key).shift(1)).then(row).forward_fill().fill_null(0) + 1
