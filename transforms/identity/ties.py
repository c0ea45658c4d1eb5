"""What ties accounts: buyer numbers, phones and e-mail addresses that only one person can have.

A tie is a value that several accounts hold. It is `(tie, account)` rows from here on; what the value is stays behind.
"""

from collections.abc import Mapping

import polars as pl

from transforms.identity.components import components
from transforms.identity.names import alike
from transforms.reading.cells import MASKS

KINDS = ("buyer_key", "phone", "email")
"""What ties, the strongest first."""
BITS = {kind: 2**place for place, kind in enumerate(KINDS)}
"""By which ties tell their kind: the stronger, the smaller."""
MOST_OF_BUYER = 100
"""Accounts of one buyer number; a person with one account an order has dozens."""
MOST_NAMELESS = 10
"""Accounts that may hold one phone or address without a name among them: more are a number typed in for anybody."""
MOST_PEOPLE = 3
"""So many people may share a phone or address, as families do, and each be known again by name. With more it is a
switchboard or a reseller's, and ties nobody."""
USUAL_SHARE = 0.5
"""Of an account's orders: who receives more is its owner or lives there; gifts go to others."""


def held_together(accounts: pl.DataFrame, kind: str) -> pl.DataFrame:
    """`account` (place in `accounts`), `value`: the accounts that hold the same `kind` as another does.

    `accounts`: `kind` of staged.customer_account. `value` is the place of the first of them. A buyer number that is
    masked, or that more than `MOST_OF_BUYER` accounts hold, is left out: somebody put the same for many.
    """
    text = accounts[kind]
    tells = pl.col(kind).is_not_null() & (~_IS_MASKED if kind == "buyer_key" else pl.lit(value=True))
    most = MOST_OF_BUYER if kind == "buyer_key" else accounts.height
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    # Numbers are grouped in a third of the time that texts take; that they stand for the same text is asked afterwards.
    known = accounts.lazy().select(account=place, hash=pl.col(kind).hash(), tells=tells).filter("tells")
    counted = known.group_by("hash").agg(value=pl.col("account").min(), accounts=pl.len())
    several = counted.filter((pl.col("accounts") > 1) & (pl.col("accounts") <= most))
    found = known.join(several, on="hash").select("account", "value").collect()
    return found.filter(text.gather(found["account"]) == text.gather(found["value"]))


def ties(held: Mapping[str, pl.DataFrame], keys: pl.Series, names: pl.LazyFrame) -> pl.DataFrame:
    """`account`, `kind`, `tie`, `hub`: accounts with the same `tie` are one person's as far as this value tells.

    `kind` is of `BITS`; `hub` is one of them, the same for all.

    `held`: `held_together` by kind. `keys`: `account_key` by place. `names`: staged.account_name. A number of a buyer
    ties all that hold it. A phone or address ties those whose names are alike, and those without a name where all names
    are. One of several people by its own names is tied by none, nor is anybody by a value of more than `MOST_PEOPLE`.
    """
    strong, *weak = KINDS
    hashes = [
        pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash()) for name in ("buyer_name", "recipient_name")
    ]
    hashed = names.select("account_key", least=pl.min_horizontal(hashes), most=pl.max_horizontal(hashes))
    called = _of(pl.concat(held[kind]["account"] for kind in weak), keys, hashed).collect()
    of_several = {kind: _with_several_names(held[kind], called) for kind in weak}
    in_question = pl.concat(found["account"] for found in of_several.values())
    called_so = _of(in_question, keys, names).collect()
    owners = _owners(called_so)
    nobody = pl.concat([_of_several(owners), _without_owner(called_so, owners)])
    people = {strong: _of_one(held[strong])}
    for kind in weak:
        told_apart = _told_apart(of_several[kind].join(nobody, on="account", how="anti"), owners)
        others = _without_dummies(held[kind].join(of_several[kind], on="value", how="anti"), called)
        people[kind] = pl.concat([_of_one(others), told_apart])
    nth = pl.col("value") * _MOST + pl.col("person")
    return pl.concat(
        people[kind].select("account", "hub", kind=pl.lit(BITS[kind]), tie=KINDS.index(kind) * _MOST * _MOST + nth)
        for kind in KINDS
    )


def _of(accounts: pl.Series, keys: pl.Series, names: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of `names` of some accounts, with `account`."""
    tied = accounts.unique()
    # As in `held_together`.
    places = pl.LazyFrame({"account": tied, "same_key": keys.gather(tied)}).with_columns(hash=pl.col("same_key").hash())
    told = names.with_columns(hash=pl.col("account_key").hash()).join(places, on="hash")
    return told.filter(pl.col("account_key") == pl.col("same_key")).drop("account_key", "same_key", "hash")


def _without_dummies(held: pl.DataFrame, called: pl.DataFrame) -> pl.DataFrame:
    """`held` without values of more than `MOST_NAMELESS` accounts none of which has a name."""
    many = held.group_by("value").len().filter(pl.col("len") > MOST_NAMELESS)
    named = held.join(many, on="value", how="semi").join(called, on="account", how="semi")
    return held.join(many.join(named, on="value", how="anti"), on="value", how="anti")


def _without_owner(names: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """`account` of those whose parcels go to several people, none of whom is the usual one."""
    return names.join(owners, on="account", how="anti").select("account").unique()


def _of_one(held: pl.DataFrame) -> pl.DataFrame:
    return held.with_columns(person=pl.lit(0, pl.Int64), hub="value")


def _with_several_names(held: pl.DataFrame, called: pl.DataFrame) -> pl.DataFrame:
    """Rows of `held` whose value goes by several names; few do. `called`: `account`, `least`, `most` of hashes."""
    spelt = (
        held.lazy().join(called.lazy(), on="account").group_by("value").agg(pl.col("least").min(), pl.col("most").max())
    )
    several = spelt.filter(pl.col("least") != pl.col("most")).collect()
    return held.join(several, on="value", how="semi")


def _owners(names: pl.DataFrame) -> pl.DataFrame:
    """`account`, `name`, `order_name`, `is_buyer`: what each account's owner may be called. `names`: as of `_of`.

    Of recipients the one of more than `USUAL_SHARE` of the orders. Names that stand together on an order share
    `order_name`, the buyer's; it is null for names that no order tells.
    """
    received = names.filter(pl.col("recipient_name").is_not_null())
    by_recipient = received.group_by("account", "recipient_name").agg(pl.col("orders").sum())
    total = received.group_by("account").agg(received=pl.col("orders").sum())
    usual = by_recipient.join(total, on="account").filter(pl.col("orders") > USUAL_SHARE * pl.col("received"))
    told = pl.when(pl.col("orders") > 0).then("buyer_name")
    buyers = names.filter(pl.col("buyer_name").is_not_null()).select(
        "account", name="buyer_name", order_name=told, is_buyer=pl.lit(value=True)
    )
    recipients = received.join(usual, on=["account", "recipient_name"], how="semi").select(
        "account", name="recipient_name", order_name=told, is_buyer=pl.lit(value=False)
    )
    return pl.concat([buyers, recipients])


def _told_apart(held: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """`account`, `value`, `person`: who of those with the value it is; without those whom it does not tie."""
    named = held.join(owners.select("account", "name").unique(), on="account")
    spelt = named.select("value", "name").unique().sort("value", "name").with_row_index("node")
    nodes = named.join(spelt, on=["value", "name"]).select("value", "account", pl.col("node").cast(pl.Int64))
    # An account's own names are one person's, its nickname and whom its parcels go to.
    own = nodes.with_columns(first=pl.col("node").min().over("value", "account"))
    edges = pl.concat([own.select("first", "node"), _alike_within(spelt)])
    person = pl.Series("person", components(spelt.height, edges["first"], edges["node"]))
    of_nodes = spelt.select("value", pl.col("node").cast(pl.Int64)).with_columns(person)
    counted = of_nodes.group_by("value").agg(people=pl.col("person").n_unique(), only=pl.col("person").min())
    of_accounts = nodes.join(of_nodes.select("node", "person"), on="node").select("value", "account", "person").unique()
    alone = pl.when(pl.col("people") == 1).then("only")
    return (
        held.join(counted.filter(pl.col("people") <= MOST_PEOPLE), on="value")
        .join(of_accounts, on=["value", "account"], how="left")
        .select("account", "value", person=pl.coalesce(alone, "person"))
        .drop_nulls("person")
        .filter(pl.struct("value", "person").is_duplicated())
        .with_columns(hub=pl.col("account").min().over("value", "person"))
    )


def _alike_within(spelt: pl.DataFrame) -> pl.DataFrame:
    """`first`, `node`: names of one value that can be one person's. Where there are very many, none are compared."""
    few = spelt.filter(pl.len().over("value") <= MOST_PEOPLE * MOST_PEOPLE)
    pairs = few.join(few, on="value", suffix="_other").filter(pl.col("node") < pl.col("node_other"))
    distinct = pairs.select("name", other="name_other").unique()
    same = distinct.filter(alike(distinct)) if distinct.height else distinct
    found = pairs.join(same, left_on=["name", "name_other"], right_on=["name", "other"], how="semi")
    return found.select(first=pl.col("node").cast(pl.Int64), node=pl.col("node_other").cast(pl.Int64))


def _of_several(called: pl.DataFrame) -> pl.DataFrame:
    """`account` of those that several people order by, such as a phone that is an account of a couple's.

    They go by names that are not alike and never stand together on an order. Recipients alone tell nothing: parcels
    of a platform that names no buyer go to friends too.
    """
    buyers = called.filter("is_buyer").select("account", "name").unique()
    of_many = called.join(buyers.filter(pl.len().over("account") > 1), on="account", how="semi")
    spelt = of_many.select(value="account", name="name").unique().sort("value", "name").with_row_index("node")
    node = spelt.select("name", pl.col("node").cast(pl.Int64), account="value")
    together = of_many.join(node, on=["account", "name"]).join(
        node.rename({"name": "order_name", "node": "first"}), on=["account", "order_name"]
    )
    edges = pl.concat([together.select("first", "node"), _alike_within(spelt)])
    person = pl.Series("person", components(spelt.height, edges["first"], edges["node"]))
    of_buyers = spelt.with_columns(person).join(buyers, left_on=["value", "name"], right_on=["account", "name"])
    counted = of_buyers.group_by("value").agg(people=pl.col("person").n_unique())
    return counted.filter(pl.col("people") > 1).select(account="value")


_MOST = 2**30
"""More than there are accounts or names: three numbers below it fit into one."""
_IS_MASKED = pl.col("buyer_key").str.contains_any(MASKS)
