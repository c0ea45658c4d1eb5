"""What tests of declarations share: a layout and its cells by header in, typed rows out."""

from datetime import UTC, datetime

import polars as pl

from transforms.reading.layout import Layout
from transforms.reading.typed_rows import Source, typed_rows

Cells = dict[str, list[str | None]]
KNOWN = datetime(2026, 3, 5, tzinfo=UTC)


def source(layout: Layout, header: tuple[str, ...], zone: str = "UTC") -> Source:
    """`layout`, for files with this header."""
    return Source(layout, {name: place for place, name in enumerate(header)}, "web", zone)


def text(cells: Cells) -> pl.DataFrame:
    """Header -> cells, as rows that a file has from line 2 on; each with a hash far from the others'."""
    columns = {f"cell_{place}": column for place, column in enumerate(cells.values())}
    line = pl.int_range(2, pl.len() + 2)
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        file_id=pl.lit("f"), known_at=pl.lit(KNOWN), line_number=line, cells_hash=line * 1000
    )


def typed(layout: Layout, cells: Cells, zone: str = "UTC") -> pl.DataFrame:
    """Rows read from `cells` under `layout`; they have every column of the contract."""
    found = typed_rows(text(cells).lazy(), source(layout, tuple(cells), zone)).collect()
    layout.table.conform(found.lazy()).collect()
    return found


def told(layout: Layout, column: str, cells: Cells) -> list[object]:
    """What `typed` has in one column."""
    return typed(layout, cells)[column].to_list()
