"""How a file layout is declared: which header means which column, and which rows mean what."""

from dataclasses import dataclass, field

from transforms.contracts import rows
from transforms.contracts.table import Table

KINDS: dict[str, Table] = {table.name: table for table in rows.TABLES}
"""What a row of a file can be: an order line, a customer account, a word of consent, ..."""

ANYTHING: tuple[str, ...] = ("*",)
NOTHING: tuple[str, ...] = ("",)
"""What may stand in a cell that a `Status` looks at: anything but a blank, or nothing."""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of an order in whose cells such words stand. A header that a file lacks is a blank cell."""

    order_state: str
    cells: dict[str, tuple[str, ...]]
    """Header -> words of which one stands there."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One file layout.

    `columns` maps our column to the header that holds it, or to several: the first of them that is not blank counts. A
    header is compared after normalisation (`transforms.platforms.detect.normalise`). A file has this layout if it holds
    every header of `required`.
    """

    name: str
    kind: str
    """What every row is."""
    columns: dict[str, str | tuple[str, ...]]
    required: tuple[str, ...]
    is_order_too: bool = False
    """The rows are order lines, those of one order lie together, and one or all of them tell of the order as well."""
    statuses: tuple[Status, ...] = ()
    """From the platform's words to `order_state`: the first that fits. What none fits is a broken rule."""
    joined: tuple[str, ...] = ()
    """Columns of which each header holds a part; the parts are joined by a space."""
    may_be_blank: tuple[str, ...] = ()
    """Columns that a row of its kind needs and this platform leaves blank at times; such a row is read all the same."""
    store_id: str | None = None
    """Store of every row, where the file does not tell."""
    timezone: str | None = None
    """Zone of instants without an offset, where it is not the store's."""
    refund_prefix: str | None = None
    """Order numbers that begin so are refund notes; their quantities are negative in the file."""
    not_goods: tuple[str, ...] = field(default=())
    """Article codes that are not goods; `*` stands for any ending. Compared without regard to case."""

    @property
    def table(self) -> Table:
        """Contract of every row."""
        return KINDS[self.kind]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Contracts of all the rows this layout gives, `table` first."""
        return (self.table, rows.PURCHASE_ORDER) if self.is_order_too else (self.table,)

    def headers(self, column: str) -> tuple[str, ...]:
        """Headers that may hold our column."""
        told = self.columns[column]
        return (told,) if isinstance(told, str) else told

    @property
    def all_headers(self) -> list[str]:
        """Every header the layout looks at, once."""
        of_columns = [header for column in self.columns for header in self.headers(column)]
        return list(dict.fromkeys([*of_columns, *(header for status in self.statuses for header in status.cells)]))
