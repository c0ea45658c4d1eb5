"""Money given back, from wherever it is told: refund notes, exports of refunds, lines, orders. Shard-local by order.

Several of them tell of one refund at times. Of each order the most detailed one counts: notes, else an export of
refunds, else lines; what another one tells beyond that is given back as well, not itemised. Where no order tells a sum,
lines of articles that the export of refunds does not name count beside it.
"""

import polars as pl

from transforms.staging.merging import REPEATS, from_latest_file

TOLD_REFUND = ["store_id", "order_id", "refund_id"]
NOT_ITEMISED = "(not itemised)"
"""Code of lines that are no goods: what no line accounts for, such as tax and fees, and refunds of whole orders."""
_FACTS = ["account_id", "account_key", "happened_at", "known_at", "region", "acquired_by", "original_currency"]
_OF_EXPORTS, _REST = 2**61, 2**62 + 1
"""Line numbers from here on put what is added behind the lines of the export."""


def kept_refunds(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The row of each request that counts, last line of the latest file, with its keys and `repeats`.

    `rows`: row.refund, `file_rank`.
    """
    repeats = pl.len().cast(pl.Int64).alias(REPEATS)
    return (
        from_latest_file(rows, TOLD_REFUND)
        .sort("line_number")
        .group_by(TOLD_REFUND)
        .agg(pl.all().last(), repeats)
        .with_columns(
            pl.concat_str("store_id", pl.lit("/"), f"{name}_id").alias(f"{name}_key")
            for name in ("order", "account", "product")
        )
    )


def refund_lines(
    notes: pl.LazyFrame, lines: pl.LazyFrame, paid: pl.LazyFrame, unpaid: pl.LazyFrame, refunds: pl.LazyFrame
) -> pl.LazyFrame:
    """Refunds beside `notes`, as lines of refund notes in columns of `orders.kept_lines` that mean something for them.

    `notes`: lines of refund notes. `lines`: the bought lines of all orders. `paid`: told orders that are purchases,
    with `refunded`. `unpaid`: `order_key` of orders that are none; nothing is given back of them. `refunds`:
    `kept_refunds`. What names an order that has not come is kept where it tells when, on its own.
    """
    done = refunds.filter((pl.col("refund_state") == "done") & (pl.col("refunded_amount") > 0))
    done = done.join(unpaid, on="order_key", how="anti")
    of_lines = _told_by_lines(lines, done)
    sums = [
        (notes, "amount", "in_notes"),
        (done, "refunded_amount", "in_exports"),
        (of_lines, "line_refunded", "in_lines"),
        (paid.filter(pl.col("refunded") > 0), "refunded", "in_orders"),
    ]
    told = [frame.select("order_key", pl.col(amount).alias(name)) for frame, amount, name in sums]
    names = [name for _, _, name in sums]
    back = pl.concat(told, how="diagonal").group_by("order_key").agg(pl.col(names).sum())
    notes_tell, exports_tell = pl.col("in_notes") > 0, pl.col("in_exports") > 0
    # Files of some platforms call articles differently: where the order tells a sum, lines come after exports.
    lines_tell = ~notes_tell & ~(exports_tell & (pl.col("in_orders") > 0))
    beside = pl.col("in_exports") + pl.when(lines_tell).then("in_lines").otherwise(0)
    itemised = pl.when(notes_tell).then("in_notes").otherwise(beside)
    largest = pl.max_horizontal("in_notes", "in_exports", "in_lines", "in_orders", itemised)
    back = back.with_columns(rest=largest - itemised)
    whose = _whose(back, lines, paid)
    return pl.concat(
        [
            _of_exports(done.join(back.filter(~notes_tell), on="order_key", how="semi"), whose),
            _of_lines(of_lines.join(back.filter(lines_tell), on="order_key", how="semi")),
            _rest(back.filter(pl.col("rest") > 0), whose),
        ],
        how="diagonal_relaxed",
    )


def _told_by_lines(lines: pl.LazyFrame, done: pl.LazyFrame) -> pl.LazyFrame:
    """Lines of which something was given back, `line_refunded`, and of which no export of refunds tells.

    Such an export knows amounts better than the state of a line does: what names no article may be any of the order.
    """
    told = pl.col("line_refunded").fill_null(0)
    in_full = (pl.col("line_state") == "refunded").fill_null(False) & (told == 0)
    of_order = done.filter(pl.col("product_id").is_null())
    return (
        lines.with_columns(line_refunded=pl.when(in_full).then("amount").otherwise(told))
        .filter(pl.col("line_refunded") > 0)
        .join(done, on=["order_key", "product_key"], how="anti")
        .join(of_order, on="order_key", how="anti")
    )


def _whose(back: pl.LazyFrame, lines: pl.LazyFrame, paid: pl.LazyFrame) -> pl.LazyFrame:
    """What is known of the orders of `back`, one row each; the order itself tells it before its lines do."""
    of_lines = lines.join(back, on="order_key", how="semi").sort("line_number").select("order_key", "store_id", *_FACTS)
    of_lines = of_lines.group_by("order_key").agg(pl.all().drop_nulls().first())
    told = paid.join(back, on="order_key", how="semi").select("order_key", "store_id", *_FACTS, "refunded_at")
    return pl.concat([told, of_lines.join(told, on="order_key", how="anti")], how="diagonal_relaxed")


def _of_exports(done: pl.LazyFrame, whose: pl.LazyFrame) -> pl.LazyFrame:
    of_order = whose.drop("store_id", "refunded_at", strict=False)
    placed = done.join(of_order, on="order_key", how="left", suffix="_ordered").with_columns(
        pl.coalesce(name, f"{name}_ordered").alias(name)
        for name in ("account_id", "account_key", "happened_at", "original_currency")
    )
    place = pl.int_range(pl.len(), dtype=pl.Int64).over("order_key", order_by="refund_id")
    has_product = pl.col("product_id").is_not_null()
    return _lines(
        placed.filter(pl.col("happened_at").is_not_null()),
        pl.col("refunded_amount"),
        _OF_EXPORTS + place,
        product_id=pl.col("product_id").fill_null(NOT_ITEMISED),
        quantity=pl.col("quantity").fill_null(0),
        is_goods=has_product,
    )


def _of_lines(lines: pl.LazyFrame) -> pl.LazyFrame:
    return _lines(
        lines.filter(pl.col("happened_at").is_not_null()),
        pl.col("line_refunded"),
        pl.col("line_number"),
        product_id=pl.col("product_id"),
        quantity=pl.lit(0, pl.Int64),
        is_goods=pl.col("is_goods"),
    )


def _rest(back: pl.LazyFrame, whose: pl.LazyFrame) -> pl.LazyFrame:
    placed = back.join(whose, on="order_key").with_columns(happened_at=pl.coalesce("refunded_at", "happened_at"))
    return _lines(
        placed.filter(pl.col("happened_at").is_not_null()),
        pl.col("rest"),
        pl.lit(_REST, pl.Int64),
        product_id=pl.lit(NOT_ITEMISED),
        quantity=pl.lit(0, pl.Int64),
        is_goods=pl.lit(False),
    )


def _lines(placed: pl.LazyFrame, amount: pl.Expr, place: pl.Expr, **goods: pl.Expr) -> pl.LazyFrame:
    return placed.select(
        "store_id",
        "order_key",
        *_FACTS,
        order_id=pl.col("order_key").str.strip_prefix(pl.concat_str("store_id", pl.lit("/"))),
        **goods,
        product_key=pl.concat_str("store_id", pl.lit("/"), goods["product_id"]),
        line_number=place,
        unit_price=amount,
        discount=pl.lit(0, pl.Int64),
        amount=amount,
        is_refund=pl.lit(True),
    )
