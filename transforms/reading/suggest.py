"""A column map for a file of an unknown layout, guessed from its headers and from what stands below them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import mean

import polars as pl

from transforms.contracts.rows import NEEDED
from transforms.contracts.table import Column, Table
from transforms.reading.content import Content, contents, fit
from transforms.reading.header_words import aliases, likeness
from transforms.reading.layout import KINDS, Layout

SURE, LIKELY, UNSURE = 0.85, 0.6, 0.4
"""From here on a guess is sure, likely, unsure; below it is none."""
TOLD_OTHERWISE = frozenset({"store_id", "is_refund", "is_goods"})
"""Columns that a row has without a header for it."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One of our columns and the header that seems to hold it."""

    column: str
    header: str
    likeness: float
    """How much the header sounds like the column, from 0 to 1."""
    sureness: float
    """From 0 to 1."""
    readable: float | None
    """Share of the cells that can be read as the column; None where no cell is filled."""

    @property
    def word(self) -> str:
        """How sure it is, in a word."""
        return "sure" if self.sureness >= SURE else "likely" if self.sureness >= LIKELY else "unsure"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A column map for a file."""

    kind: str
    sureness: float
    """That a row of the file is of this kind, from 0 to 1."""
    guesses: list[Guess]
    """In contract order."""
    missing: list[str]
    """Columns that a row of its kind needs and no header seems to hold."""
    unreadable: list[Guess]
    """Headers that are named like a missing column and hold cells that cannot be read as it."""


CORE: dict[str, tuple[str, ...]] = {
    "refund": ("refund_id",),
    "order_line": ("product_id", "quantity", "unit_price"),
    "purchase_order": ("order_id", "happened_at", "order_state", "customer_paid"),
    "review": ("product_id", "rating", "review_text"),
    "ticket": ("ticket_id", "ticket_type"),
    "product_cost": ("product_id", "unit_cost"),
    "referral": ("referral_id", "referrer_account_id"),
    "contact_event": ("event_id", "event_type"),
    "consent": ("channel", "consent_state"),
    "customer_attribute": ("attribute", "attribute_value"),
    "customer_account": ("account_id",),
}
"""What tells a kind of file. The first kind that is told well is meant: order lines name orders and customers too.
Where none is, the one that knows most headers."""
_TOLD_WELL = 0.45
UNIQUE = {
    "refund": "refund_id",
    "purchase_order": "order_id",
    "customer_account": "account_id",
    "review": "review_id",
    "ticket": "ticket_id",
    "contact_event": "event_id",
    "referral": "referral_id",
}
"""Kind -> the column that names one row each."""


def needed(kind: str) -> list[str]:
    """Columns that a layout of `kind` must map."""
    columns = [column for column in mappable(KINDS[kind]) if column.name not in TOLD_OTHERWISE]
    return [column.name for column in columns if not column.nullable or (kind, column.name) in NEEDED]


def mappable(table: Table) -> tuple[Column, ...]:
    """Columns of the contract that a header can be mapped to."""
    return table.columns[table.column_names.index("store_id") :]


def suggest(header: Sequence[str], cells: pl.DataFrame, timezone: str, layouts: Sequence[Layout]) -> Suggestion:
    """The likeliest kind of file and column map.

    `cells`: some rows as text, a column a header. `layouts`: whose headers are known names of our columns. Every header
    is given to one column at most, the surest first; but an address may be the customer's number as well.
    """
    told = contents(cells, timezone)
    # Where there are rows and nothing stands under a header, its name alone is worth little.
    of_blank = 0.4 if cells.height else SURE
    found = [_of_kind(_Headers(kind, header, told, of_blank), layouts) for kind in CORE]
    most = max(found, key=lambda one: sum(guess.sureness for guess in one.guesses))
    return next((one for one in found if one.sureness >= _TOLD_WELL), most)


@dataclass(frozen=True, slots=True)
class _Headers:
    """What is known of the file, if its rows are of the kind."""

    kind: str
    names: Sequence[str]
    told: list[Content | None]
    of_blank: float
    """Sureness of a header of exactly our name and no cell to prove it."""

    def guess(self, column: Column, place: int, like: float) -> Guess:
        """How sure it is that the header at `place`, so much like the column's names, holds it."""
        name, content = self.names[place], self.told[place]
        if content is None or not name.strip():
            return Guess(column.name, name, like, like * self.of_blank, None)
        readable = fit(column, content, is_unique=column.name == UNIQUE.get(self.kind))
        by_name = like * (0.3 + 0.7 * readable)
        return Guess(column.name, name, like, max(by_name, self._by_content(column, content)), readable)

    def _by_content(self, column: Column, content: Content) -> float:
        """How sure the cells alone make it, where no other header has such cells."""
        if column.name not in _TELLING:
            return 0
        weight, share = _TELLING[column.name]
        others = [other for other in self.told if other is not None and other is not content and share(other) > _MANY]
        return 0 if others or share(content) <= _MANY else weight * share(content)


def _of_kind(headers: _Headers, layouts: Sequence[Layout]) -> Suggestion:
    kind = headers.kind
    columns = {column.name: column for column in mappable(KINDS[kind])}
    every = [
        (headers.guess(column, place, likeness(header, names)), place)
        for name, column in columns.items()
        for names in [aliases(kind, name, layouts)]
        for place, header in enumerate(headers.names)
    ]
    taken: dict[str, Guess] = {}
    held: dict[int, set[str]] = {}
    for guess, place in sorted(every, key=lambda found: (-found[0].sureness, found[1])):
        others = held.setdefault(place, set())
        if guess.sureness >= UNSURE and guess.column not in taken and _may_share(guess.column, others):
            taken[guess.column] = guess
            others.add(guess.column)
    _name_customers(taken, columns)
    missing = [name for name in needed(kind) if name not in taken]
    used = {guess.header for guess in taken.values()}
    alike = [guess for guess, _ in every if guess.likeness >= LIKELY and guess.header not in used]
    return Suggestion(
        kind,
        mean(taken[name].sureness if name in taken else 0 for name in CORE[kind]),
        [taken[name] for name in columns if name in taken],
        missing,
        [guess for guess in alike if guess.column in missing and guess.readable == 0],
    )


def _may_share(column: str, others: set[str]) -> bool:
    """Whether a header that holds `others` may hold `column` too: an address can be the number of an account."""
    addresses = {"email", "phone"}
    if column == "account_id":
        return others <= addresses
    return others <= {"account_id"} if column in addresses else not others


def _name_customers(taken: dict[str, Guess], columns: dict[str, Column]) -> None:
    """Where no number tells the customer as surely, the address does."""
    address = taken.get("email") or taken.get("phone")
    if address and "account_id" in columns:
        instead = replace(address, column="account_id", sureness=address.sureness * 0.8)
        taken["account_id"] = max(instead, taken.get("account_id", instead), key=lambda guess: guess.sureness)


_MANY = 0.9
_TELLING: dict[str, tuple[float, Callable[[Content], float]]] = {
    "email": (0.7, lambda content: content.email),
    "happened_at": (0.5, lambda content: content.instant),
    "unit_price": (0.5, lambda content: content.decimal),
    "customer_paid": (0.5, lambda content: content.decimal),
}
"""Columns that cells tell without a name, how far, and by what."""
