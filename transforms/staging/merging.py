"""Which rows count when several files, or one file twice, tell the same thing. Shard-local."""

import polars as pl

REPEATS = "repeats"
"""How many rows of its file a kept row stands for, itself included."""


def from_latest_file(rows: pl.LazyFrame, subject: list[str]) -> pl.LazyFrame:
    """Rows whose subject no later file tells of: what the latest file says of an order wins as a whole.

    `subject`: the columns that name what a row is about. `rows` holds `file_rank`, the later the higher.
    """
    return rows.join(_latest(rows, subject), on=[*subject, "file_rank"], how="semi", nulls_equal=True)


def merged_by_file(rows: pl.LazyFrame, kept: pl.LazyFrame, subject: list[str]) -> pl.LazyFrame:
    """`file_id`, `merged`: rows that gave way to a later file, and rows that a kept row of their file stands for."""
    # A row without a subject would else count as merged: lost, and the account would still add up.
    gave_way = rows.join(_latest(rows, subject), on=[*subject, "file_rank"], how="anti", nulls_equal=True)
    return (
        pl.concat(
            [
                gave_way.select("file_id", merged=pl.lit(1, pl.Int64)),
                kept.select("file_id", merged=pl.col(REPEATS) - 1),
            ]
        )
        .group_by("file_id")
        .agg(pl.col("merged").sum())
    )


def _latest(rows: pl.LazyFrame, subject: list[str]) -> pl.LazyFrame:
    return rows.group_by(subject).agg(pl.col("file_rank").max())
