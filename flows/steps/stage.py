"""Stage: canonical tables up to the night from the rows of all batches, and what became of every row."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.faults import InputError
from flows.io.lake import RawFile, Stage
from flows.night import Night
from flows.steps.read import REJECTED, REJECTED_COLUMNS
from transforms.contracts import rows, staged
from transforms.contracts.quality import QUARANTINE, ROW_ACCOUNT
from transforms.contracts.table import Table
from transforms.staging import accounts, orders
from transforms.staging.days import up_to
from transforms.staging.merging import merged_by_file


def stage(night: Night, files: list[RawFile], batches: list[Path]) -> None:
    """Write staged tables up to the night by shard; quality.quarantine and quality.row_account of all that is known.

    Raises InputError if the files hold no order up to the night.
    """
    ranks = pl.LazyFrame(
        {"file_id": [file.file_id for file in files], "file_rank": range(len(files))},
        schema={"file_id": pl.String, "file_rank": pl.Int64},
    )
    counts: list[pl.DataFrame] = []
    summaries: list[_Summary] = []
    kept_accounts: list[pl.DataFrame] = []
    for shard in night.shards:
        summaries.append(_stage_orders(night, _rows(rows.ORDER_LINE, batches, shard, ranks), shard))
        account_rows = _rows(rows.CUSTOMER_ACCOUNT, batches, shard, ranks)
        kept_accounts.append(accounts.kept_accounts(account_rows).collect())
        counts += _counts(account_rows, kept_accounts[-1], accounts.ACCOUNT)
        counts += _stage_consents(night, _rows(rows.CONSENT, batches, shard, ranks), shard)
    night.work.write(staged.PRODUCT, orders.products(pl.concat(part.named_products for part in summaries).lazy()))
    named = pl.concat(part.named_accounts for part in summaries).lazy()
    night.work.write(staged.CUSTOMER_ACCOUNT, accounts.customer_accounts(_seen(night, pl.concat(kept_accounts)), named))
    counts += [count for part in summaries for count in part.counts]
    all_rejected = pl.concat(pl.scan_parquet(batch / REJECTED, glob=False) for batch in batches)
    rejected = all_rejected.join(ranks, on="file_id", how="semi")
    quarantine = rejected.select(REJECTED_COLUMNS).with_columns(as_of_date=pl.lit(night.as_of))
    night.work.write(QUARANTINE, quarantine.sort("file_id", "line_number"))
    night.work.write(ROW_ACCOUNT, _account(night, files, counts, rejected))
    _refuse_before_first_order(night, summaries)


@dataclass(frozen=True, slots=True)
class _Summary:
    """What the merges over all shards need to know of one shard's orders."""

    first_order_at: datetime | None
    named_products: pl.DataFrame
    named_accounts: pl.DataFrame
    counts: list[pl.DataFrame]


def _rows(table: Table, batches: list[Path], shard: int, ranks: pl.LazyFrame) -> pl.LazyFrame:
    return pl.concat(Stage(batch).scan(table, shard) for batch in batches).join(ranks, on="file_id", how="inner")


def _stage_orders(night: Night, lines: pl.LazyFrame, shard: int) -> _Summary:
    zone, currency = night.settings.shop.timezone, night.settings.shop.currency
    kept = orders.kept_lines(lines).collect(engine="streaming")
    seen = _seen(night, kept)
    bought = orders.purchase_orders(seen, zone, currency).collect(engine="streaming")
    night.work.write(staged.PURCHASE_ORDER, bought, shard)
    night.work.write(staged.ORDER_LINE, orders.order_lines(seen, bought.lazy(), currency), shard)
    night.work.write(staged.REFUND, orders.refunds(seen, bought.lazy(), zone, currency), shard)
    return _Summary(
        kept.filter(~pl.col("is_refund")).select(pl.col("happened_at").min()).item(),
        orders.named_products(seen).collect(),
        accounts.named_accounts(seen).collect(),
        _counts(lines, kept, orders.ORDER),
    )


def _stage_consents(night: Night, words: pl.LazyFrame, shard: int) -> list[pl.DataFrame]:
    kept = accounts.kept_consents(words, night.settings.shop.timezone).collect()
    night.work.write(staged.CONSENT, _seen(night, kept), shard)
    return _counts(words, kept, accounts.WORD)


def _seen(night: Night, kept: pl.DataFrame) -> pl.LazyFrame:
    return up_to(kept.lazy(), night.as_of, night.settings.shop.timezone)


def _refuse_before_first_order(night: Night, summaries: list[_Summary]) -> None:
    firsts = [part.first_order_at for part in summaries if part.first_order_at]
    if not firsts:
        raise InputError("the files hold no order; export the orders too")
    first_date = min(firsts).astimezone(night.settings.zone).date()
    if first_date > night.as_of:
        raise InputError(f"as_of {night.as_of} lies before the first order, {first_date}; give a later date")


def _counts(told: pl.LazyFrame, kept: pl.DataFrame, subject: list[str]) -> list[pl.DataFrame]:
    loaded = kept.group_by("file_id").agg(loaded=pl.len().cast(pl.Int64), merged=pl.lit(0, pl.Int64))
    merged = merged_by_file(told, kept.lazy(), subject).collect(engine="streaming")
    return [loaded, merged.select("file_id", loaded=pl.lit(0, pl.Int64), merged="merged")]


def _account(night: Night, files: list[RawFile], counts: list[pl.DataFrame], rejected: pl.LazyFrame) -> pl.LazyFrame:
    known = pl.LazyFrame(
        [(file.file_id, file.file_name, file.lines_read) for file in files], orient="row", schema=_KNOWN
    )
    fates = pl.concat(counts).lazy().group_by("file_id").agg(pl.col("loaded", "merged").sum())
    return (
        known.join(fates, on="file_id", how="left")
        .join(rejected.group_by("file_id").agg(quarantined=pl.len()), on="file_id", how="left")
        .with_columns(pl.col("loaded", "merged", "quarantined").fill_null(0))
        .with_columns(as_of_date=pl.lit(night.as_of), erased=pl.lit(0))
        .sort("file_id")
    )


_KNOWN = {"file_id": pl.String, "file_name": pl.String, "lines_read": pl.Int64}
