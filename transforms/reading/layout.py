"""How a file layout is declared: which header means which column, and which rows mean what."""

from dataclasses import dataclass, field
from typing import Literal

from transforms.contracts import rows
from transforms.contracts.table import Table

KINDS: dict[str, Table] = {table.name: table for table in rows.TABLES}
"""What a row of a file can be: an order line, a customer account, a word of consent, ..."""

ANYTHING: tuple[str, ...] = ("*",)
NOTHING: tuple[str, ...] = ("",)
"""What may stand in a cell that a `State` looks at: anything but a blank, or nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of the cell of a header is meant: nothing where `pattern` does not fit."""

    header: str
    pattern: str
    shape: str = "${1}"
    """What is made of the pattern's groups."""


@dataclass(frozen=True, slots=True)
class Always:
    """What every row says, without a header: money of a Chinese platform is yuan."""

    text: str


Told = str | Part | Always
"""Where a column comes from; a plain text is a header."""


@dataclass(frozen=True, slots=True)
class State:
    """The value of a column in whose row such words stand. A header that a file lacks is a blank cell."""

    value: str
    cells: dict[str, tuple[str, ...]]
    """Header -> words of which one stands there. A word that ends in `*` stands for any ending."""


@dataclass(frozen=True, slots=True)
class Split:
    """Rows within a row: cells that hold a list of articles, each with labels."""

    headers: tuple[str, ...]
    """Headers of such cells; `*` stands for any number."""
    labels: dict[str, str]
    """Label -> pattern whose group is what stands behind it. To the layout that has the split, labels are headers."""
    between: str = ""
    """What parts the articles of one cell; empty where a cell holds one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One file layout.

    `columns` maps our column to the header that holds it, or to several: the first of them that is not blank counts. A
    header is compared after normalisation (`transforms.reading.detect.normalise`). A file has this layout if it holds
    every header of `required`; of several written as one entry it holds one. Of all layouts it has, the one that knows
    most of its headers is meant.
    """

    name: str
    kind: str
    """What every row is, but for those of `instead`."""
    columns: dict[str, Told | tuple[Told, ...]]
    required: tuple[str | tuple[str, ...], ...]
    absent: tuple[str, ...] = ()
    """Headers of other files of the platform; what has one of them lacks another, and is no file of this layout."""
    is_order_too: bool = False
    """The rows are order lines, those of one order lie together, and one or all of them tell of the order as well."""
    states: dict[str, tuple[State, ...]] = field(default_factory=dict)
    """Column -> from the platform's words to its value, the first that fits. What none fits is a broken rule."""
    joined: tuple[str, ...] = ()
    """Columns of which each header holds a part; the parts are joined by a space."""
    added: tuple[str, ...] = ()
    """Columns of money of which each header holds a part; the parts are added up."""
    numbered: tuple[str, ...] = ()
    """Columns with a number made of what all their headers say, where the platform gives none."""
    unsigned: tuple[str, ...] = ()
    """Columns of money that the platform prints below zero at times and we count above it."""
    may_be_blank: tuple[str, ...] = ()
    """Columns that a row of its kind needs and this platform leaves blank at times; such a row is read all the same."""
    also: tuple["Layout", ...] = ()
    """What each row tells besides. Their names and `required` do not count."""
    instead: tuple["Layout", ...] = ()
    """What rows that fit their `when` are instead."""
    when: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of one of `instead`: header -> words, as in a `State`."""
    told_by: tuple[str, ...] = ()
    """Of one of `also`: columns without which a row tells nothing of the kind."""
    split: Split | None = None
    """Of one of `also`: where in the row its rows stand."""
    dates: Literal["ymd", "mdy", "dmy"] = "ymd"
    """Order of day, month and year where they are not `2026-03-01`."""
    named: tuple[str, ...] = ()
    """How files are called that headers alone do not tell apart, `*` for anything; without regard to case."""
    exported_at: str | None = None
    """Pattern of the file's name whose group is the local time of the export, `202603140900`, or seconds since 1970."""
    is_own: bool = False
    """Declared in the shop's settings; it comes before every shipped one."""
    store_id: str | None = None
    """Store of every row, where the file does not tell."""
    timezone: str | None = None
    """Zone of instants without an offset, where it is not the store's."""
    refund_prefix: str | None = None
    """Order numbers that begin so are refund notes; their quantities are negative in the file."""
    not_goods: tuple[str, ...] = ()
    """Article codes that are not goods; `*` stands for any ending. Compared without regard to case."""
    anonymous: str = ""
    """Why these files cannot tell customers apart, where they cannot."""
    refused: str = ""
    """Why these files cannot be read and what to export instead, where that is so."""
    where: str = ""
    """Where in the back office the file is downloaded."""
    unused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Why headers are not read -> the headers; `*` stands for any ending."""

    @property
    def table(self) -> Table:
        """Contract of every row."""
        return KINDS[self.kind]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Contracts of the rows this layout itself gives, `table` first; `also` and `instead` give others."""
        return (self.table, rows.PURCHASE_ORDER) if self.is_order_too else (self.table,)

    def told(self, column: str) -> tuple[Told, ...]:
        """Where our column comes from, what counts most first."""
        told = self.columns[column]
        return told if isinstance(told, tuple) else (told,)

    def headers(self, column: str) -> tuple[str, ...]:
        """Headers that may hold our column."""
        told = self.told(column)
        return tuple(one.header if isinstance(one, Part) else one for one in told if not isinstance(one, Always))

    @property
    def all_headers(self) -> list[str]:
        """Every header this layout itself looks at, once."""
        of_columns = [header for column in self.columns for header in self.headers(column)]
        of_states = [header for states in self.states.values() for state in states for header in state.cells]
        return list(dict.fromkeys([*of_columns, *of_states, *self.when]))

    @property
    def known_headers(self) -> list[str]:
        """Every header that is read, of this layout and those within it, once; no labels."""
        within = [header for layout in (*self.also, *self.instead) for header in layout.known_headers]
        labels, cells = (self.split.labels, self.split.headers) if self.split else ((), ())
        return [header for header in dict.fromkeys([*self.all_headers, *cells, *within]) if header not in labels]


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform and the files it exports."""

    name: str
    title: str
    layouts: tuple[Layout, ...]
    buyer: str
    """Who the buyer is, in its files."""
    money: str
    """What its amounts mean."""
    lacks: tuple[str, ...] = ()
    """What it cannot give."""
