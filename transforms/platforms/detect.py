"""Which layout a file has, told from its header line alone."""

import difflib
from collections.abc import Sequence
from statistics import mean

from transforms.platforms.layout import Layout

_FULL_WIDTH = str.maketrans("（）：，　", "():, ")


def normalise(header: str) -> str:
    """A header cell as it is compared: no byte-order mark, no spaces, half-width brackets, lower case."""
    return "".join(header.removeprefix("\ufeff").translate(_FULL_WIDTH).split()).lower()


def detect(header: Sequence[str], layouts: Sequence[Layout]) -> Layout | None:
    """The first layout all of whose required headers are there; the shop's own come before the shipped ones."""
    present = {normalise(cell) for cell in header}
    for layout in layouts:
        if present.issuperset(normalise(name) for name in layout.required):
            return layout
    return None


def positions(header: Sequence[str], layout: Layout) -> dict[str, int]:
    """Header of the layout -> position in the file, for those that it has. The first of twins counts."""
    where: dict[str, int] = {}
    for position, cell in enumerate(header):
        where.setdefault(normalise(cell), position)
    return {name: where[key] for name in layout.all_headers if (key := normalise(name)) in where}


def nearest(header: Sequence[str], layouts: Sequence[Layout]) -> tuple[Layout, list[str]]:
    """The layout the header comes closest to, and which of its required headers are missing."""
    present = {normalise(cell) for cell in header}

    def likeness(name: str) -> float:
        return 1 if name in present else 0.5 * bool(difflib.get_close_matches(name, present, n=1))

    best = max(layouts, key=lambda layout: mean(likeness(normalise(name)) for name in layout.required))
    return best, [name for name in best.required if normalise(name) not in present]
