"""Read: turn the files not read yet into checked rows in the lake, and the rows that break a rule into rejects."""

import json
import os
import shutil
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
import polars_hash as plh

from flows.io.erasures import Erasures
from flows.io.inspection import Inspection, inspect
from flows.io.lake import RawFile, Stage, write_atomically
from flows.io.redacted_files import redacted_at
from flows.io.salvaged_text import may_be_cut, sound_text
from flows.io.text_files import CannotSplitError, TextFile, scan_text
from flows.night import Night
from flows.progress import LOGGER
from flows.settings import Settings
from flows.steps.collect import (
    Collected,
    is_header,
    layout_of,
    layouts_of,
    placed_name,
    refuse_foreign_stores,
    store_of,
)
from flows.steps.corrections import CORRECTED, Corrections, keep_corrections, load_corrections
from flows.steps.erased_rows import erased_rows, redact, whoever_is_named
from flows.steps.fingerprint import reading_fingerprint
from flows.steps.judge import Group, Judged, Reader, corrections_of
from transforms.contracts.table import Table
from transforms.identity.marks import LINE
from transforms.reading.corrections import relevant
from transforms.reading.detect import positions
from transforms.reading.layout import KINDS
from transforms.reading.typed_rows import Source

REJECTED = "rejected"
"""Folder of the batch with rows that broke a rule, by file and line; last come those that cannot be split."""
FILE_LIST = "files.json"
"""Beside the rows of a batch: of each file, by its id, what reading it has told of it."""


def read(night: Night, collected: Collected) -> tuple[list[RawFile], list[Path]]:
    """The known files, counted, and folders of batches that together hold their rows, once.

    Files that no batch holds under the settings and code in force are read into a new one, which appears whole or not
    at all; only then are they known to the lake. Rows of erased people leave the lake's copy of their file first, and
    go no further. Raises CheckFailed naming the file if one cannot be split into cells at all.
    """
    barred, corrections = Erasures(night.lake).barred(), load_corrections(night.settings)
    keep_corrections(corrections, night.work.root)
    root = night.lake.batch_root(reading_fingerprint(night.settings, corrections.digest, barred["mark"].sort()))
    batches = sorted(path for path in root.glob("*") if (path / FILE_LIST).exists())
    held = {file_id: values for batch in batches for file_id, values in _told(batch).items()}
    missing = [file for file in collected.files if file.file_id not in held]
    facts = {file.file_id: _facts(night, file, collected.new) for file in missing}
    if missing:
        try:
            batch = _read_missing(night, missing, facts, barred, corrections, root, is_looked_through=False)
        except CannotSplitError as error:
            LOGGER.warning("%s: some of its rows are broken; looking for them", error)
            batch = _read_missing(night, missing, facts, barred, corrections, root, is_looked_through=True)
        if batch is None:
            return read(night, collected)
        batches.append(batch)
        held |= _told(batch)
    files = [_as_read(night, file, held[file.file_id]) for file in collected.files]
    told = {file.file_id: file for file in files}
    # In the order in which they came, which decides who wins; files to ignore keep their place.
    night.lake.remember([told.pop(file.file_id, file) for file in night.lake.known_files()] + list(told.values()))
    night.lake.forget_batches_but(root.name)
    night.lake.forget_unredacted()
    return files, batches


def readers_of(night: Night, files: list[RawFile], *, is_looked_through: bool) -> list[Reader]:
    """How the rows of files known to the lake are read, under the settings and corrections in force."""
    facts = {file.file_id: _facts(night, file, {}) for file in files}
    corrections = load_corrections(night.settings)
    groups = _groups(night, files, facts)
    return [_reader(night, group, corrections, is_looked_through=is_looked_through) for group in groups]


def _read_missing(  # noqa: PLR0913, PLR0917 - what is read, what is known of it, and what is to be done to it
    night: Night,
    missing: list[RawFile],
    facts: dict[str, Inspection],
    barred: pl.DataFrame,
    corrections: Corrections,
    root: Path,
    *,
    is_looked_through: bool,
) -> Path | None:
    """The new batch; None if rows of erased people were taken out.

    Raises CannotSplitError if a file is broken that was not looked through.
    """
    groups = _groups(night, missing, facts)
    readers = [_reader(night, group, corrections, is_looked_through=is_looked_through) for group in groups]
    if not barred.is_empty() and _take_out_erased(night, readers, barred):
        return None
    return _read_batch(night, missing, readers, root)


def _take_out_erased(night: Night, readers: list[Reader], barred: pl.DataFrame) -> bool:
    """Whether the files held, or may have held, rows of erased people.

    They are gone now, and orders and addresses they told are barred.
    Then everything is to be read again: also files read before may hold other rows of these orders.
    """
    typed = (typed for reader in readers for piece in reader.judged_pieces() for typed in piece.typed)
    stores = [store.id for store in night.settings.stores]
    named = (whoever_is_named(reader.broken, [reader.group.store_id, *stores]) for reader in readers)
    theirs = erased_rows(chain(typed, *named), barred, night.lake.key(), scratch(night))
    # Whom the rest of a row that was cut may name, nobody looks for: it counts as theirs.
    unknown = (may_be_cut(reader.broken).select(LINE) for reader in readers)
    lines = pl.concat([theirs.lines, *unknown]).unique()
    if lines.is_empty():
        return False
    Erasures(night.lake).bar(theirs.new_marks)
    for reader in readers:
        redact(reader.group.files, scan_text(reader.copies, scratch(night)), lines, reader.broken)
    return True


def scratch(night: Night) -> Path:
    """Folder for what a run makes of files on the way to rows."""
    return night.lake.work(night.run_id) / "text"


def _as_read(night: Night, file: RawFile, told: dict[str, Any]) -> RawFile:
    redacted = redacted_at(night.lake.redacted_path(file.sha256))
    return replace(file, erased=redacted.erased if redacted else 0, **told)


def _told(batch: Path) -> dict[str, dict[str, Any]]:
    """Of each file of the batch what to know of it, rows counted as they were read.

    It stands with the rows, for a night may be cut off before the lake knows the file.
    """
    told: dict[str, dict[str, Any]] = json.loads((batch / FILE_LIST).read_text(encoding="utf-8"))
    return told


def _facts(night: Night, file: RawFile, new: dict[str, Inspection]) -> Inspection:
    if redacted := redacted_at(night.lake.redacted_path(file.sha256)):
        return redacted.source
    return new.get(file.file_id) or inspect(
        night.lake.raw_path(file.sha256), file.file_name, partial(is_header, layouts=layouts_of(night.settings))
    )


def _read_batch(night: Night, files: list[RawFile], readers: list[Reader], root: Path) -> Path:
    name = sha256(" ".join(file.file_id for file in files).encode()).hexdigest()[:16]
    batch = Stage(root / f".{name}")
    shutil.rmtree(batch.root, ignore_errors=True)
    for folder in (REJECTED, CORRECTED):
        (batch.root / folder).mkdir(parents=True)
    for part, piece in enumerate(piece for reader in readers for piece in reader.judged_pieces()):
        _write_piece(batch, piece, len(night.shards), part)
    broken = [reader.broken_rejects() for reader in readers]
    pl.concat(broken).write_parquet(batch.root / REJECTED / "broken.parquet")
    _refuse_foreign_rows(batch, files, night.settings)
    # One call for hundreds of files: what the list names must outlive a power cut.
    os.sync()
    told = {
        file.file_id: {
            "lines_read": file.facts.records,
            "not_data": file.facts.not_data,
            "layout": reader.group.layout.name,
        }
        for reader in readers
        for file in reader.group.files
    }
    write_atomically(batch.root / FILE_LIST, json.dumps(told))
    return batch.root.rename(root / name)


def _write_piece(batch: Stage, piece: Judged, shards: int, part: int) -> None:
    piece.rejects.write_parquet(batch.root / REJECTED / f"{part:05d}.parquet")
    by = corrections_of(piece)
    if by is not None:
        by.write_parquet(batch.root / CORRECTED / f"{part:05d}.parquet")
    tables = {table.name: table for table, _ in piece.good}
    for name, table in tables.items():
        told = pl.concat(rows for one, rows in piece.good if one.name == name)
        for shard in range(shards):
            mine = told.filter(_shard_of_row(table, shards) == shard) if shards > 1 else told
            if mine.height:
                batch.write(table, mine, shard, part)


def rejected_parts(batch: Path) -> list[Path]:
    """Files with rows of quality.quarantine but for the night, in no order to rely on.

    What a row is about stands beside it (`transforms.staging.incomplete.told_subject`).
    """
    return sorted((batch / REJECTED).glob("*.parquet"))


def _groups(night: Night, files: list[RawFile], facts: dict[str, Inspection]) -> list[Group]:
    layouts = layouts_of(night.settings)
    groups: dict[tuple[str, ...], Group] = {}
    for file in files:
        fact = facts[file.file_id]
        layout = layout_of(fact.header, file.file_name, layouts)
        store_id = store_of(placed_name(file, night.settings), layout, night.settings, fact.header)
        group = groups.setdefault((layout.name, store_id, fact.delimiter, *fact.header), Group(layout, store_id, []))
        group.files.append(text_file(night, file, fact))
    return list(groups.values())


def text_file(night: Night, file: RawFile, facts: Inspection) -> TextFile:
    """The lake's copy of `file`, to be split into cells."""
    return TextFile(file.file_id, file.file_name, file.known_at, night.lake.text_path(file.sha256), facts)


def _reader(night: Night, group: Group, corrections: Corrections, *, is_looked_through: bool) -> Reader:
    settings = night.settings
    source = _source(group, settings)
    theirs = relevant(corrections.entries, source, group.header, set(group.names.values()))
    sound = [sound_text(file, scratch(night), is_looked_through=is_looked_through) for file in group.files]
    return Reader(
        replace(group, files=[text.file for text in sound]),
        source,
        settings.shop.currency,
        theirs,
        [text.copy for text in sound],
        pl.concat(text.broken for text in sound),
    )


def _source(group: Group, settings: Settings) -> Source:
    """Instants are in the zone of the layout, else of the row's store, else of the file's store, else of the shop."""
    layout, zone_of_shop = group.layout, settings.shop.timezone
    zones = {store.id: store.timezone or zone_of_shop for store in settings.stores}
    timezone = layout.timezone or zones.get(group.store_id, zone_of_shop)
    others = {} if layout.timezone else {store: zone for store, zone in zones.items() if zone != timezone}
    return Source(layout, positions(group.header, layout), group.store_id, timezone, others)


def _shard_of_row(table: Table, shards: int) -> pl.Expr:
    """Rows about one thing, an order or an account, meet in one shard, so that a later export finds the earlier one."""
    subject = table.column_names[table.column_names.index("store_id") + 1]
    return plh.concat_str("store_id", pl.lit("/"), pl.col(subject).fill_null("")).nchash.xxh3_64() % shards


def _refuse_foreign_rows(batch: Stage, files: list[RawFile], settings: Settings) -> None:
    names = {file.file_id: file.file_name for file in files}
    for table in KINDS.values():
        stores = batch.scan(table).group_by("store_id").agg(pl.col("file_id").min()).sort("store_id").collect()
        for store, file_id in stores.iter_rows():
            refuse_foreign_stores({store}, names[file_id], settings)
