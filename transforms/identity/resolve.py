"""Identity of all accounts, from what exports tell of them. A merge over all shards, on frames the flow collected."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from transforms.identity.customers import own_id
from transforms.identity.groups import groups
from transforms.identity.ties import KINDS, held_together, ties


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is who."""

    grouped: pl.DataFrame
    """`account_key`, `first_order_at`, `group_key`, the same for all accounts of a customer."""
    evidence: pl.DataFrame
    """`account_key`, `evidence`, of accounts that are one customer with others."""
    kept_apart: pl.DataFrame
    """`account_key`, `other_account_key`, `verdict`, `evidence`, as `transforms.identity.groups.Groups` has them."""


TELLS = ["account_key", "first_order_at", "buyer_key", "phone", "email"]
"""Columns of staged.customer_account that tell who is who."""


def resolve(accounts: pl.DataFrame, names: pl.LazyFrame, apart: Iterable[tuple[str, str]], key: str) -> Identity:
    """Accounts as customers.

    `accounts`: `TELLS` of staged.customer_account, sorted by key. `names`: staged.account_name. `apart`: pairs of
    ids of accounts (`own_id`) that may not be one; an id that is nobody's counts for nothing.
    """
    keys = accounts["account_key"]
    held = {kind: held_together(accounts, kind) for kind in KINDS}
    found = groups(len(keys), ties(held, keys, names), _places(list(apart), keys, key))
    return Identity(
        accounts.select("account_key", "first_order_at", group_key=found.group),
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
