"""Rows written wrongly on purpose, so that quarantine is seen to work and can be held against the truth."""

import numpy as np
import polars as pl

from transforms.simulator.world import stream

UNREADABLE_DATE = "unreadable_date"
NEGATIVE_QUANTITY = "negative_quantity"
MISSING_PRODUCT = "missing_product"
REASONS = (UNREADABLE_DATE, NEGATIVE_QUANTITY, MISSING_PRODUCT)

ZERO_DATE = "0000-00-00 00:00:00"
"""What a MySQL back office writes for a date it lost."""


def choose_damage(seed: int, order_lines: pl.DataFrame, share: float) -> pl.DataFrame:
    """Which order lines to spoil: `share` of them, at most one an order, the three reasons in turn.

    Returns `row` (index into `order_lines`), `order_id`, `line_index` (from 1, within the order) and `reason`, by row.
    `order_lines` must be sorted so that the lines of an order lie together.
    """
    rng = stream(seed, "damage")
    order_id = order_lines["order_id"]
    first_row = np.flatnonzero(order_id.ne_missing(order_id.shift(1)).to_numpy())
    size = np.diff(first_row, append=len(order_id))
    wanted = min(round(len(order_id) * share), len(first_row))
    chosen = rng.permutation(len(first_row))[:wanted]
    offset = (rng.random(wanted) * size[chosen]).astype(np.int64)
    row = first_row[chosen] + offset
    return pl.DataFrame(
        {
            "row": row,
            "order_id": order_id.gather(row),
            "line_index": offset + 1,
            "reason": [REASONS[number % len(REASONS)] for number in range(wanted)],
        },
        schema={"row": pl.Int64, "order_id": pl.String, "line_index": pl.Int64, "reason": pl.String},
    ).sort("row")


def plant(text_lines: pl.DataFrame, damage: pl.DataFrame) -> pl.DataFrame:
    """`text_lines` (every order line, every cell as text) with the rows of `damage` spoilt."""
    reason = np.full(len(text_lines), "", dtype=object)
    reason[damage["row"].to_numpy()] = damage["reason"].to_numpy()
    spoilt = pl.Series("reason", reason, dtype=pl.String)
    return text_lines.with_columns(
        pl.when(spoilt == UNREADABLE_DATE).then(pl.lit(ZERO_DATE)).otherwise("ordered_at").alias("ordered_at"),
        pl.when(spoilt == NEGATIVE_QUANTITY)
        .then(pl.concat_str(pl.lit("-"), "quantity"))
        .otherwise("quantity")
        .alias("quantity"),
        pl.when(spoilt == MISSING_PRODUCT).then(None).otherwise("product_id").alias("product_id"),
    )
