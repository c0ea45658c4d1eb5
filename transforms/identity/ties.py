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
MOST_PEOPLE = 3
"""So many people may share a phone or address, as families do, and each be known again by name. With more it is a
switchboard or a reseller's, and ties nobody."""
USUAL_SHARE = 0.5
"""Of an account's orders: who receives so many is its owner or lives there; gifts go to others."""


def held_together(accounts: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """`account` (place in `accounts`), `account_key`, `value`: the accounts that hold the same `kind` as another does.

    `accounts`: staged.customer_account. `value` is the place of the first of them, the same for all.
    """
    tells = pl.col(kind).is_not_null() & (pl.col(f"{kind}_reason").is_null() if kind != "buyer_key" else ~_IS_MASKED)
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    # Numbers are grouped in a third of the time that texts take; that they stand for the same text is asked afterwards.
    held = accounts.select("account_key", text=kind, account=place, hash=pl.col(kind).hash(), tells=tells).filter(
        "tells"
    )
    first = held.group_by("hash").agg(value=pl.col("account").min(), accounts=pl.len()).filter(pl.col("accounts") > 1)
    found = held.join(first, on="hash")
    same = found.filter(pl.col("account") == pl.col("value")).select("value", first_text="text")
    return (
        found.join(same, on="value")
        .filter(pl.col("text") == pl.col("first_text"))
        .select("account", "account_key", "value")
    )


def names_of(held: pl.LazyFrame, names: pl.LazyFrame) -> pl.LazyFrame:
    """`account`, `buyer_name`, `recipient_name`, `orders` of the accounts in `held`.

    `held`: `held_together` of any kinds. `names`: staged.account_name.
    """
    # As in `held_together`.
    key = pl.col("account_key").hash()
    places = held.select("account", key.alias("hash"), same_key="account_key").unique("account")
    told = names.with_columns(hash=key).join(places, on="hash").filter(pl.col("account_key") == pl.col("same_key"))
    return told.select("account", "buyer_name", "recipient_name", "orders")


def ties(held: Mapping[str, pl.DataFrame], names: pl.DataFrame) -> pl.DataFrame:
    """`account`, `kind`, `tie`: accounts with the same `tie` are one person's as far as this value tells. Sorted.

    `held`: `held_together` by kind. `names`: `names_of` all of them. A number of a buyer ties all that hold it. A phone
    or address ties those whose names are alike, and those without a name where all names are. One of several people by
    its own names is tied by none, nor is anybody by a value of more than `MOST_PEOPLE`.
    """
    tied = list[pl.DataFrame]()
    for kind in KINDS:
        found = held[kind].select("account", "value")
        people = _of_one(found) if kind == KINDS[0] else _people(found, names)
        nth = (KINDS.index(kind) * _MOST + pl.col("value")) * _MOST + pl.col("person")
        tied.append(people.select("account", kind=pl.lit(kind), tie=nth))
    return pl.concat(tied).filter(pl.col("tie").is_duplicated()).sort("account", "tie")


def _of_one(held: pl.DataFrame) -> pl.DataFrame:
    return held.with_columns(person=pl.lit(0, pl.Int64))


def _people(held: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """`account`, `value`, `person`: who of those with the value it is; without those whom it does not tie."""
    both = ("buyer_name", "recipient_name")
    spelt = (
        held.lazy()
        .join(names.lazy(), on="account")
        .group_by("value")
        .agg(least=pl.min_horizontal(pl.col(both).min()), most=pl.max_horizontal(pl.col(both).max()))
    )
    # Few values have several names, and only those need a closer look.
    several = spelt.filter(pl.col("least") != pl.col("most")).select("value").collect()
    in_question = held.join(several, on="value", how="semi")
    owners = _owners(names.join(in_question.select("account").unique(), on="account", how="semi"))
    known = in_question.join(_of_several(owners), on="account", how="anti")
    named = known.join(owners.select("account", "name").unique(), on="account")
    return pl.concat([_of_one(held.join(several, on="value", how="anti")), _told_apart(named, known)])


def _owners(names: pl.DataFrame) -> pl.DataFrame:
    """`account`, `name`, `order_name`, `is_buyer`: what each account's owner may be called. `names`: as of `names_of`.

    Of recipients those of at least `USUAL_SHARE` of the orders. Names that stand together on an order share
    `order_name`, the buyer's; it is null for names that no order tells.
    """
    received = names.filter(pl.col("recipient_name").is_not_null())
    by_recipient = received.group_by("account", "recipient_name").agg(pl.col("orders").sum())
    total = received.group_by("account").agg(received=pl.col("orders").sum())
    usual = by_recipient.join(total, on="account").filter(pl.col("orders") >= USUAL_SHARE * pl.col("received"))
    told = pl.when(pl.col("orders") > 0).then("buyer_name")
    buyers = names.filter(pl.col("buyer_name").is_not_null()).select(
        "account", name="buyer_name", order_name=told, is_buyer=pl.lit(value=True)
    )
    recipients = received.join(usual, on=["account", "recipient_name"], how="semi").select(
        "account", name="recipient_name", order_name=told, is_buyer=pl.lit(value=False)
    )
    return pl.concat([buyers, recipients])


def _told_apart(named: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """`account`, `value`, `person` of values with several names. `named`: `account`, `value`, `name`."""
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
