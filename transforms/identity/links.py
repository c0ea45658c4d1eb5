"""mart.customer_link: which accounts became one customer, which no longer are, and why. No personal data."""

from datetime import date

import polars as pl

from transforms.contracts import mart
from transforms.identity.customers import own_id

FROM_TO = ["old_customer_id", "new_customer_id"]


def links(
    accounts: pl.LazyFrame, ids: pl.LazyFrame, evidence: pl.LazyFrame, apart: pl.LazyFrame, key: str
) -> pl.LazyFrame:
    """mart.customer_link as tonight's data tell it: what is joined, forbidden and held apart.

    `accounts`: `account_key`, `seen_date`. `ids`: `account_key`, `customer_id`. `evidence`: `account_key`, `evidence`.
    `apart`: `account_key`, `other_account_key`, `verdict`, `evidence`.
    """
    known = accounts.join(ids, on="account_key")
    joined = known.join(evidence, on="account_key").with_columns(old_customer_id=own_id(pl.col("account_key"), key))
    first_seen = joined.filter(pl.col("old_customer_id") == pl.col("customer_id")).select(
        "customer_id", first_date="seen_date"
    )
    sizes = joined.group_by("customer_id").agg(accounts=pl.len().cast(pl.Int64))
    others = joined.filter(pl.col("old_customer_id") != pl.col("customer_id"))
    told = (
        others.join(sizes, on="customer_id")
        .join(first_seen, on="customer_id")
        .select(
            "old_customer_id",
            "evidence",
            "accounts",
            new_customer_id="customer_id",
            verdict=pl.lit("joined"),
            link_date=pl.max_horizontal("seen_date", "first_date"),
        )
    )
    return pl.concat([_in_order(told), _in_order(_kept_apart(apart, known))])


def with_parted(links: pl.LazyFrame, stored: pl.LazyFrame, ids: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`links` with those of earlier nights that hold no longer, as `parted`; sorted by key.

    `stored`: mart.customer_link as published last. `ids`: `customer_id` by `old_customer_id`, for every id that an
    account of tonight has or would have alone. What neither end of is known any more is left out.
    """
    was = stored.filter(pl.col("verdict").is_in(["joined", "parted"]))
    resolved = was.join(ids.rename({"customer_id": "now"}), on="old_customer_id").join(
        ids.rename({"old_customer_id": "new_customer_id", "customer_id": "other_now"}), on="new_customer_id"
    )
    is_new = pl.col("verdict") == "joined"
    parted = (
        resolved.filter(pl.col("now") != pl.col("other_now"))
        .with_columns(link_date=pl.when(is_new).then(pl.lit(as_of)).otherwise("link_date"), verdict=pl.lit("parted"))
        .sort(*FROM_TO, "link_date")
        .unique(FROM_TO, keep="first", maintain_order=True)
    )
    return pl.concat([links, _in_order(parted)]).sort(mart.CUSTOMER_LINK.key)


def _kept_apart(apart: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    of_account = known.select("account_key", "seen_date", old_customer_id="customer_id")
    of_other = known.select(other_account_key="account_key", other_date="seen_date", new_customer_id="customer_id")
    found = apart.join(of_account, on="account_key").join(of_other, on="other_account_key")
    return found.with_columns(
        link_date=pl.max_horizontal("seen_date", "other_date"),
        accounts=(pl.len().over("other_account_key") + 1).cast(pl.Int64),
    )


def _in_order(links: pl.LazyFrame) -> pl.LazyFrame:
    return links.select(mart.CUSTOMER_LINK.column_names)
