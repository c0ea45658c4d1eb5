"""Which layout a file has, told from its header line, and by its name where headers alone do not tell."""

import difflib
import unicodedata
from collections.abc import Sequence
from fnmatch import fnmatchcase
from statistics import mean

from transforms.reading.layout import Layout


def normalise(header: str) -> str:
    """A header cell as it is compared: no byte-order mark, no spaces, full-width letters as half-width, lower case."""
    plain = unicodedata.normalize("NFKD", header.removeprefix("\ufeff")).lower()
    # Once more, for marks that a space kept apart are put in order.
    return unicodedata.normalize("NFKD", "".join(plain.split()))


def fitting(header: Sequence[str], layouts: Sequence[Layout], name: str = "") -> list[Layout]:
    """Layouts all of whose required headers are there, and of those the ones that most headers speak for.

    More than one only where nothing tells them apart. The shop's own come before the shipped ones. `name` of the file,
    if it is to count.
    """
    present = {normalise(cell) for cell in header}
    fit = [layout for layout in layouts if _fits(present, layout) and _is_named(layout, name)]
    known = [(layout.is_own, sum(normalise(one) in present for one in layout.known_headers)) for layout in fit]
    return [layout for layout, count in zip(fit, known, strict=True) if count == max(known)]


def detect(header: Sequence[str], layouts: Sequence[Layout], name: str = "") -> Layout | None:
    """The one layout that the header fits best; None if there is none, or two fit alike."""
    found = fitting(header, layouts, name)
    return found[0] if len(found) == 1 else None


def missing(present: set[str], layout: Layout) -> list[str]:
    """Required headers that are not among the normalised ones in `present`."""
    return [
        " or ".join(names)
        for names in map(_alternatives, layout.required)
        if not any(normalise(name) in present for name in names)
    ]


def positions(header: Sequence[str], layout: Layout) -> dict[str, int]:
    """Header of the layout -> position in the file, for those that it has. The first of twins counts."""
    where: dict[str, int] = {}
    for position, cell in enumerate(header):
        where.setdefault(normalise(cell), position)
    return {name: where[key] for name in layout.known_headers if (key := normalise(name)) in where}


def places_like(header: Sequence[str], patterns: Sequence[str]) -> list[int]:
    """Positions of the headers that fit one of `patterns`, in which `*` stands for anything."""
    wanted = [normalise(pattern) for pattern in patterns]
    return [
        place for place, cell in enumerate(header) if any(fnmatchcase(normalise(cell), pattern) for pattern in wanted)
    ]


def nearest(header: Sequence[str], layouts: Sequence[Layout]) -> tuple[Layout, list[str]]:
    """The layout the header comes closest to, and which of its required headers are missing."""
    present = {normalise(cell) for cell in header}

    def likeness(layout: Layout) -> float:
        wanted = [[normalise(name) for name in _alternatives(one)] for one in layout.required]
        # A header that is needed as it is was not meant to be another.
        others = present.difference(*wanted)
        return mean(
            1
            if not present.isdisjoint(names)
            else 0.5 * any(difflib.get_close_matches(name, others, cutoff=_MISSPELT) for name in names)
            for names in wanted
        )

    best = max(layouts, key=likeness)
    return best, missing(present, best)


_MISSPELT = 0.8
"""How much alike two spellings of one header are; `order_id` and `orderdate` are 0.7."""


def _fits(present: set[str], layout: Layout) -> bool:
    return not missing(present, layout) and present.isdisjoint(map(normalise, layout.absent))


def _alternatives(required: str | tuple[str, ...]) -> tuple[str, ...]:
    return (required,) if isinstance(required, str) else required


def _is_named(layout: Layout, name: str) -> bool:
    base = name.rpartition("/")[2].lower()
    return not (base and layout.named) or any(fnmatchcase(base, pattern.lower()) for pattern in layout.named)
