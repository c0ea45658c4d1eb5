"""Known wrong cells put right, and rows dropped, before anything is read from them."""

from dataclasses import dataclass, replace

import polars as pl

from transforms.contracts.table import Table
from transforms.reading.cells import clean, value
from transforms.reading.detect import normalise
from transforms.reading.typed_rows import Source, cleaned

LINE = ["file_id", "line_number"]
IS_DROPPED = "is_dropped"
CORRECTED_BY = "corrected_by"
TOUCHED = {
    "correction_line": pl.Int64(),
    "file_id": pl.String(),
    "line_number": pl.Int64(),
    "position": pl.Int64(),
    "right": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the corrections file: which rows, by place or by what they are about, and what is done to them."""

    line: int
    """Physical line of the corrections file."""
    rows: int
    """How many rows it touches in each file that holds any."""
    column: str
    """Header of the cell to put right. Without one the rows are dropped whatever stands in them."""
    wrong: str
    right: str | None
    """None: the rows are dropped."""
    file_name: str | None = None
    line_number: int | None = None
    store_id: str | None = None
    kind: str | None = None
    subject_id: str | None = None
    """What the column after `store_id` of the kind's contract tells: number of the order, account, review, ..."""
    product_id: str | None = None


def relevant(
    corrections: list[Correction], source: Source, header: tuple[str, ...], file_names: set[str]
) -> list[Correction]:
    """Those of `corrections` that may touch rows of files of one header and layout, by the names of the files.

    Numbers in them are read as those of the files are, so that they can be copied from there.
    """
    places = set(map(normalise, header))
    return [
        _as_read(correction, source)
        for correction in corrections
        if (not correction.column or normalise(correction.column) in places)
        and _may_hold(correction, source, file_names)
    ]


def touched(
    text: pl.LazyFrame, source: Source, header: tuple[str, ...], names: dict[str, str], corrections: list[Correction]
) -> pl.LazyFrame:
    """Cells of the files that corrections touch: `TOUCHED`. No `position` means that the row is dropped.

    `text`: cells of files with one header and layout. `names`: file id -> file name. `corrections`: `relevant` ones,
    one at least. Of two corrections of one cell the first counts. Spaces around a cell do not.
    """
    places = {name: place for place, name in reversed(list(enumerate(map(normalise, header))))}
    few = text.filter(_maybe(source, corrections))
    found = [
        _with_cell(_located(few, source, correction, names), places.get(normalise(correction.column)), correction)
        for correction in corrections
    ]
    told = pl.concat(found).sort("correction_line", *LINE)
    return told.unique([*LINE, "position"], keep="first", maintain_order=True)


def corrected(text: pl.LazyFrame, found: pl.DataFrame) -> pl.LazyFrame:
    """`text`, in its order, with the cells put right.

    With `is_dropped`, and `corrected_by`, the lines of the corrections of a row, null where there is none. `found`:
    `touched`, of this text.
    """
    edits: dict[tuple[str, int], dict[str, object]] = {}
    lines: dict[tuple[str, int], list[int]] = {}
    for correction, file_id, line, position, right in found.iter_rows():
        edit = edits.setdefault((file_id, line), {"file_id": file_id, "line_number": line})
        edit.update({IS_DROPPED: True} if position is None else {f"right_{position}": right})
        lines.setdefault((file_id, line), []).append(correction)
    told = [{**edit, CORRECTED_BY: lines[row]} for row, edit in edits.items()]
    places = found["position"].drop_nulls().unique().sort().to_list()
    rights = {f"right_{place}": pl.String() for place in places}
    schema = {"file_id": pl.String(), "line_number": pl.Int64(), IS_DROPPED: pl.Boolean(), **rights}
    right = pl.LazyFrame(told, schema={**schema, CORRECTED_BY: pl.List(pl.Int64())})
    joined = text.join(right, on=LINE, how="left", maintain_order="left")
    return joined.with_columns(
        pl.col(IS_DROPPED).fill_null(False),
        *(pl.coalesce(f"right_{place}", f"cell_{place}").alias(f"cell_{place}") for place in places),
    ).drop(rights)


def _as_read(correction: Correction, source: Source) -> Correction:
    return replace(
        correction,
        subject_id=_read(correction.subject_id, _subject(source.layout.table), source),
        product_id=_read(correction.product_id, "product_id", source),
    )


def _read(text: str | None, name: str, source: Source) -> str | None:
    if text is None:
        return None
    column = source.layout.table.column(name)
    read = pl.DataFrame({"cell": [text]}).select(value(clean(pl.col("cell"), name), column, source.timezone))
    return str(read.item())


def _may_hold(correction: Correction, source: Source, file_names: set[str]) -> bool:
    if correction.file_name is not None:
        return correction.file_name in file_names
    asked = {_subject(source.layout.table), *(["product_id"] if correction.product_id is not None else [])}
    return asked <= source.mapped and correction.kind in {table.name for table in source.layout.tables}


def _maybe(source: Source, corrections: list[Correction]) -> pl.Expr:
    """Rows that one of them can mean: all are looked for at once, and each one among these few."""
    lines = [correction.line_number for correction in corrections if correction.line_number]
    subjects = [correction.subject_id for correction in corrections if correction.subject_id]
    maybe = pl.col("line_number").is_in(lines)
    return (
        maybe | _told(source, source.layout.table, _subject(source.layout.table)).is_in(subjects) if subjects else maybe
    )


def _located(text: pl.LazyFrame, source: Source, correction: Correction, names: dict[str, str]) -> pl.LazyFrame:
    if correction.file_name is not None:
        files = [file_id for file_id, name in names.items() if name == correction.file_name]
        return text.filter(pl.col("file_id").is_in(files) & (pl.col("line_number") == correction.line_number))
    table = source.layout.table
    of_file = pl.lit(source.store_id)
    store = _told(source, table, "store_id").fill_null(of_file) if "store_id" in source.mapped else of_file
    wanted = _told(source, table, _subject(table)) == correction.subject_id
    wanted &= store == correction.store_id
    if correction.product_id is not None:
        wanted &= _told(source, table, "product_id") == correction.product_id
    return text.filter(wanted)


def _subject(table: Table) -> str:
    return table.column_names[table.column_names.index("store_id") + 1]


def _told(source: Source, table: Table, name: str) -> pl.Expr:
    return value(cleaned(source, name), table.column(name), source.timezone)


def _with_cell(located: pl.LazyFrame, place: int | None, correction: Correction) -> pl.LazyFrame:
    if place is not None:
        cell = pl.col(f"cell_{place}").fill_null("").str.strip_chars()
        located = located.filter(cell == correction.wrong.strip())
    is_edit = correction.right is not None
    return located.select(
        *LINE,
        correction_line=pl.lit(correction.line, pl.Int64),
        position=pl.lit(place if is_edit else None, pl.Int64),
        right=pl.lit(correction.right, pl.String),
    ).select(TOUCHED.keys())
