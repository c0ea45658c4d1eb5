"""The card in a terminal, eighty columns wide or up to a hundred."""

import re
import unicodedata

from rich.cells import cell_len
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from flows.card.sections import Card, Section

WIDEST = 100
LABEL = "bold cyan"
URGENT = "bold red"


def print_card(card: Card, console: Console | None = None) -> None:
    """Print it. What customers wrote is shown as text, whatever it says to a terminal."""
    console = console or Console()
    console.width = min(console.width, WIDEST)
    labels = [card.orders_label, *(section.label for section in (*card.above, *card.below))]
    width = 1 + max(cell_len(label) for label in labels)
    head = Table.grid(expand=True)
    head.add_column(ratio=1)
    head.add_column(justify="right", no_wrap=True)
    head.add_row(_text(card.name, "bold"), _text(f"{card.customer_id} · {card.night}", "dim"))
    console.print(head)
    if card.note:
        console.print(_text(card.note, "italic"))
    console.print(Rule(style="dim"))
    console.print(_sections(card.above, width, console.width))
    if card.orders:
        console.print(_orders(card, width))
    console.print(_sections(card.below, width, console.width))
    console.print(Rule(style="dim"))
    console.print(_text(card.foot, "dim italic"))


def wrapped(words: str, width: int) -> list[str]:
    """`words` in lines of so many cells, cut at spaces and anywhere between Chinese characters.

    No line begins with a full stop or the like, and nothing is cut at a no-break space. A word longer than a line
    stands on one of its own, for the terminal to cut.
    """
    lines = [""]
    for piece in _PIECE.findall(words):
        if cell_len((lines[-1] + piece).rstrip(" ")) > width and lines[-1]:
            lines.append("")
        lines[-1] += piece.lstrip(" ") if not lines[-1] else piece
    return [line.rstrip(" ") for line in lines]


def _sections(sections: tuple[Section, ...], width: int, whole_width: int) -> Table:
    grid = _grid(width)
    for section in sections:
        label, body = (URGENT, "bold") if section.is_urgent else (LABEL, "")
        shown = [part for line in section.lines for part in wrapped(_seen(line), whole_width - width - 1)]
        for number, line in enumerate(shown):
            grid.add_row(_text("" if number else section.label, label), _text(line, body))
    return grid


def _orders(card: Card, width: int) -> Table:
    orders = Table.grid(padding=(0, 2, 0, 0), expand=True)
    orders.add_column(no_wrap=True)
    orders.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    orders.add_column(justify="right", no_wrap=True)
    orders.add_column(no_wrap=True)
    for order in card.orders:
        orders.add_row(_text(order.day), _text(order.goods), _text(order.paid), _text(order.refunded, "red"))
    grid = _grid(width)
    grid.add_row(_text(card.orders_label, LABEL), orders)
    if card.more_orders:
        grid.add_row("", _text(card.more_orders, "dim"))
    return grid


def _grid(width: int) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column(width=width, no_wrap=True)
    grid.add_column(ratio=1)
    return grid


def _text(words: str, style: str = "") -> Text:
    return Text(_seen(words), style)


def _seen(words: str) -> str:
    # Control characters could rewrite the screen, and those of writing direction what stands on it.
    return "".join(" " if unicodedata.category(letter) in _UNSEEN else letter for letter in words)


_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_PIECE = re.compile(r"(?:[!-~À-ʯ]|\u00a0+[^ \u00a0]?)+[，。；：、）！？]*|.[，。；：、）！？]*", re.DOTALL)
