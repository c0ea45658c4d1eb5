"""From the text of a file to rows of its kinds' contracts, each with the cells it came from."""

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl
from polars_hash import CryptographicHashingNameSpace

from transforms.contracts import rows
from transforms.contracts.rows import PROVENANCE
from transforms.contracts.table import POLARS_TYPES, Column, Table, Type
from transforms.reading.cells import clean, money, value, word
from transforms.reading.derived import with_line_facts, with_order_facts
from transforms.reading.detect import normalise
from transforms.reading.layout import ANYTHING, NOTHING, Always, Layout, Part, State, Told
from transforms.reading.order_facts import RUN, fact, order_facts, with_runs

TEXT_PREFIX = "text_"
"""Cleaned cell of a column, beside its value: from both a rule tells that something stood there, unreadable."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the reader knows of a group of files with one header."""

    layout: Layout
    positions: dict[str, int]
    """Header of the layout -> its position in the files."""
    store_id: str
    """Store of rows that do not name one."""
    timezone: str
    """Zone of instants without an offset."""
    other_zones: dict[str, str] = field(default_factory=dict)
    """Store -> zone of rows that name a store in another zone than `timezone`."""

    @property
    def mapped(self) -> set[str]:
        """Our columns that the files have."""
        layout = self.layout
        of_states = {name for name in layout.states if self.state_places({name})}
        return of_states | {name for name in layout.columns if self.places(name) or _fixed(layout, name)}

    def state_places(self, columns: set[str], *, with_words: bool = False) -> set[int]:
        """Positions of the cells that tell the states of `columns`; `with_words`: of those asked for words alone.

        Whether a cell is blank needs no spelling.
        """
        states = [state for name in columns for state in self.layout.states.get(name, ())]
        headers = {
            header
            for state in states
            for header, words in state.cells.items()
            if not (with_words and words in _ANY_OR_NONE)
        }
        return {self.positions[header] for header in headers if header in self.positions}

    @property
    def cells(self) -> list[str]:
        """Columns of text that are read."""
        places = {place for name in self.layout.columns for place in self.places(name)}
        return [f"cell_{place}" for place in sorted(places | self.state_places(set(self.layout.states)))]

    def places(self, column: str) -> list[int]:
        """Positions of the cells that may hold our column, the one that counts most first."""
        if column not in self.layout.columns:
            return []
        return [self.positions[header] for header in self.layout.headers(column) if header in self.positions]


_ANY_OR_NONE = (ANYTHING, NOTHING)


def _fixed(layout: Layout, column: str) -> bool:
    return any(isinstance(told, Always) for told in layout.told(column))


def typed_rows(text: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    """Rows with the columns of the kinds' contracts, and `text_<column>` beside each mapped one.

    `text`: the columns of `rows.PROVENANCE` and one text column `cell_<position>` for each cell. Unmapped columns
    of the contracts are null. Nothing is dropped here: what cannot be read is null with text beside it.
    """
    layout = source.layout
    of_order = {name for name in source.mapped if name in _ORDER_FACTS} if layout.is_order_too else set()
    read = _typed(text, source, source.mapped - of_order) if not of_order else _typed_with_facts(text, source, of_order)
    read = read.with_columns(_untold(column, source) for column in _columns(layout) if column.name not in source.mapped)
    tables = layout.tables
    read = _with_order_line_facts(read, layout) if rows.ORDER_LINE in tables else read
    read = with_line_facts(read, source.mapped) if rows.ORDER_LINE in tables else read
    return with_order_facts(read, source.mapped) if rows.PURCHASE_ORDER in tables else read


def _typed(
    told: pl.LazyFrame, source: Source, names: set[str], cell: Callable[[int], str] = "cell_{}".format
) -> pl.LazyFrame:
    """`told` with text and value of the mapped columns `names`, whose cells stand in the columns `cell` names."""
    layout = source.layout
    texts = {name: _text(source, name, cell) for name in sorted(names)}
    with_states = {name for name in layout.states if name in names}
    asked = source.state_places(with_states, with_words=True)
    told = told.with_columns(
        (word(text) if place in asked else text).alias(said(place))
        for place in sorted(source.state_places(with_states))
        for text in [clean(pl.col(cell(place)))]
    )
    told = told.with_columns(_state(source, layout.states[name]).alias(state(name)) for name in with_states)
    for name in with_states:
        # A word that none fits stays as text alone, for a rule to find: it may be one of ours and mean another thing.
        texts[name] = pl.coalesce(state(name), texts[name])
    columns = [column for column in _columns(layout) if column.name in names]
    return told.with_columns(text.alias(TEXT_PREFIX + name) for name, text in texts.items()).with_columns(
        _value(column, source, cell) for column in columns
    )


def _typed_with_facts(text: pl.LazyFrame, source: Source, of_order: set[str]) -> pl.LazyFrame:
    """What rows tell of their order is read once an order and joined to each of its rows."""
    runs = with_runs(text, source.places("order_id")[0])
    places = sorted({place for name in of_order for place in source.places(name)} | source.state_places(of_order))
    facts = _typed(order_facts(runs, places), source, of_order, fact).drop("^(fact|said|state)_.*$")
    of_rows = _typed(runs, source, source.mapped - of_order)
    # A join takes each column of both sides anew, so only the number takes part in it.
    told = runs.select(RUN).join(facts, on=RUN, how="left", maintain_order="left").drop(RUN)
    return pl.concat([of_rows, told], how="horizontal")


def rows_of(table: Table, good: pl.LazyFrame, layout: Layout) -> pl.LazyFrame:
    """Rows of `table` among the good ones of a file of `layout`, in their order: every row is of the layout's kind.

    An order that several rows tell of is told by the last one, on which all its facts stand.
    """
    if table is layout.table:
        return good
    return good.filter(pl.col(RUN).ne_missing(pl.col(RUN).shift(-1)))


def _columns(layout: Layout) -> list[Column]:
    provenance = {column.name for column in PROVENANCE}
    columns = {column.name: column for table in layout.tables for column in table.columns}
    return [column for name, column in columns.items() if name not in provenance]


_ORDER_FACTS = set(rows.PURCHASE_ORDER.column_names) - {"store_id", "order_id"}


def cleaned(source: Source, name: str) -> pl.Expr:
    """The cleaned cell of our column, as it stands on the row itself."""
    return _text(source, name, "cell_{}".format)


FIRST_AND_LAST = (r"^(\p{Han}+) (\p{Han}+)$", "${2}${1}")
"""A Chinese name of which the platform prints the parts apart, and how it is written: the family name first."""


def _text(source: Source, name: str, cell: Callable[[int], str]) -> pl.Expr:
    layout = source.layout
    if name not in layout.columns:
        return pl.lit(None, pl.String)
    cells = [found for told in layout.told(name) if (found := _found(told, source, name, cell)) is not None]
    if name in layout.numbered:
        parts = pl.concat_str([part.fill_null("") for part in cells], separator="\x1f")
        return pl.when(pl.any_horizontal(part.is_not_null() for part in cells)).then(_digest(parts))
    if name in layout.joined:
        together = pl.concat_str(cells, separator=" ", ignore_nulls=True)
        return pl.when(together != "").then(together.str.replace(*FIRST_AND_LAST))
    return pl.coalesce(cells)


def _found(told: Told, source: Source, name: str, cell: Callable[[int], str]) -> pl.Expr | None:
    if isinstance(told, Always):
        return pl.lit(told.text)
    header = told.header if isinstance(told, Part) else told
    if header not in source.positions:
        return None
    cleaned = clean(pl.col(cell(source.positions[header])), name)
    if isinstance(told, str):
        return cleaned
    return pl.when(cleaned.str.contains(told.pattern)).then(cleaned.str.replace(told.pattern, told.shape))


def _digest(text: pl.Expr) -> pl.Expr:
    return CryptographicHashingNameSpace(text).sha2_256().str.head(_DIGITS)


_DIGITS = 16


def _state(source: Source, states: tuple[State, ...]) -> pl.Expr:
    return pl.coalesce(pl.when(said_by_all(source, state.cells)).then(pl.lit(state.value)) for state in states)


def said_by_all(source: Source, cells: dict[str, tuple[str, ...]]) -> pl.Expr:
    """Whether one of the words stands under each header."""
    return pl.all_horizontal(_says(source, header, words) for header, words in cells.items())


def _says(source: Source, header: str, words: tuple[str, ...]) -> pl.Expr:
    known = header in source.positions
    text = pl.col(said(source.positions[header])).fill_null("") if known else pl.lit("")
    if words == ANYTHING:
        return text != ""
    whole = text.is_in([normalise(told) for told in words if not told.endswith("*")])
    beginnings = [text.str.starts_with(normalise(told.removesuffix("*"))) for told in words if told.endswith("*")]
    return pl.any_horizontal(whole, *beginnings)


said = "said_{}".format
"""Column with the cell at a position as `cells.word` has it."""
state = "state_{}".format
"""Column with what the states of a column make of the platform's words."""


def _value(column: Column, source: Source, cell: Callable[[int], str]) -> pl.Expr:
    layout, name = source.layout, column.name
    text = state(name) if name in layout.states else TEXT_PREFIX + name
    read = value(pl.col(text), column, source.timezone, layout.dates)
    # Exports with the order on the rows of its lines name no store.
    if column.type is Type.INSTANT and "store_id" in source.mapped and not layout.is_order_too:
        read = _in_zones_of_stores(read, column, source)
    if name in layout.added:
        read = _sum([clean(pl.col(cell(place))) for place in source.places(name)])
    if name in layout.unsigned:
        read = read.abs()
    return (read.fill_null(source.store_id) if name == "store_id" else read).alias(name)


def _sum(parts: list[pl.Expr]) -> pl.Expr:
    """Sum of amounts, null where none stands there or one cannot be read."""
    amounts = [money(part) for part in parts]
    unread = pl.any_horizontal(
        part.is_not_null() & amount.is_null() for part, amount in zip(parts, amounts, strict=True)
    )
    told = pl.any_horizontal(amount.is_not_null() for amount in amounts)
    return pl.when(told & ~unread).then(pl.sum_horizontal(amounts))


def _untold(column: Column, source: Source) -> pl.Expr:
    # Of its type, for what reads it knows no column without one.
    return pl.lit(source.store_id if column.name == "store_id" else None, POLARS_TYPES[column.type]).alias(column.name)


def _in_zones_of_stores(read: pl.Expr, column: Column, source: Source) -> pl.Expr:
    """`read`, in the file's zone, but for rows that name a store in another one."""
    store = value(pl.col(TEXT_PREFIX + "store_id"), rows.ORDER_LINE.column("store_id"), source.timezone)
    for zone in sorted(set(source.other_zones.values())):
        stores = [name for name, own in source.other_zones.items() if own == zone]
        there = value(pl.col(TEXT_PREFIX + column.name), column, zone, source.layout.dates)
        read = pl.when(store.is_in(stores)).then(there).otherwise(read)
    return read


def _with_order_line_facts(read: pl.LazyFrame, layout: Layout) -> pl.LazyFrame:
    is_refund = pl.col("order_id").str.starts_with(layout.refund_prefix) if layout.refund_prefix else pl.lit(False)
    if "is_refund" in layout.columns or "is_refund" in layout.states:
        is_refund = pl.col("is_refund")
    is_goods = ~_matches_any(pl.col("product_id"), layout.not_goods)
    if "is_goods" in layout.columns:
        is_goods &= pl.col("is_goods")
    return read.with_columns(
        is_refund=is_refund.fill_null(False),
        quantity=pl.when(is_refund).then(-pl.col("quantity")).otherwise(pl.col("quantity")),
        is_goods=is_goods,
    )


def _matches_any(code: pl.Expr, patterns: tuple[str, ...]) -> pl.Expr:
    lowered = code.str.to_lowercase()
    exact = [pattern.lower() for pattern in patterns if not pattern.endswith("*")]
    endings = [
        lowered.str.starts_with(pattern.lower().removesuffix("*")) for pattern in patterns if pattern.endswith("*")
    ]
    return pl.any_horizontal(lowered.is_in(exact), *endings).fill_null(False)
