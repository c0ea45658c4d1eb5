"""What the lake's copies of export files hold of a person."""

from dataclasses import dataclass, field

import polars as pl

from flows.io.lake import RawFile
from flows.io.text_files import CannotSplitError, scan_text
from flows.night import Night
from flows.steps.erased_rows import named_in
from flows.steps.judge import Reader
from flows.steps.read import readers_of, scratch
from transforms.contracts.table import Privacy
from transforms.identity.holdings import lines_of_person, orders_told
from transforms.identity.marks import LINE
from transforms.reading.within import source_of


@dataclass(frozen=True, slots=True)
class FileRows:
    """Rows of one file that are the person's, as they stand in it but for what corrections put right."""

    file: RawFile
    header: tuple[str, ...]
    cells: list[tuple[str | None, ...]]
    """The line number, then a cell for each header; None where it is empty or not the person's to see."""


@dataclass(frozen=True, slots=True)
class LakeRows:
    """All of them."""

    files: list[FileRows]
    lines: pl.DataFrame
    """`file_id`, `line_number` of those rows that name nobody else."""
    order_keys: tuple[str, ...]
    """Orders that they tell to be the person's."""
    broken: dict[str, int] = field(default_factory=dict)
    """File name -> rows of which nobody can tell whose they are."""


def lake_rows(night: Night, accounts: pl.DataFrame) -> LakeRows:
    """Rows of the accounts in every file that the lake knows. `accounts`: `account_key`. Call under the lake's lock.

    Raises InputError if a file can no longer be read, and CheckFailed if one cannot be split into cells at all.
    """
    try:
        return _rows(night, accounts, is_looked_through=False)
    except CannotSplitError:
        return _rows(night, accounts, is_looked_through=True)


def _rows(night: Night, accounts: pl.DataFrame, *, is_looked_through: bool) -> LakeRows:
    known = night.lake.known_files()
    readers = readers_of(night, known, is_looked_through=is_looked_through)
    if not readers:
        return LakeRows([], pl.DataFrame(schema={"file_id": pl.String, "line_number": pl.Int64}), ())
    typed = (typed for reader in readers for piece in reader.judged_pieces() for typed in piece.typed)
    named = named_in(typed, scratch(night))
    lines = lines_of_person(named, accounts).collect(engine="streaming").sort(LINE)
    orders = orders_told(named, lines.lazy()).collect(engine="streaming")["order_key"].sort()
    by_id = {file.file_id: file for file in known}
    broken = pl.concat(reader.broken.select("file_id") for reader in readers).group_by("file_id").len()
    return LakeRows(
        files=[rows for reader in readers for rows in _of_reader(night, reader, lines, accounts, by_id)],
        lines=lines.filter(~pl.col("names_others")).select(LINE),
        order_keys=tuple(orders),
        broken={by_id[file_id].file_name: count for file_id, count in broken.sort("file_id").iter_rows()},
    )


def _of_reader(
    night: Night, reader: Reader, lines: pl.DataFrame, accounts: pl.DataFrame, by_id: dict[str, RawFile]
) -> list[FileRows]:
    ids = [file.file_id for file in reader.group.files]
    wanted = lines.filter(pl.col("file_id").is_in(ids))
    if wanted.is_empty():
        return []
    cells = [f"cell_{place}" for place in range(len(reader.group.header))]
    text = scan_text(reader.copies, scratch(night)).join(wanted.lazy(), on=LINE).sort(LINE).collect()
    # As they were put right: where a row was somebody else's by mistake, their number stands in the file.
    right = reader.put_right(text)
    shown = right.with_columns(_shown(reader, place, accounts).alias(cell) for place, cell in enumerate(cells))
    return [
        FileRows(
            by_id[str(file_id)], reader.group.header, rows.select(pl.col("line_number").cast(pl.String), *cells).rows()
        )
        for (file_id,), rows in shown.group_by("file_id", maintain_order=True)
    ]


def _shown(reader: Reader, place: int, accounts: pl.DataFrame) -> pl.Expr:
    """The cell; in rows that also name somebody else only if it is read and not personal, or the person's number."""
    cell = pl.col(f"cell_{place}")
    if place in _impersonal(reader):
        return cell
    own = accounts["account_key"].str.splitn("/", 2).struct.field("field_1").str.to_lowercase().to_list()
    is_own_number = cell.str.strip_chars(" \t='\"").str.to_lowercase().is_in(own)
    return pl.when(~pl.col("names_others") | is_own_number).then(cell)


def _impersonal(reader: Reader) -> set[int]:
    """Positions of the cells that are read, and never as personal data."""
    public, personal = set[int](), set[int]()
    for layout in reader.layouts:
        source = source_of(reader.source, layout)
        told = {column.name: column for table in layout.tables for column in table.columns}
        for name in layout.columns:
            is_public = name in told and told[name].privacy is Privacy.PUBLIC and not name.endswith("account_id")
            (public if is_public else personal).update(source.places(name))
    return public - personal
