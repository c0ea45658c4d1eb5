"""Judge: type the rows of files with one header and what they tell besides, and find the first rule each breaks."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from checks.row_rules import (
    CORRECTED_AWAY,
    COUNT_COLUMN,
    RULE_COLUMN,
    RowRule,
    hints,
    rules_for,
    with_first_broken_rule,
)
from flows.io.salvaged_text import HINTS
from flows.io.text_files import TextFile, text_pieces
from transforms.contracts.table import Table
from transforms.identity.marks import LINE
from transforms.reading.corrections import CORRECTED_BY, Correction, corrected, touched
from transforms.reading.layout import Layout
from transforms.reading.order_facts import whole_orders
from transforms.reading.typed_rows import Source, rows_of, typed_rows
from transforms.reading.within import fits, source_of, text_of, text_places
from transforms.staging.incomplete import SUBJECT_COLUMNS, told_subject

AHEAD = 2
"""Pieces at work while another is split or written."""
HINT_OF_ALSO = "hint_of_also"
"""How to repair what a row tells besides, where that is all that is broken."""


@dataclass(frozen=True, slots=True)
class Group:
    """Files that one scan reads: one layout, one store, one header."""

    layout: Layout
    store_id: str
    files: list[TextFile]

    @property
    def header(self) -> tuple[str, ...]:
        """Header of all the files."""
        return self.files[0].facts.header

    @property
    def names(self) -> dict[str, str]:
        """File id -> file name."""
        return {file.file_id: file.file_name for file in self.files}


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece of the files of one group."""

    typed: list[tuple[str, pl.DataFrame]]
    """Kind and rows: every row of the piece, once, typed."""
    good: list[tuple[Table, pl.DataFrame]]
    """What rows tell that break no rule."""
    rejects: pl.DataFrame
    """Rows that break a rule, as quarantine keeps them."""


@dataclass(frozen=True)
class Reader:
    """How rows of one group are typed and judged."""

    group: Group
    source: Source
    currency: str
    """Reporting currency of the shop."""
    corrections: list[Correction]
    """Those that may touch rows of the group; they come before everything but the splitting into cells."""
    copies: list[TextFile]
    """What to split of the group's files."""
    broken: pl.DataFrame
    """Rows that cannot be split: `flows.io.salvaged_text.SoundText.broken`."""

    def judged_pieces(self) -> Iterator[Judged]:
        """Pieces in order, each begun before it is asked for: splitting and writing leave a core idle."""
        waiting = deque[Future[Judged]]()
        with ThreadPoolExecutor(max_workers=AHEAD) as pool:
            for text in self._pieces():
                waiting.append(pool.submit(self._judged, text))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def broken_rejects(self) -> pl.DataFrame:
        """Rows that cannot be split, as quarantine keeps them."""
        # Nobody knows what they are about.
        nothing = [pl.lit(None, dtype).alias(name) for name, dtype in SUBJECT_COLUMNS.items()]
        one = pl.lit(1, pl.Int64).alias(COUNT_COLUMN)
        return self._quarantined(self.broken.with_columns(*nothing, one), HINTS, self.group.layout)

    def _pieces(self) -> Iterator[pl.DataFrame]:
        """Cells of the group's files, no order cut in two where rows tell of orders."""
        text = text_pieces(self.copies)
        return whole_orders(text, self.source.places("order_id")[0]) if self.group.layout.is_order_too else text

    def _judged(self, text: pl.DataFrame) -> Judged:
        right = self.put_right(text)
        # Cells that nobody reads stay behind; and on the small parts in which text is split, an expression takes long.
        unread = {f"cell_{place}" for place in range(len(self.group.header))} - self._read_cells
        mapped = right.drop(unread).rechunk()
        layout = self.group.layout
        if not layout.instead:
            return self._judged_as(layout, mapped, text)
        masks = [fits(mapped, source_of(self.source, one), one.when) for one in layout.instead]
        main = ~pl.select(pl.any_horizontal(masks)).to_series()
        parts = [
            self._judged_as(one, mapped.filter(mask), text.filter(mask))
            for one, mask in zip((layout, *layout.instead), (main, *masks), strict=True)
        ]
        return Judged(
            [typed for part in parts for typed in part.typed],
            [good for part in parts for good in part.good],
            pl.concat(part.rejects for part in parts),
        )

    def _judged_as(self, layout: Layout, mapped: pl.DataFrame, text: pl.DataFrame) -> Judged:
        """`mapped`, the cells that are read of `text`, as rows of `layout` and of what it tells also."""
        rows = self._ruled(layout, mapped)
        also = [(one, self._told(one, mapped)) for one in layout.also]
        rows = _with_broken_also(rows, [(told, self._rules[id(one)]) for one, told in also]) if also else rows
        broken = rows[RULE_COLUMN].is_not_null().arg_true()
        good = rows.lazy().filter(pl.col(RULE_COLUMN).is_null())
        tables = [(table, table.conform(rows_of(table, good, layout))) for table in layout.tables]
        # What a rejected row tells besides waits with it.
        lines = good.select(LINE)
        tables += [(one.table, one.table.conform(told.lazy().join(lines, on=LINE, how="semi"))) for one, told in also]
        return Judged(
            [(layout.kind, rows)],
            [(table, told.collect(engine="in-memory")) for table, told in tables],
            self._rejects(rows[broken], text[broken], layout),
        )

    def _ruled(self, layout: Layout, cells: pl.DataFrame) -> pl.DataFrame:
        source = source_of(self.source, layout)
        judged = with_first_broken_rule(typed_rows(cells.lazy(), source), self._rules[id(layout)])
        # A piece is in memory as it is; streaming it takes nearly twice as long.
        return judged.collect(engine="in-memory")

    def _told(self, also: Layout, mapped: pl.DataFrame) -> pl.DataFrame:
        """Rows that say something of the kind of `also`, with the first rule each one breaks."""
        source = source_of(self.source, also)
        cells = text_of(mapped, also, self.group.header)
        if not set(also.told_by) <= source.mapped:
            cells = cells.clear()
        judged = with_first_broken_rule(typed_rows(cells.lazy(), source), self._rules[id(also)])
        told = pl.all_horizontal(pl.col(f"text_{name}").is_not_null() for name in also.told_by)
        return (judged.filter(told) if also.told_by else judged).collect(engine="in-memory")

    @cached_property
    def layouts(self) -> list[Layout]:
        """The group's own layout and those within it."""
        main = self.group.layout
        return [within for layout in (main, *main.instead) for within in (layout, *layout.also)]

    @cached_property
    def _rules(self) -> dict[int, tuple[RowRule, ...]]:
        """Rules of each layout, by its identity: those within others need no names."""
        first = (CORRECTED_AWAY,) if self.corrections else ()
        mapped = {id(layout): (layout, source_of(self.source, layout).mapped) for layout in self.layouts}
        return {key: (*first, *rules_for(one, names, self.currency)) for key, (one, names) in mapped.items()}

    @cached_property
    def _read_cells(self) -> set[str]:
        own = {cell for layout in self.layouts for cell in source_of(self.source, layout).cells}
        return own | {f"cell_{place}" for layout in self.layouts for place in text_places(layout, self.group.header)}

    def put_right(self, text: pl.DataFrame) -> pl.DataFrame:
        """Cells of the group's files with the corrections made."""
        if not self.corrections:
            return text
        found = touched(text.lazy(), self.source, self.group.header, self.group.names, self.corrections)
        return corrected(text.lazy(), found.collect()).collect(engine="in-memory")

    def _rejects(self, rows: pl.DataFrame, text: pl.DataFrame, layout: Layout) -> pl.DataFrame:
        """Rows that break a rule, as quarantine keeps them."""
        cells = [f"cell_{position}" for position in range(len(self.group.header))]
        raw = text.select(pl.struct(cells=pl.concat_list(cells)).struct.json_encode()).to_series()
        return self._quarantined(rows.with_columns(raw=raw), hints(self._rules[id(layout)]), layout)

    def _quarantined(self, rejected: pl.DataFrame, hint_of: dict[str, str], layout: Layout) -> pl.DataFrame:
        return rejected.select(
            "file_id",
            *told_subject(layout.kind),
            file_name=pl.col("file_id").replace_strict(self.group.names, return_dtype=pl.String),
            line_number="line_number",
            table_name=pl.lit(layout.kind),
            rule=RULE_COLUMN,
            rules_broken=COUNT_COLUMN,
            hint=_hint(hint_of) if HINT_OF_ALSO not in rejected.columns else pl.coalesce(HINT_OF_ALSO, _hint(hint_of)),
            raw="raw",
        )


def _hint(hint_of: dict[str, str]) -> pl.Expr:
    return pl.col(RULE_COLUMN).replace_strict(hint_of, default=None, return_dtype=pl.String)


def _with_broken_also(rows: pl.DataFrame, told: list[tuple[pl.DataFrame, tuple[RowRule, ...]]]) -> pl.DataFrame:
    """`rows`, broken too where what they tell besides is, and then with its hint.

    `told`: rows of what they tell besides and the rules of it; the hint of one name differs from one to the next.
    """
    broken = [
        one.filter(pl.col(RULE_COLUMN).is_not_null()).select(
            *LINE, RULE_COLUMN, COUNT_COLUMN, _hint(hints(rules)).alias(HINT_OF_ALSO)
        )
        for one, rules in told
    ]
    of_row = (
        pl.concat(broken)
        .group_by(LINE, maintain_order=True)
        .agg(pl.col(RULE_COLUMN, HINT_OF_ALSO).first(), pl.col(COUNT_COLUMN).sum())
    )
    if of_row.is_empty():
        return rows
    both = rows.join(of_row, on=LINE, how="left", suffix="_also", maintain_order="left")
    own = pl.col(RULE_COLUMN)
    return both.with_columns(
        pl.coalesce(own, f"{RULE_COLUMN}_also").alias(RULE_COLUMN),
        pl.col(COUNT_COLUMN) + pl.col(f"{COUNT_COLUMN}_also").fill_null(0),
        pl.when(own.is_null()).then(HINT_OF_ALSO).alias(HINT_OF_ALSO),
    ).drop(f"{RULE_COLUMN}_also", f"{COUNT_COLUMN}_also")


def corrections_of(piece: Judged) -> pl.DataFrame | None:
    """`file_id`, `line_number`, `correction_line` of the rows that corrections touched, if any may be."""
    found = [
        rows.lazy()
        .select("file_id", "line_number", correction_line=CORRECTED_BY)
        .drop_nulls()
        .explode("correction_line")
        for _, rows in piece.typed
        if CORRECTED_BY in rows.columns
    ]
    return pl.concat(found).collect(engine="in-memory") if found else None
