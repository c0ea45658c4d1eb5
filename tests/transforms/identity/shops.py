"""Small shops of accounts, and who is who in them."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from transforms.contracts import staged
from transforms.identity.customers import own_id
from transforms.identity.names import compared_names
from transforms.identity.resolve import Identity, resolve

KEY = "a key of the shop"
NAME_SCHEMA = {
    "account_key": pl.String,
    "customer_name": pl.String,
    "recipient_name": pl.String,
    "orders": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account: what ties it, and names as (buyer, recipient, orders)."""

    key: str
    phone: str | None = None
    email: str | None = None
    buyer: str | None = None
    names: tuple[tuple[str | None, str | None, int], ...] = ()


def resolved(told: Iterable[Account], apart: Iterable[tuple[str, str]] = ()) -> Identity:
    """`apart`: pairs of account keys."""
    accounts = sorted(told, key=lambda account: account.key)
    frame = pl.DataFrame(
        [(a.key, a.buyer, a.phone, a.email) for a in accounts],
        schema=dict.fromkeys(["account_key", "buyer_key", "phone", "email"], pl.String),
        orient="row",
    )
    names = [(account.key, *name) for account in accounts for name in account.names]
    compared = staged.ACCOUNT_NAME.conform(compared_names(pl.LazyFrame(names, schema=NAME_SCHEMA, orient="row")))
    told = frame.with_columns(first_order_at=pl.lit(None, pl.Datetime("us", "UTC")))
    return resolve(told, compared, [(own(one), own(other)) for one, other in apart], KEY)


def own(account_key: str) -> str:
    """Id the account would have alone."""
    return str(pl.select(own_id(pl.lit(account_key), KEY)).item())


def groups_of(identity: Identity) -> set[frozenset[str]]:
    """Account keys together."""
    together = identity.grouped.group_by("group_key").agg("account_key")["account_key"]
    return {frozenset(keys) for keys in together}


def together(told: Iterable[Account], apart: Iterable[tuple[str, str]] = ()) -> set[frozenset[str]]:
    """Groups of several accounts."""
    return {group for group in groups_of(resolved(told, apart)) if len(group) > 1}
