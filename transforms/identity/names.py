"""Whether two names can be one person's: equal but for a slip, the order of their parts, or a middle name."""

import polars as pl
from rapidfuzz.distance import Indel

from transforms.contracts import staged
from transforms.reading.cells import MASKS

ALIKE = 0.8
"""Least similarity of two parts of names, 1 less the characters to insert and delete over those of both: a letter typed
twice or left out passes."""


def comparable_name(name: pl.Expr) -> pl.Expr:
    """The name in lower case without accents and signs, its parts sorted; null where it is masked or has no letters.

    Chinese characters are one part, sorted too: some shops print the family name last, and a space between.
    """
    letters = name.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    chinese = letters.str.extract_all(r"\p{Han}").list.sort().list.join("")
    parts = letters.str.extract_all(r"[\p{L}\p{N}--\p{Han}]+").list.concat(chinese)
    joined = parts.list.sort().list.join(" ").str.strip_chars()
    return pl.when(~name.str.contains_any(MASKS) & (joined != "")).then(joined)


def compared_names(told: pl.LazyFrame) -> pl.LazyFrame:
    """staged.account_name, sorted. `told`: `transforms.staging.accounts.account_names`. Each name is looked at once."""
    roles = {"buyer_name": "customer_name", "recipient_name": "recipient_name"}
    distinct = pl.concat(told.select(name=column) for column in roles.values()).drop_nulls().unique()
    spelt = distinct.with_columns(compared=comparable_name(pl.col("name")))
    for compared, column in roles.items():
        known = spelt.rename({"name": column, "compared": f"{compared}_compared"})
        told = told.join(known, on=column, how="left")
    key = list(staged.ACCOUNT_NAME.key)
    named = told.select("account_key", *(pl.col(f"{name}_compared").alias(name) for name in roles), "orders")
    is_named = pl.any_horizontal(pl.col(roles).is_not_null())
    return named.filter(is_named).group_by(key).agg(pl.col("orders").sum()).sort(key)


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
    if part == other:
        return True
    shorter, longer = sorted((part, other), key=len)
    if not shorter.isascii():
        # One character more or another is another person's name, unless it is the same one twice.
        return set(shorter) == set(longer)
    # Mario and Maria, Paul and Paula: the end of a name tells people apart, but for a letter typed twice.
    differs_at_end = part[:-1] == other[:-1] or (shorter == longer[:-1] and longer[-1] != shorter[-1])
    return not differs_at_end and Indel.normalized_similarity(part, other) >= ALIKE
