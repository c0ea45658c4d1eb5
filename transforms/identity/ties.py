"""What ties accounts: buyer numbers, phones and e-mail addresses that only one person can have.

A tie is a value that several accounts hold. It is `(tie, account)` rows from here on; what the value is stays behind.
"""

import polars as pl

from transforms.identity.addresses import of_accounts
from transforms.identity.components import components
from transforms.identity.names import alike, comparable_name
from transforms.reading.cells import MASKS

KINDS = ("buyer_key", "phone", "email")
"""What ties, the strongest first."""
MOST_PEOPLE = 3
"""So many people may share a phone or address, as families do, and each be known again by name. With more it is a
switchboard or a reseller's, and ties nobody."""
USUAL_SHARE = 0.5
"""Of an account's orders: who receives so many is its owner or lives there; gifts go to others."""


def held_values(accounts: pl.LazyFrame, addresses: pl.LazyFrame, countries: dict[str, str | None]) -> pl.LazyFrame:
    """`account` (place in the sorted accounts), `kind`, `value`: what could tie each account to another.

    `accounts`: staged.customer_account, sorted. `addresses`: staged.address. `countries`: as in `distinct_texts`.
    """
    told = of_accounts(accounts, addresses, countries).filter(pl.col("reason").is_null())
    clear = pl.col("buyer_key").is_not_null() & ~pl.col("buyer_key").str.contains_any(MASKS)
    buyers = accounts.filter(clear).select("account_key", kind=pl.lit("buyer_key"), value="buyer_key")
    values = pl.concat([buyers, told.select("account_key", "kind", value="address")])
    return values.join(_places(accounts), on="account_key").select("account", "kind", "value")


def owners(accounts: pl.LazyFrame, names: pl.LazyFrame) -> pl.LazyFrame:
    """`account`, `name` (`comparable_name`), `order_name`: what each account's owner may be called.

    `names`: staged.account_name. Of recipients those of at least `USUAL_SHARE` of the orders. Names that stand together
    on an order share `order_name`, the buyer's; it is null for names that no order tells.
    """
    given = names.join(_places(accounts), on="account_key").select(
        "account",
        "orders",
        buyer=comparable_name(pl.col("customer_name")),
        recipient=comparable_name(pl.col("recipient_name")),
    )
    received = given.filter(pl.col("recipient").is_not_null())
    by_recipient = received.group_by("account", "recipient").agg(pl.col("orders").sum())
    total = received.group_by("account").agg(received=pl.col("orders").sum())
    usual = by_recipient.join(total, on="account").filter(pl.col("orders") >= USUAL_SHARE * pl.col("received"))
    told = pl.when(pl.col("orders") > 0).then("buyer")
    buyers = given.select("account", name="buyer", order_name=told).filter(pl.col("name").is_not_null())
    recipients = received.join(usual, on=["account", "recipient"], how="semi").select(
        "account", name="recipient", order_name=told
    )
    return pl.concat([buyers, recipients]).unique()


def ties(values: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """`account`, `kind`, `tie`: accounts with the same `tie` are one person's as far as this value tells. Sorted.

    `values`: `held_values`; `names`: `owners`. A buyer number ties all that hold it. A phone or address ties those
    whose names are alike, and those without a name where all names are. One of several people by its own names is tied
    by none, nor is anybody by a value of more than `MOST_PEOPLE`.
    """
    several = values.filter(pl.struct("kind", "value").is_duplicated())
    held = several.with_columns(value=pl.struct("kind", "value").rank("dense").cast(pl.Int64))
    is_strong = held["kind"] == "buyer_key"
    strong, weak = held.filter(is_strong), held.filter(~is_strong)
    called = names.join(weak.select("account").unique(), on="account")
    people = _people(weak.join(_of_several(called), on="account", how="anti"), called)
    together = strong.with_columns(person=pl.lit(0, pl.Int64))
    tied = pl.concat([together, people.select(together.columns)])
    return (
        tied.with_columns(tie=pl.struct("value", "person").rank("dense").cast(pl.Int64))
        .filter(pl.col("tie").is_duplicated())
        .select("account", "kind", "tie")
        .sort("account", "kind", "tie")
    )


def _people(held: pl.DataFrame, called: pl.DataFrame) -> pl.DataFrame:
    """`held` with `person`: who of those with the value it is; without the accounts nobody can be tied by it."""
    named = held.join(called.select("account", "name").unique(), on="account")
    spelt = named.select("value", "name").unique().sort("value", "name").with_row_index("node")
    nodes = named.join(spelt, on=["value", "name"]).select("value", "account", pl.col("node").cast(pl.Int64))
    # An account's own names are one person's, its nickname and whom its parcels go to.
    own = nodes.group_by("value", "account").agg(first=pl.col("node").min(), node=pl.col("node")).explode("node")
    edges = pl.concat([own.select("first", "node"), _alike_within(spelt)])
    person = pl.Series("person", components(spelt.height, edges["first"], edges["node"]))
    of_nodes = spelt.select("value", pl.col("node").cast(pl.Int64)).with_columns(person)
    counted = of_nodes.group_by("value").agg(people=pl.col("person").n_unique(), only=pl.col("person").min())
    of_accounts = nodes.join(of_nodes.select("node", "person"), on="node").select("value", "account", "person").unique()
    return (
        held.join(counted, on="value", how="left")
        .filter(pl.col("people").fill_null(1) <= MOST_PEOPLE)
        .join(of_accounts, on=["value", "account"], how="left")
        .with_columns(
            person=pl.when(pl.col("people").fill_null(1) == 1).then(pl.col("only").fill_null(-1)).otherwise("person")
        )
        .filter(pl.col("person").is_not_null())
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

    They go by names that are not alike and never stand together on an order.
    """
    told = called.filter(pl.col("order_name").is_not_null())
    of_many = told.filter(pl.col("order_name").n_unique().over("account") > 1)
    spelt = of_many.select(value="account", name="name").unique().sort("value", "name").with_row_index("node")
    node = spelt.select("name", pl.col("node").cast(pl.Int64), account="value")
    together = of_many.join(node, on=["account", "name"]).join(
        node.rename({"name": "order_name", "node": "first"}), on=["account", "order_name"]
    )
    edges = pl.concat([together.select("first", "node"), _alike_within(spelt)])
    person = pl.Series("person", components(spelt.height, edges["first"], edges["node"]))
    counted = spelt.with_columns(person).group_by("value").agg(people=pl.col("person").n_unique())
    return counted.filter(pl.col("people") > 1).select(account="value")


def _places(accounts: pl.LazyFrame) -> pl.LazyFrame:
    return accounts.select("account_key", account=pl.int_range(pl.len(), dtype=pl.Int64))
