"""Identity of all accounts, from what exports tell of them. A merge over all shards, on frames the flow collected."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from transforms.identity.customers import own_id
from transforms.identity.groups import groups
from transforms.identity.ties import ties


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is who."""

    grouped: pl.DataFrame
    """`accounts` with `group_key`, the same for all accounts of a customer."""
    evidence: pl.DataFrame
    """`account_key`, `evidence`, of accounts that are one customer with others."""
    kept_apart: pl.DataFrame
    """`account_key`, `other_account_key`, `verdict`, `evidence`, as `transforms.identity.groups.Groups` has them."""


def resolve(
    accounts: pl.DataFrame, values: pl.DataFrame, names: pl.DataFrame, apart: Iterable[tuple[str, str]], key: str
) -> Identity:
    """Accounts as customers.

    `accounts`: with `account_key`, sorted by it. `values`: `held_values`, `names`: `owners` of the same accounts.
    `apart`: pairs of ids of accounts (`own_id`) that may not be one; an id that is nobody's counts for nothing.
    """
    keys = accounts["account_key"]
    found = groups(len(keys), ties(values, names), _places(list(apart), keys, key))
    return Identity(
        accounts.with_columns(group_key=found.group),
        found.evidence.select(account_key=keys.gather(found.evidence["account"]), evidence="evidence"),
        found.kept_apart.select(
            "verdict",
            "evidence",
            account_key=keys.gather(found.kept_apart["account"]),
            other_account_key=keys.gather(found.kept_apart["other"]),
        ),
    )


def _places(apart: list[tuple[str, str]], keys: pl.Series, key: str) -> list[tuple[int, int]]:
    if not apart:
        return []
    wanted = sorted({one for pair in apart for one in pair})
    own = keys.to_frame().with_row_index("place").with_columns(own_id=own_id(pl.col("account_key"), key))
    place = dict(own.filter(pl.col("own_id").is_in(wanted)).select("own_id", "place").iter_rows())
    return [(place[one], place[other]) for one, other in apart if one in place and other in place]
