"""Versions of an order, or of whatever else rows are about, that lost rows to quarantine. Shard-local."""

import polars as pl

from transforms.contracts import rows
from transforms.reading.cells import ROUNDED
from transforms.staging.accounts import ACCOUNT, WORD
from transforms.staging.subjects import SUBJECTS
from transforms.staging.told_orders import TOLD_ORDER
from transforms.staging.told_refunds import TOLD_REFUND

SUBJECT_OF: dict[str, list[str]] = {
    # Not `orders.ORDER`: what a rejected row says of giving money back is not to be trusted.
    rows.ORDER_LINE.name: TOLD_ORDER,
    rows.PURCHASE_ORDER.name: TOLD_ORDER,
    rows.REFUND.name: TOLD_REFUND,
    rows.CUSTOMER_ACCOUNT.name: ACCOUNT,
    rows.CONSENT.name: WORD,
    **{subject.told.name: subject.subject for subject in SUBJECTS},
}
"""Kind of file -> the columns that name what a row is about."""
SUBJECT_COLUMNS = {name: table.polars_schema[name] for table in rows.TABLES for name in SUBJECT_OF[table.name]}
"""All of them, with their types: the columns by which rejected rows of every kind are kept together."""
_BEHIND_ALL = 2**31


def told_subject(kind: str) -> list[pl.Expr]:
    """`SUBJECT_COLUMNS` of a typed row of `kind`; null where the row does not tell, or tells a rounded number."""
    return [
        _told(name) if name in SUBJECT_OF[kind] else pl.lit(None, dtype).alias(name)
        for name, dtype in SUBJECT_COLUMNS.items()
    ]


def contested(told: pl.LazyFrame, lost: pl.DataFrame, kind: str) -> pl.LazyFrame:
    """Versions (`file_id` and what it is about) that lost rows, of orders that other files tell of too.

    Few: looking for their numbers alone takes a third of joining all rows. `told`: rows of `kind`. `lost`: `file_id`
    and `SUBJECT_COLUMNS` of rejected rows; one that does not tell what it is about belongs to nothing.
    """
    subject = SUBJECT_OF[kind]
    versions = lost.lazy().select("file_id", *subject).drop_nulls().unique()
    named = pl.col(subject[1]).is_in(lost[subject[1]].drop_nulls().unique().implode())
    others = told.filter(named).select("file_id", *subject).join(versions, on=["file_id", *subject], how="anti")
    return versions.join(others, on=subject, how="semi")


def behind_complete(told: pl.LazyFrame, lost: pl.DataFrame, kind: str) -> pl.LazyFrame:
    """`told`, rows of `kind` with `file_rank`, where the versions `lost` rank below every other file's.

    So the newest complete version of an order counts and, where none is complete, the newest. `lost`: `contested`.
    """
    version = ["file_id", *SUBJECT_OF[kind]]
    marked = told.join(lost.lazy().with_columns(lost=pl.lit(_BEHIND_ALL)), on=version, how="left")
    return marked.with_columns(file_rank=pl.col("file_rank") - pl.col("lost").fill_null(0)).drop("lost")


def lines_to_repair(told: pl.LazyFrame, lost: pl.DataFrame, kind: str) -> pl.DataFrame:
    """`file_id`, `line_number` of all rows, good and rejected, of the orders whose newest version lost rows.

    `told`: good rows of `kind` and `lost`: rejected ones, both with `file_rank`, as the files came. Rejected rows that
    do not tell what they are about are left out.
    """
    subject, version = SUBJECT_OF[kind], ["file_id", *SUBJECT_OF[kind]]
    known = lost.lazy().drop_nulls(subject)
    versions = known.select(*version, "file_rank").unique()
    others = told.join(versions, on=subject, how="semi").select(*version, "file_rank")
    newest = pl.concat([versions, others]).group_by(subject).agg(pl.col("file_rank").max())
    wanted = versions.join(newest, on=[*subject, "file_rank"], how="semi")
    lines = [rows.join(wanted, on=version, how="semi").select("file_id", "line_number") for rows in (told, known)]
    return pl.concat(lines).sort("file_id", "line_number").collect()


def _told(name: str) -> pl.Expr:
    column = pl.col(name)
    return pl.when(~column.str.contains(ROUNDED)).then(column) if name.endswith("_id") else column
