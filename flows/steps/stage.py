"""Stage: canonical tables up to the night from the rows of all batches, and what became of every row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from checks.row_rules import CORRECTED_AWAY
from flows.faults import InputError, NoOrderYet
from flows.io.lake import RawFile, Stage
from flows.night import Night
from flows.steps.collect import layouts_of
from flows.steps.exchange import exchange, exchange_costs, has_foreign
from flows.steps.read import rejected_parts
from flows.steps.repaired import in_order_of_telling
from transforms.contracts import rows, staged
from transforms.contracts.quality import QUARANTINE, ROW_ACCOUNT
from transforms.contracts.table import Table
from transforms.identity.addresses import addresses, distinct_texts, with_addresses
from transforms.identity.names import compared_names
from transforms.reading.layout import KINDS
from transforms.staging import accounts, orders, told_orders, told_refunds
from transforms.staging.days import not_yet, up_to
from transforms.staging.incomplete import SUBJECT_COLUMNS, behind_complete, contested
from transforms.staging.merging import behind_seen, merged_by_file
from transforms.staging.subjects import SUBJECTS, Subject, kept_subjects


def stage(night: Night, files: list[RawFile], batches: list[Path]) -> None:
    """Write staged tables up to the night by shard; quality.quarantine and quality.row_account of all that is known.

    Raises NoOrderYet if the files hold no order up to the night; InputError if none is left of those they hold, and
    what `exchange` raises of other currencies. The quarantine and the account are written before.
    """
    ranks = file_ranks(files)
    rejected = rejected_rows(batches, ranks)
    # An order whose rows were dropped on purpose is whole.
    missed = rejected.filter(pl.col("rule") != CORRECTED_AWAY.name)
    lost = missed.select("file_id", "table_name", *SUBJECT_COLUMNS).unique().collect()
    counts: list[pl.DataFrame] = []
    refused: list[InputError] = []
    summaries: list[_Summary] = []
    kept_accounts: list[pl.DataFrame] = []
    for shard in night.shards:
        told = {kind: _rows(table, batches, shard, ranks, lost) for kind, table in KINDS.items()}
        # Of an order every version tells the same day, and rows that tell none must not be torn from it.
        told |= {kind: behind_seen(told[kind], night.as_of, night.settings.shop.timezone) for kind in SAID_AGAIN}
        summaries.append(_stage_orders(night, files, told, shard, refused))
        kept_accounts.append(accounts.kept_accounts(told["customer_account"]).collect())
        counts += _counts_of_accounts(told["customer_account"], kept_accounts[-1])
        counts += _stage_consents(night, told["consent"], shard)
        counts += [count for subject in SUBJECTS for count in _stage_subject(night, told, subject, shard, refused)]
    night.work.write(staged.PRODUCT, orders.products(pl.concat(part.named_products for part in summaries).lazy()))
    _write_accounts(night, pl.concat(kept_accounts), summaries)
    counts += [count for part in summaries for count in part.counts]
    quarantine = rejected.with_columns(as_of_date=pl.lit(night.as_of))
    night.work.write(QUARANTINE, quarantine.sort("file_id", "line_number"))
    night.work.write(ROW_ACCOUNT, _account(night, files, counts, rejected))
    if refused:
        raise refused[0]
    _refuse_before_first_order(night, summaries, rejected)


@contextmanager
def _put_off(refused: list[InputError]) -> Iterator[None]:
    """Keep what is raised until the account is written: what became of the rows is to be told then too."""
    try:
        yield
    except InputError as error:
        refused.append(error)


@dataclass(frozen=True, slots=True)
class _Summary:
    """What the merges over all shards need to know of one shard's orders."""

    first_order_at: datetime | None
    named_products: pl.DataFrame
    named_accounts: pl.DataFrame
    contacts: pl.DataFrame | None
    """Buyers as exports of orders tell them, where there are any."""
    names: pl.DataFrame | None
    """What these exports call them and who receives the orders."""
    counts: list[pl.DataFrame]


def file_ranks(files: list[RawFile]) -> pl.LazyFrame:
    """`file_id`, `file_rank`: of two files that tell of one thing, the one of the higher rank counts."""
    told = in_order_of_telling(files)
    return pl.LazyFrame(
        {"file_id": [file.file_id for file in told], "file_rank": range(len(told))},
        schema={"file_id": pl.String, "file_rank": pl.Int64},
    )


def rejected_rows(batches: list[Path], ranks: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of quality.quarantine without a night, with what they are about and the `file_rank` of their file."""
    parts = [part for batch in batches for part in rejected_parts(batch)]
    everything = pl.scan_parquet(parts, glob=False) if parts else pl.LazyFrame(schema=_REJECTED)
    return everything.join(ranks, on="file_id", how="inner")


SAID_AGAIN = (rows.CUSTOMER_ACCOUNT.name, *(subject.told.name for subject in SUBJECTS))
"""Kinds of rows that a later one of a later day takes the place of."""
_REJECTED = {**QUARANTINE.polars_schema, **SUBJECT_COLUMNS}


def good_rows(table: Table, batches: list[Path], ranks: pl.LazyFrame, shard: int | None = None) -> pl.LazyFrame:
    """Rows of `table` in all batches, of one shard or of all, with the `file_rank` of their file."""
    parts = [part for batch in batches for part in Stage(batch).parts(table, shard)]
    told = pl.scan_parquet(parts, glob=False) if parts else table.empty().lazy()
    return told.join(ranks, on="file_id", how="inner")


def _rows(table: Table, batches: list[Path], shard: int, ranks: pl.LazyFrame, lost: pl.DataFrame) -> pl.LazyFrame:
    """Rows of one kind and shard, ranked: a version of an order that lost rows gives way to a complete one."""
    told = good_rows(table, batches, ranks, shard)
    # A row of an order line export can tell of the order too.
    kinds = {table.name, rows.ORDER_LINE.name} if table is rows.PURCHASE_ORDER else {table.name}
    mine = lost.filter(pl.col("table_name").is_in(list(kinds)))
    if mine.is_empty():
        return told
    of_others = contested(told, mine, table.name).collect(engine="streaming")
    return told if of_others.is_empty() else behind_complete(told, of_others, table.name)


def _stage_orders(
    night: Night, files: list[RawFile], read: dict[str, pl.LazyFrame], shard: int, refused: list[InputError]
) -> _Summary:
    lines, told = read[rows.ORDER_LINE.name], read[rows.PURCHASE_ORDER.name]
    zone, currency = night.settings.shop.timezone, night.settings.shop.currency
    kept = orders.kept_lines(lines).collect(engine="streaming")
    kept_told = told_orders.kept_orders(told).collect(engine="streaming")
    refunds = read[rows.REFUND.name]
    kept_refunds = told_refunds.kept_refunds(refunds).collect(engine="streaming")
    placed, contacts, names, named = kept, None, None, list[pl.DataFrame]()
    # Only where a platform tells orders or refunds apart from lines: a shop without one need not pay for the joins.
    if kept_told.height or kept_refunds.height or _is_told_by_line(kept):
        waiting = told_orders.waiting_lines(kept.lazy(), kept_told.lazy())
        night.work.write(staged.WAITING_LINE, waiting, shard)
        placed = told_orders.placed_lines(kept.lazy(), kept_told.lazy(), kept_refunds.lazy()).collect()
        seen_told = _seen(night, kept_told)
        contacts = accounts.told_contacts(seen_told).collect()
        names = accounts.told_names(seen_told).collect()
        named = [accounts.named_by_orders(seen_told).collect()]
    seen = _seen(night, placed)
    bought = orders.purchase_orders(seen, zone, currency).collect(engine="streaming")
    if kept_told.height:
        bought = told_orders.with_deductions(bought.lazy(), kept_told.lazy()).collect()
    sold = orders.order_lines(seen, bought.lazy(), currency)
    given_back = orders.refunds(seen, bought.lazy(), zone, currency)
    # Only where there is money of another currency: the others need not pay for the joins.
    if has_foreign(placed, night.settings):
        with _put_off(refused):
            bought, sold, given_back = exchange(night, files, seen, (bought, sold, given_back))
    night.work.write(staged.PURCHASE_ORDER, bought, shard)
    night.work.write(staged.ORDER_LINE, sold, shard)
    night.work.write(staged.REFUND, given_back, shard)
    return _Summary(
        placed.filter(~pl.col("is_refund")).select(pl.col("happened_at").min()).item(),
        orders.named_products(seen).collect(),
        pl.concat([accounts.named_accounts(_orders_and_refunds(seen, bought)).collect(), *named]),
        contacts,
        names,
        [
            *_counts(rows.ORDER_LINE, lines, kept, orders.ORDER),
            *_counts(rows.PURCHASE_ORDER, told, kept_told, told_orders.TOLD_ORDER),
            *_counts(rows.REFUND, refunds, kept_refunds, told_refunds.TOLD_REFUND),
        ],
    )


def _is_told_by_line(kept: pl.DataFrame) -> bool:
    """Whether lines wait for their orders, or tell themselves what became of them."""
    nulls = kept.select("happened_at", "line_state", "line_refunded").null_count().row(0)
    return bool(nulls[0]) or bool(min(nulls[1:]) < kept.height)


def _orders_and_refunds(seen: pl.LazyFrame, bought: pl.DataFrame) -> pl.LazyFrame:
    columns = (*accounts.FIRST_ORDER, "account_key", "store_id", "known_at", "happened_at", "is_refund")
    orders = bought.lazy().with_columns(is_refund=pl.lit(value=False))
    return pl.concat([orders.select(columns), seen.filter("is_refund").select(columns)])


def _write_accounts(night: Night, kept: pl.DataFrame, summaries: list[_Summary]) -> None:
    named = pl.concat(part.named_accounts for part in summaries).lazy()
    told = [part.contacts for part in summaries if part.contacts is not None]
    contacts = pl.concat(told).lazy() if told else None
    known = accounts.customer_accounts(_seen(night, kept), named, contacts).collect().lazy()
    countries = {
        store: night.settings.country_of(store) for store in known.select("store_id").unique().collect().to_series()
    }
    written = known
    for kind in ("email", "phone"):
        texts = distinct_texts(known, kind, countries).collect()
        written = with_addresses(written, kind, addresses(kind, texts).lazy(), countries)
    night.work.write(staged.CUSTOMER_ACCOUNT, written)
    names = [part.names.lazy() for part in summaries if part.names is not None]
    night.work.write(staged.ACCOUNT_NAME, compared_names(accounts.account_names(known, names)))


def _stage_consents(night: Night, words: pl.LazyFrame, shard: int) -> list[pl.DataFrame]:
    kept = accounts.kept_consents(words, night.settings.shop.timezone).collect()
    night.work.write(staged.CONSENT, _seen(night, kept), shard)
    return _counts(rows.CONSENT, words, kept, accounts.WORD)


def _stage_subject(
    night: Night, told: dict[str, pl.LazyFrame], subject: Subject, shard: int, refused: list[InputError]
) -> list[pl.DataFrame]:
    zone, currency = night.settings.shop.timezone, night.settings.shop.currency
    read = told[subject.told.name]
    kept = kept_subjects(read, subject.subject, zone, currency).collect(engine="streaming")
    if kept.is_empty():
        return []
    seen = _seen(night, kept).with_columns(not_yet(subject.later, night.as_of, zone))
    if subject.staged is staged.PRODUCT_COST and has_foreign(kept, night.settings):
        with _put_off(refused):
            seen = exchange_costs(night, seen)
    night.work.write(subject.staged, seen, shard)
    return _counts(subject.told, read, kept, subject.subject)


def _seen(night: Night, kept: pl.DataFrame) -> pl.LazyFrame:
    return up_to(kept.lazy(), night.as_of, night.settings.shop.timezone)


def _refuse_before_first_order(night: Night, summaries: list[_Summary], rejected: pl.LazyFrame) -> None:
    firsts = [part.first_order_at for part in summaries if part.first_order_at]
    if not firsts:
        of_orders = rejected.filter(pl.col("table_name").is_in([rows.ORDER_LINE.name, rows.PURCHASE_ORDER.name]))
        worst = of_orders.group_by("rule", "hint").len().sort("len", "rule", descending=[True, False]).head(1).collect()
        if worst.is_empty():
            raise NoOrderYet("the files hold no order; export the orders too")
        rule, hint, broken = worst.row(0)
        raise InputError(f"no order is left: {broken} rows were rejected by the rule {rule}. {hint}")
    first_date = min(firsts).astimezone(night.settings.zone).date()
    if first_date > night.as_of:
        raise NoOrderYet(f"as_of {night.as_of} lies before the first order, {first_date}; give a later date")


def _counts_of_accounts(told: pl.LazyFrame, kept: pl.DataFrame) -> list[pl.DataFrame]:
    has_account = pl.col("account_id").is_not_null()
    nobodies = told.filter(~has_account).collect()
    return [
        *_counts(rows.CUSTOMER_ACCOUNT, told.filter(has_account), kept, accounts.ACCOUNT),
        _loaded(rows.CUSTOMER_ACCOUNT, nobodies),
    ]


def _counts(kind: Table, told: pl.LazyFrame, kept: pl.DataFrame, subject: list[str]) -> list[pl.DataFrame]:
    merged = merged_by_file(told, kept.lazy(), subject).collect(engine="streaming")
    given = merged.select("file_id", loaded=pl.lit(0, pl.Int64), merged="merged", kind=pl.lit(kind.name))
    return [_loaded(kind, kept), given]


def _loaded(kind: Table, kept: pl.DataFrame) -> pl.DataFrame:
    return kept.group_by("file_id").agg(
        loaded=pl.len().cast(pl.Int64), merged=pl.lit(0, pl.Int64), kind=pl.lit(kind.name)
    )


def _account(night: Night, files: list[RawFile], counts: list[pl.DataFrame], rejected: pl.LazyFrame) -> pl.LazyFrame:
    kinds = {
        layout.name: {layout.kind, *(other.kind for other in layout.instead)} for layout in layouts_of(night.settings)
    }
    told = [
        (file.file_id, file.file_name, file.lines_read, file.erased, file.not_data, sorted(kinds[file.layout]))
        for file in files
    ]
    known = pl.LazyFrame(told, orient="row", schema=_KNOWN)
    # What a row tells besides what it is, such as the order of a line, counts for nothing: a row counts once.
    fates = known.select("file_id", "kind").explode("kind").join(pl.concat(counts).lazy(), on=["file_id", "kind"])
    return (
        known.join(fates.group_by("file_id").agg(pl.col("loaded", "merged").sum()), on="file_id", how="left")
        .join(rejected.group_by("file_id").agg(quarantined=pl.len()), on="file_id", how="left")
        .with_columns(pl.col("loaded", "merged", "quarantined").fill_null(0))
        .with_columns(as_of_date=pl.lit(night.as_of))
        .sort("file_id")
    )


_KNOWN: dict[str, type[pl.DataType] | pl.DataType] = {
    "file_id": pl.String,
    "file_name": pl.String,
    "lines_read": pl.Int64,
    "erased": pl.Int64,
    "not_data": pl.Int64,
    "kind": pl.List(pl.String),
}
