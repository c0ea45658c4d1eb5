"""Exports with a row an article: what they tell of the order, on its first row, on all or on any, told once."""

from collections.abc import Iterable, Iterator

import polars as pl

from transforms.reading.cells import clean

RUN = "order_run"
"""Number of the run of neighbouring rows that one order has in a file."""
IS_CONTRADICTORY = "is_contradictory"
"""Whether the rows of the order tell different things of it; then each fact is one of those told."""


def fact(position: int) -> str:
    """Column that holds the fact of the cell at `position`."""
    return f"fact_{position}"


def whole_orders(pieces: Iterable[pl.DataFrame], order_position: int) -> Iterator[pl.DataFrame]:
    """The same rows in the same order, cut so that neighbouring rows of one order are in one piece."""
    held: list[pl.DataFrame] = []
    for piece in pieces:
        last = piece.select(_begins(order_position).arg_true()).to_series()[-1] if piece.height else 0
        if last:
            yield pl.concat([*held, piece[:last]])
            held = []
        held.append(piece[last:])
    if held:
        yield pl.concat(held)


def _begins(order_position: int) -> pl.Expr:
    order, file = pl.col(f"cell_{order_position}"), pl.col("file_id")
    return order.ne_missing(order.shift()) | file.ne_missing(file.shift())


def with_runs(text: pl.LazyFrame, order_position: int) -> pl.LazyFrame:
    """Rows of `text`, in their order, with `order_run`."""
    return text.with_columns(_begins(order_position).cum_sum().alias(RUN))


def order_facts(rows: pl.LazyFrame, positions: Iterable[int]) -> pl.LazyFrame:
    """What the rows of each run tell, one row a run: `order_run`, `fact_<position>`, `is_contradictory`.

    `rows`: `with_runs`. A fact is the cleaned text of the cell on whichever rows it stands.
    """
    facts = {fact(position): pl.col(f"cell_{position}") for position in positions}
    cleaned = [clean(cell).alias(name) for name, cell in facts.items()]
    begins = pl.col(RUN) != pl.col(RUN).shift(fill_value=0)
    first = rows.filter(begins).select(RUN, *cleaned)
    again = rows.filter(~begins & pl.any_horizontal(cell.is_not_null() for cell in facts.values()))
    tells_more = pl.any_horizontal(
        pl.col(name).is_not_null() & pl.col(name).ne_missing(f"{name}_first") for name in facts
    )
    # The first row tells all in nearly every run; only the others are worth grouping.
    odd = again.select(RUN, *cleaned).join(first, on=RUN, suffix="_first").filter(tells_more).select(RUN).unique()
    contradicts = pl.any_horizontal(pl.col(name).min() != pl.col(name).max() for name in facts)
    together = (
        rows.join(odd, on=RUN, how="semi")
        .select(RUN, *cleaned)
        .group_by(RUN)
        .agg(pl.col(list(facts)).min(), contradicts.alias(IS_CONTRADICTORY))
    )
    return first.join(together, on=RUN, how="left", suffix="_told", maintain_order="left").select(
        RUN,
        *(pl.coalesce(f"{name}_told", name).alias(name) for name in facts),
        pl.col(IS_CONTRADICTORY).fill_null(False),
    )
