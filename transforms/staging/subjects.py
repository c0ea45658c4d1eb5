"""Reviews, tickets and the like: what the latest file says of each subject counts. Shard-local by subject."""

from dataclasses import dataclass

import polars as pl

from transforms.contracts import rows, staged
from transforms.contracts.table import Table
from transforms.staging.days import local_date
from transforms.staging.merging import REPEATS, from_latest_file


@dataclass(frozen=True, slots=True)
class Subject:
    """Rows of `told` become rows of `staged`, one a `subject`."""

    told: Table
    staged: Table
    subject: list[str]
    later: tuple[str, ...] = ()
    """Instants that may lie after the row's own; one that lies after the night has not happened yet."""


SUBJECTS = (
    Subject(rows.REVIEW, staged.REVIEW, ["store_id", "review_id"]),
    Subject(rows.TICKET, staged.TICKET, ["store_id", "ticket_id"], later=("first_reply_at", "resolved_at")),
    Subject(rows.CONTACT_EVENT, staged.CONTACT_EVENT, ["store_id", "event_id"]),
    Subject(rows.REFERRAL, staged.REFERRAL, ["store_id", "referral_id"]),
    Subject(rows.PRODUCT_COST, staged.PRODUCT_COST, ["store_id", "product_id", "happened_at"]),
    Subject(rows.CUSTOMER_ATTRIBUTE, staged.CUSTOMER_ATTRIBUTE, ["store_id", "account_id", "attribute", "source"]),
)
_IDS = ("review", "ticket", "event", "referral", "account", "referrer_account", "order", "product")


def kept_subjects(told: pl.LazyFrame, subject: list[str], timezone: str, currency: str) -> pl.LazyFrame:
    """The row of each subject that counts, last line of the latest file, with its keys, `happened_date`, `currency`.

    `told`: rows of one kind, `file_rank`. Also gives `repeats`, how many rows of its file a row stands for.
    """
    ids = [name for name in _IDS if f"{name}_id" in told.collect_schema().names()]
    return (
        from_latest_file(told, subject)
        .sort("line_number")
        .group_by(subject)
        .agg(pl.all().last(), pl.len().cast(pl.Int64).alias(REPEATS))
        .with_columns(
            *(pl.concat_str("store_id", pl.lit("/"), f"{name}_id").alias(f"{name}_key") for name in ids),
            happened_date=local_date(pl.col("happened_at"), timezone),
            currency=pl.lit(currency),
        )
        .sort(subject)
    )
