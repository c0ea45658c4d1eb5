"""Rows within a row: what a row of a file tells besides, or is instead of what most rows of the file are."""

from dataclasses import replace

import polars as pl

from transforms.reading.cells import clean, word
from transforms.reading.detect import places_like
from transforms.reading.layout import Layout
from transforms.reading.typed_rows import Source, said, said_by_all

_FIRST_LABEL = 1_000_000
"""Cells made of a split are numbered from here, behind those of any file."""
_PIECE = "piece"


def source_of(source: Source, layout: Layout) -> Source:
    """`source`, read under `layout`, which is its own or lies within it."""
    if layout is source.layout:
        return source
    labels = {label: _FIRST_LABEL + place for place, label in enumerate(layout.split.labels)} if layout.split else {}
    positions = {**source.positions, **labels}
    if layout.timezone:
        return replace(source, layout=layout, positions=positions, timezone=layout.timezone, other_zones={})
    return replace(source, layout=layout, positions=positions)


def text_places(layout: Layout, header: tuple[str, ...]) -> list[int]:
    """Positions of the cells in which rows of `layout` lie."""
    return places_like(header, layout.split.headers) if layout.split else []


def fits(cells: pl.DataFrame, source: Source, when: dict[str, tuple[str, ...]]) -> pl.Series:
    """Which rows say one of the words under each header of `when`."""
    places = [source.positions[header] for header in when if header in source.positions]
    told = cells.lazy().with_columns(word(clean(pl.col(f"cell_{place}"))).alias(said(place)) for place in places)
    # Added, not selected alone: where a file lacks every header it is one word for all rows.
    return told.with_columns(fits=said_by_all(source, when)).select("fits").collect(engine="in-memory").to_series()


def text_of(text: pl.DataFrame, layout: Layout, header: tuple[str, ...]) -> pl.DataFrame:
    """`text` itself, or a row for each article in them, in order, whose labels are cells of their own."""
    split = layout.split
    if split is None:
        return text
    places = [f"cell_{place}" for place in text_places(layout, header)]
    cells = [pl.col(place).fill_null("") for place in places]
    lists = [cell.str.split(split.between) if split.between else pl.concat_list(cell) for cell in cells]
    pieces = pl.concat_list(lists) if lists else pl.lit([], pl.List(pl.String))
    every = text.lazy().with_columns(pieces.alias(_PIECE)).drop(places).with_row_index("row")
    apart = every.explode(_PIECE).filter(pl.col(_PIECE).str.strip_chars() != "")
    # Two articles of one row may say the same and are two; the same row told twice is one.
    position = pl.int_range(pl.len(), dtype=pl.Int64).over("row")
    return (
        apart.with_columns(pl.col("cells_hash") + position)
        .with_columns(
            pl.col(_PIECE).str.extract(pattern).alias(f"cell_{_FIRST_LABEL + place}")
            for place, pattern in enumerate(split.labels.values())
        )
        .drop(_PIECE, "row")
        .collect(engine="in-memory")
    )
