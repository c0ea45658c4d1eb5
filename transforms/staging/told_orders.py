"""Orders that an export tells as a whole, and how their lines come to add up to what was paid. Shard-local by order.

What was paid is what the export of orders says. Lines tell prices of goods, before discounts on the order and without
shipping, tax and fees; `placed_lines` spreads the one over the other.
"""

import polars as pl

from transforms.staging.merging import REPEATS, from_latest_file
from transforms.staging.told_refunds import NOT_ITEMISED, refund_lines

TOLD_ORDER = ["store_id", "order_id"]
SHIPPING = "(shipping)"
"""Code of lines that are no goods: what was paid for shipping."""
NOT_BOUGHT = ["unpaid", "cancelled"]
"""States of lines that were not bought, or taken back before shipping."""
_OF_ORDER = ("store_id", "order_id", "order_key", "account_id", "account_key", "happened_at", "region", "acquired_by")
_AFTER_ALL = 2**62
"""Line numbers from here on put what is added behind the lines of the export."""


def kept_orders(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The row of each order that counts, last line of the latest file, with `order_key`, `account_key`, `repeats`.

    `rows`: row.purchase_order, `file_rank`.
    """
    repeats = pl.len().cast(pl.Int64).alias(REPEATS)
    return (
        from_latest_file(rows, TOLD_ORDER)
        .sort("line_number")
        .group_by(TOLD_ORDER)
        .agg(pl.all().last(), repeats)
        .with_columns(
            order_key=pl.concat_str("store_id", pl.lit("/"), "order_id"),
            account_key=pl.concat_str("store_id", pl.lit("/"), "account_id"),
        )
    )


def waiting_lines(kept: pl.LazyFrame, orders: pl.LazyFrame) -> pl.LazyFrame:
    """staged.waiting_line: lines without an instant of their own, whose order has not come.

    `kept`: `kept_lines`. `orders`: `kept_orders`.
    """
    waiting = kept.filter(pl.col("happened_at").is_null()).join(orders, on="order_key", how="anti")
    return waiting.sort("file_id", "line_number")


def placed_lines(kept: pl.LazyFrame, orders: pl.LazyFrame, refunds: pl.LazyFrame) -> pl.LazyFrame:
    """Lines and refunds in shape and order of `kept_lines`, each paid order's lines adding up to what was paid.

    `kept`: `kept_lines`. `orders`: `kept_orders`. `refunds`: `told_refunds.kept_refunds`. What no row of `orders` tells
    of stays as it is, but for lines that wait for their order or were not bought; lines of unpaid and cancelled orders
    go. Of an order that was paid, shipping is a line; the rest of the payment is spread over the lines in proportion
    where they cost more (their discounts grow), and is a line of its own where they cost less or none is there.
    """
    sold, notes = kept.filter(~pl.col("is_refund")), kept.filter("is_refund")
    bought = sold.filter(pl.col("line_state").is_in(NOT_BOUGHT).not_().fill_null(True))
    told = bought.join(orders, on="order_key", how="semi")
    known = bought.join(orders, on="order_key", how="anti").filter(pl.col("happened_at").is_not_null())
    paid = _paid(orders).join(told.group_by("order_key").agg(goods=pl.col("amount").sum()), on="order_key", how="left")
    beyond = pl.col("goods_paid") - pl.col("goods").fill_null(0)
    undiscounted = pl.col("amount") + pl.when(pl.col("goods").is_null()).then("order_discount").fill_null(0)
    placed = pl.concat([known, _discounted(told, paid)], how="diagonal_relaxed")
    # Of an order told as a whole, what was paid for such lines is part of the payment.
    left_out = sold.filter(pl.col("line_state").is_in(NOT_BOUGHT)).join(orders, on="order_key", how="anti")
    unpaid = pl.concat(
        [
            orders.join(paid, on="order_key", how="anti").select("order_key"),
            left_out.join(placed, on="order_key", how="anti").select("order_key"),
        ]
    )
    article = ["order_key", "product_key"]
    refunds = refunds.join(left_out.join(placed, on=article, how="anti"), on=article, how="anti")
    parts = [
        _line(paid.filter(pl.col("shipping_paid") > 0), SHIPPING, pl.col("shipping_paid"), place=1),
        _line(paid.filter((beyond > 0) | pl.col("goods").is_null()), NOT_ITEMISED, beyond, place=2).with_columns(
            unit_price=undiscounted, discount=undiscounted - pl.col("amount")
        ),
        refund_lines(notes, placed, paid, unpaid, refunds),
    ]
    columns = kept.collect_schema().names()
    dated = notes.filter(pl.col("happened_at").is_not_null())
    every = pl.concat([dated, placed, *parts], how="diagonal_relaxed")
    return every.select(columns).sort("order_key", "line_number", "cells_hash")


def with_deductions(bought: pl.LazyFrame, orders: pl.LazyFrame) -> pl.LazyFrame:
    """`bought`, in its order, with the `deductions` that exports of orders tell.

    `bought`: staged.purchase_order as told. `orders`: `kept_orders`.
    """
    parts = [pl.col(name).fill_null(0) for name in ("shipping", "tax", "platform_paid")]
    told = orders.select("order_key", told=parts[0] + parts[1] - parts[2]).filter(pl.col("told") != 0)
    found = bought.join(told, on="order_key", how="left", maintain_order="left")
    return found.with_columns(deductions=pl.min_horizontal(pl.col("told").fill_null(0), "customer_paid")).drop("told")


def sum_so_far(name: str, key: str) -> pl.Expr:
    """Running sum within equal neighbours of the sorted column `key`."""
    total = pl.col(name).cum_sum()
    before = pl.when(pl.col(key).ne_missing(pl.col(key).shift())).then(total - pl.col(name)).forward_fill()
    return total - before


def _paid(orders: pl.LazyFrame) -> pl.LazyFrame:
    """Orders that are purchases. `shipping_paid` and `goods_paid` are the payment; `refunded` is 0 for nothing."""
    back = pl.col("refunded_amount").fill_null(0)
    in_full = (pl.col("order_state") == "refunded") & (back == 0)
    return orders.filter(pl.col("order_state").is_in(["paid", "refunded"])).with_columns(
        shipping_paid=pl.min_horizontal(pl.col("shipping").fill_null(0), "customer_paid"),
        goods_paid=pl.col("customer_paid") - pl.min_horizontal(pl.col("shipping").fill_null(0), "customer_paid"),
        refunded=pl.when(in_full).then("customer_paid").otherwise(back),
    )


def _discounted(told: pl.LazyFrame, paid: pl.LazyFrame) -> pl.LazyFrame:
    """Lines of paid orders under the facts of their order, adding up to `goods_paid` where they cost more than that.

    A line's share is what all up to it are to pay less what all before it are: exact, whatever the order of sums.
    """
    facts = [name for name in _OF_ORDER if name not in ("store_id", "order_id", "order_key")]
    so_far, before = pl.col("so_far"), pl.col("so_far") - pl.col("amount")
    share = pl.when(pl.col("goods_paid") < pl.col("goods")).then(_part(so_far) - _part(before)).otherwise("amount")
    return (
        told.drop(facts)
        .join(
            paid.select(
                "order_key",
                *facts,
                "goods",
                "goods_paid",
                ordered_known_at="known_at",
                ordered_currency="original_currency",
            ),
            on="order_key",
        )
        .sort("order_key", "line_number")
        .with_columns(
            so_far=sum_so_far("amount", "order_key"),
            known_at=pl.max_horizontal("known_at", "ordered_known_at"),
            # Lines are made to fit the payment, so its currency is theirs, whatever their own file says.
            original_currency=pl.coalesce("ordered_currency", "original_currency"),
        )
        .with_columns(amount=share)
        .with_columns(discount=pl.col("unit_price") * pl.col("quantity") - pl.col("amount"))
    )


def _part(cost: pl.Expr) -> pl.Expr:
    """The part of `goods_paid` that lines costing so much pay. Products of two amounts do not fit into 64 bits."""
    wide = pl.Int128()
    return (cost.cast(wide) * pl.col("goods_paid").cast(wide) // pl.col("goods").cast(wide)).cast(pl.Int64)


def _line(orders: pl.LazyFrame, code: str, amount: pl.Expr, place: int) -> pl.LazyFrame:
    """One line an order, that is no goods, in the columns of `kept_lines` that mean something for it."""
    return orders.select(
        *_OF_ORDER,
        "known_at",
        "original_currency",
        "refunded_at",
        "order_discount",
        "goods",
        line_number=pl.lit(_AFTER_ALL + place, pl.Int64),
        product_id=pl.lit(code),
        product_key=pl.concat_str("store_id", pl.lit(f"/{code}")),
        quantity=pl.lit(1, pl.Int64),
        unit_price=amount,
        discount=pl.lit(0, pl.Int64),
        amount=amount,
        is_refund=pl.lit(False),
        is_goods=pl.lit(False),
    )
