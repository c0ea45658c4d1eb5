"""Exports with a row an article: what they tell of the order, on its first row or on all, is carried to each row."""

from collections.abc import Iterable, Iterator

import polars as pl

from transforms.platforms.cells import clean

RUN = "order_run"
"""Number of the run of neighbouring rows that one order has in a file."""
IS_CONTRADICTORY = "is_contradictory"
"""Whether the rows of the order tell different things of it."""
_BEGINS, _UNTOLD = "begins_order", ""


def fact(position: int) -> str:
    """Column that holds the fact of the cell at `position`."""
    return f"fact_{position}"


def whole_orders(pieces: Iterable[pl.DataFrame], order_position: int) -> Iterator[pl.DataFrame]:
    """The same rows in the same order, cut so that neighbouring rows of one order are in one piece."""
    held: list[pl.DataFrame] = []
    for piece in pieces:
        last = piece.select(_begins(order_position).arg_true()).to_series()[-1] if piece.height else 0
        if last:
            yield pl.concat([*held, piece[:last]]).rechunk()
            held = []
        held.append(piece[last:])
    if held:
        yield pl.concat(held).rechunk()


def _begins(order_position: int) -> pl.Expr:
    order, file = pl.col(f"cell_{order_position}"), pl.col("file_id")
    return order.ne_missing(order.shift()) | file.ne_missing(file.shift())


def with_order_facts(text: pl.LazyFrame, order_position: int, facts: Iterable[int]) -> pl.LazyFrame:
    """Rows of `text`, in their order, with `order_run`, `is_contradictory` and `fact_<position>` for each of `facts`.

    A fact is the cleaned text that the order's rows have told of it so far; on the last row it is all they tell.
    """
    cells = text.with_columns(
        _begins(order_position).alias(_BEGINS), *(clean(pl.col(f"cell_{place}")).alias(fact(place)) for place in facts)
    )
    # A plain fill would give an order without an e-mail address that of the order before.
    carried = [pl.when(pl.col(_BEGINS)).then(pl.col(fact(p)).fill_null(_UNTOLD)).otherwise(fact(p)) for p in facts]
    so_far = [cell.forward_fill().alias(f"carried_{place}") for cell, place in zip(carried, facts, strict=True)]
    contradicts = pl.any_horizontal(_contradicts(place) for place in facts).fill_null(False)
    return (
        cells.with_columns(so_far)
        .with_columns(
            *(pl.when(pl.col(f"carried_{p}") != _UNTOLD).then(f"carried_{p}").alias(fact(p)) for p in facts),
            pl.col(_BEGINS).cum_sum().alias(RUN),
            contradicts.alias(IS_CONTRADICTORY),
        )
        .with_columns(_any_of_run(pl.col(IS_CONTRADICTORY)).alias(IS_CONTRADICTORY))
    )


def _contradicts(place: int) -> pl.Expr:
    before = pl.col(f"carried_{place}").shift()
    return ~pl.col(_BEGINS) & (before != _UNTOLD) & (pl.col(fact(place)) != before)


def _any_of_run(flag: pl.Expr) -> pl.Expr:
    count, begins = flag.cum_sum(), pl.col(_BEGINS)
    before = pl.when(begins).then(count - flag.cast(pl.UInt32)).forward_fill()
    after = pl.when(begins.shift(-1).fill_null(True)).then(count).backward_fill()
    return after > before
