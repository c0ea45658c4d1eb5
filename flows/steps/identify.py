"""Identify: accounts of all stores become customers, and why is written down."""

import polars as pl

from flows.io.warehouse import Warehouse
from flows.night import Night
from transforms.contracts import mart, staged
from transforms.identity.customers import customer_ids, own_id
from transforms.identity.links import links, with_parted
from transforms.identity.resolve import TELLS, Identity, resolve
from transforms.staging.days import local_date

IDENTITY = "identity.parquet"
"""Account -> customer as of the night; kept with its record."""


def links_before(warehouse: Warehouse) -> pl.DataFrame:
    """mart.customer_link as it was published last."""
    return warehouse.read(mart.CUSTOMER_LINK.full_name)


def identify(night: Night, before: pl.DataFrame) -> None:
    """Write the identity graph and mart.customer_link.

    `before`: `links_before`; what is joined there and no longer is told as parted.
    """
    identity = _resolved(night)
    key = night.lake.key()
    ids = customer_ids(identity.grouped.lazy(), key).collect()
    ids.write_parquet(night.work.root / IDENTITY)
    tonight = links(
        night.work.scan(staged.CUSTOMER_ACCOUNT).select(
            "account_key", seen_date=local_date(pl.col("happened_at"), night.settings.shop.timezone)
        ),
        ids.lazy(),
        identity.evidence.lazy(),
        identity.kept_apart.lazy(),
        key,
    ).collect()
    ever = _ids_of_accounts(ids, identity, key)
    night.work.write(mart.CUSTOMER_LINK, with_parted(tonight.lazy(), before.lazy(), ever.lazy(), night.as_of))


def _resolved(night: Night) -> Identity:
    # In memory, for streaming would lose the order.
    accounts = night.work.scan(staged.CUSTOMER_ACCOUNT).select(TELLS).collect(engine="in-memory")
    names = night.work.scan(staged.ACCOUNT_NAME)
    return resolve(accounts, names, night.settings.identity.apart, night.lake.key())


def _ids_of_accounts(ids: pl.DataFrame, identity: Identity, key: str) -> pl.DataFrame:
    """`customer_id` by `old_customer_id`, for every id that an account has or would have alone."""
    joined = ids.join(identity.evidence.select("account_key"), on="account_key")
    own = joined.select("customer_id", old_customer_id=own_id(pl.col("account_key"), key))
    now = ids.select("customer_id", old_customer_id="customer_id")
    return pl.concat([own, now]).unique()
