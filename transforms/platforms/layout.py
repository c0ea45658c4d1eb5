"""How a file layout is declared: which header means which column, and which rows mean what."""

from dataclasses import dataclass, field

from transforms.contracts import rows
from transforms.contracts.table import Table

KINDS: dict[str, Table] = {table.name: table for table in rows.TABLES}
"""What a row of a file can be: an order line, a customer account, a word of consent."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One file layout.

    `columns` maps our column to the header that holds it. A header is compared after normalisation
    (`transforms.platforms.detect.normalise`). A file has this layout if it holds every header of `required`.
    """

    name: str
    kind: str
    columns: dict[str, str]
    required: tuple[str, ...]
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
        """Contract of the rows this layout gives."""
        return KINDS[self.kind]
