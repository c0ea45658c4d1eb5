"""Whether two names can be one person's: equal but for a slip, the order of their parts, or a middle name."""

import polars as pl
from rapidfuzz.distance import Indel

from transforms.reading.cells import MASKS

ALIKE = 0.8
"""Least similarity of two parts of names, 1 less the characters to insert and delete over those of both: a letter typed
twice or left out passes. A Chinese character exchanged does not, for that is another person's name."""


def comparable_name(name: pl.Expr) -> pl.Expr:
    """The name in lower case without accents and signs, its parts sorted; null where it is masked or has no letters.

    Chinese characters are one part, sorted too: some shops print the family name last, and a space between.
    """
    letters = name.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    chinese = letters.str.extract_all(r"\p{Han}").list.sort().list.join("")
    parts = letters.str.extract_all(r"[\p{L}\p{N}--\p{Han}]+").list.concat(chinese)
    joined = parts.list.sort().list.join(" ").str.strip_chars()
    return pl.when(~name.str.contains_any(MASKS) & (joined != "")).then(joined)


def alike(pairs: pl.DataFrame) -> pl.Series:
    """Which rows of `name`, `other` (`comparable_name`) can be one person's; by row."""
    return pl.Series([_are_alike(*pair) for pair in pairs.select("name", "other").iter_rows()], dtype=pl.Boolean)


def _are_alike(name: str, other: str) -> bool:
    fewer, more = sorted((name.split(), other.split()), key=len)
    if len(fewer) < min(2, len(more)):
        return False
    rest = list(more)
    for part in fewer:
        found = next((candidate for candidate in rest if _is_same_part(part, candidate)), None)
        if found is None:
            return False
        rest.remove(found)
    return True


def _is_same_part(part: str, other: str) -> bool:
    if 1 in (len(part), len(other)) and part.isascii():
        return part[0] == other[0]
    return Indel.normalized_similarity(part, other) >= ALIKE
