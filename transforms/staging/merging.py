"""Which rows count when several files, or one file twice, tell the same thing. Shard-local."""

from datetime import date

import polars as pl

from transforms.staging.days import local_date

REPEATS = "repeats"
"""How many rows of its file a kept row stands for, itself included."""


def from_latest_file(rows: pl.LazyFrame, subject: list[str]) -> pl.LazyFrame:
    """Rows whose subject no later file tells of: what the latest file says of an order wins as a whole.

    `subject`: the columns that name what a row is about. `rows` holds `file_rank`, the later the higher.
    """
    ranked = rows.join(_told_twice(rows, subject), on=subject, how="left", nulls_equal=True)
    latest = pl.col("latest_rank").fill_null(pl.col("file_rank"))
    return ranked.filter(pl.col("file_rank") == latest).drop("latest_rank")


def behind_seen(rows: pl.LazyFrame, as_of: date, timezone: str) -> pl.LazyFrame:
    """`rows`, with `happened_at` and `file_rank`, where those after the shop-local day `as_of` rank below every other.

    So what was said of a subject up to the night counts, and not nothing because more was said of it later.
    """
    is_later = (local_date(pl.col("happened_at"), timezone) > as_of).fill_null(False)
    return rows.with_columns(file_rank=pl.col("file_rank") - pl.when(is_later).then(_BEHIND_ALL).otherwise(0))


def merged_by_file(rows: pl.LazyFrame, kept: pl.LazyFrame, subject: list[str]) -> pl.LazyFrame:
    """`file_id`, `merged`: rows that gave way to a later file, and rows that a kept row of their file stands for."""
    # A row without a subject would else count as merged: lost, and the account would still add up.
    ranked = rows.select("file_id", "file_rank", *subject).join(
        _told_twice(rows, subject), on=subject, nulls_equal=True
    )
    gave_way = ranked.filter(pl.col("file_rank") < pl.col("latest_rank"))
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


def _told_twice(rows: pl.LazyFrame, subject: list[str]) -> pl.LazyFrame:
    """Subjects that several files tell of, few as a rule, with `latest_rank`: a join with the others is not needed."""
    rank = pl.col("file_rank")
    ranks = rows.group_by(subject).agg(earliest_rank=rank.min(), latest_rank=rank.max())
    return ranks.filter(pl.col("earliest_rank") < pl.col("latest_rank")).drop("earliest_rank")


_BEHIND_ALL = 2**40
"""Also behind versions that lost rows."""
