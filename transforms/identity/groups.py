"""Groups of accounts that are one customer, from ties between them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.identity.components import components
from transforms.identity.ties import BITS, KINDS

MOST_IN_CHAIN = 10
"""Most accounts, those of one buyer number counted once, that ties may put together unless one holds them all: more
than that under ever other numbers and addresses are hardly one person."""


@dataclass(frozen=True, slots=True)
class Groups:
    """What became of the accounts."""

    group: pl.Series
    """By account: the smallest account of its group."""
    evidence: pl.DataFrame
    """`account`, `evidence`: kinds of ties, joined by `+`, of the accounts that ties put into a group with others."""
    kept_apart: pl.DataFrame
    """`account`, `other` (accounts), `verdict` (`forbidden`, `held_apart`), `evidence`: what ties would have joined."""


def groups(size: int, ties: pl.DataFrame, apart: Iterable[tuple[int, int]]) -> Groups:
    """Groups of `size` accounts by `ties` (`transforms.identity.ties.ties`).

    `apart`: pairs of accounts that may not be in one group. In theirs, ties are taken up one by one, strong before weak
    and small before large, and lose the account that would bring such a pair together. A chain of more than
    `MOST_IN_CHAIN` accounts loses its e-mail ties, then its phone ties.
    """
    pairs = list(apart)
    whole = _connected(size, ties)
    kept = _without_long_chains(size, _without_forbidden(ties, whole, pairs), whole)
    if kept.height == ties.height:
        return Groups(whole, _evidence(ties), _NOTHING)
    group = _connected(size, kept)
    return Groups(group, _evidence(kept), _kept_apart(ties, whole, group, pairs))


def _connected(size: int, ties: pl.DataFrame) -> pl.Series:
    edges = ties.filter(pl.col("account") != pl.col("hub"))
    return pl.Series("group", components(size, edges["hub"], edges["account"]))


def _without_forbidden(ties: pl.DataFrame, group: pl.Series, apart: list[tuple[int, int]]) -> pl.DataFrame:
    concerned = {int(group[one]) for one, other in apart if group[one] == group[other]}
    if not concerned:
        return ties
    of_tie = ties.with_columns(group=group.gather(ties["account"]))
    theirs = of_tie.filter(pl.col("group").is_in(sorted(concerned)))
    in_turn = (
        theirs.group_by("tie")
        .agg(pl.col("kind").min(), pl.col("account"))
        .sort("kind", pl.col("account").list.len(), "tie")
    )
    left_out = list[tuple[int, int]]()
    side = {account: {account} for account in theirs["account"]}
    for tie, members in in_turn.select("tie", "account").iter_rows():
        joined = set[int]()
        for member in sorted(members):
            together = joined | side[member]
            if any(one in together and other in together for one, other in apart):
                left_out.append((tie, member))
            else:
                joined = together
        side |= dict.fromkeys(joined, joined)
    rows = pl.DataFrame(left_out, schema={"tie": pl.Int64, "account": pl.Int64}, orient="row")
    return ties.join(rows, on=["tie", "account"], how="anti")


def _without_long_chains(size: int, ties: pl.DataFrame, whole: pl.Series) -> pl.DataFrame:
    # Hardly any group is large enough to look at.
    if np.bincount(whole.to_numpy(), minlength=1).max() <= MOST_IN_CHAIN:
        return ties
    kept = ties
    for kind in reversed(KINDS[1:]):
        long = _long_chains(size, kept)
        if long.is_empty():
            break
        in_chain = kept.filter(pl.col("account").is_in(long.implode()))
        kept = kept.join(in_chain.filter(kind=BITS[kind]).select("tie").unique(), on="tie", how="anti")
    return kept


def _long_chains(size: int, ties: pl.DataFrame) -> pl.Series:
    """Accounts in chains that are too long."""
    of_buyer = _connected(size, ties.filter(kind=BITS[KINDS[0]]))
    group = _connected(size, ties)
    held = ties.select("account", "tie", group=group.gather(ties["account"]), buyer=of_buyer.gather(ties["account"]))
    buyers = held.group_by("group").agg(buyers=pl.col("buyer").n_unique())
    widest = (
        held.group_by("group", "tie").agg(width=pl.col("buyer").n_unique()).group_by("group").agg(pl.col("width").max())
    )
    long = buyers.join(widest, on="group").filter(
        (pl.col("buyers") > MOST_IN_CHAIN) & (pl.col("width") < pl.col("buyers"))
    )
    return held.join(long, on="group", how="semi")["account"].unique()


_NOTHING = pl.DataFrame(schema={"account": pl.Int64, "other": pl.Int64, "verdict": pl.String, "evidence": pl.String})


def _evidence(ties: pl.DataFrame) -> pl.DataFrame:
    masks = range(1, 2 ** len(KINDS))
    told = {mask: "+".join(kind for kind, bit in BITS.items() if mask & bit) for mask in masks}
    of_accounts = ties.lazy().group_by("account").agg(mask=pl.col("kind").bitwise_or().cast(pl.Int64))
    evidence = pl.col("mask").replace_strict(told, return_dtype=pl.String)
    return of_accounts.select("account", evidence=evidence).sort("account").collect()


def _kept_apart(ties: pl.DataFrame, whole: pl.Series, group: pl.Series, apart: list[tuple[int, int]]) -> pl.DataFrame:
    """Accounts that ties would have put with a smaller one and that are not with it, each once."""
    forbidden = {int(whole[one]) for one, other in apart if whole[one] == whole[other]}
    members = _evidence(ties).with_columns(
        other=whole.gather(ties["account"].unique().sort()), group=group.gather(ties["account"].unique().sort())
    )
    first = members.filter(pl.col("group") != pl.col("other")).filter(pl.col("account") == pl.col("group"))
    verdict = (
        pl.when(pl.col("other").is_in(sorted(forbidden))).then(pl.lit("forbidden")).otherwise(pl.lit("held_apart"))
    )
    return first.select("account", "other", verdict.alias("verdict"), "evidence")
