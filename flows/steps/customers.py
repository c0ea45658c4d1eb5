"""Customers: accounts become customers, and facts up to the night go under their ids, by shard of the customer."""

import polars as pl

from flows.night import Night
from flows.steps.identify import IDENTITY
from transforms.contracts import contact, mart, staged
from transforms.customers.contact_points import contact_points
from transforms.customers.profile import attributes_of_customers, customer_profiles
from transforms.facts.calendar import calendar
from transforms.facts.purchases import freshness, line_facts, order_facts, refund_facts, with_customer
from transforms.identity.customers import shard_of


def customers(night: Night) -> None:
    """Write facts, mart.customer, contact.contact_point, mart.calendar and mart.freshness; keep the identity graph."""
    first_date = night.work.scan(staged.PURCHASE_ORDER).select(pl.col("happened_date").min()).collect().item()
    accounts = night.work.scan(staged.CUSTOMER_ACCOUNT)
    ids = pl.read_parquet(night.work.root / IDENTITY)
    attributes = attributes_of_customers(accounts, ids.lazy()).collect(engine="streaming")
    for shard in night.shards:
        _write_shard(night, ids, attributes, shard)
    night.work.write(mart.PRODUCT, night.work.scan(staged.PRODUCT))
    night.work.write(mart.CALENDAR, calendar(first_date, night.as_of))
    night.work.write(mart.FRESHNESS, freshness(night.work.scan(staged.PURCHASE_ORDER), night.as_of))


def _write_shard(night: Night, ids: pl.DataFrame, attributes: pl.DataFrame, shard: int) -> None:
    shards, work = len(night.shards), night.work
    mine = shard_of(pl.col("customer_id"), shards) == shard
    my_ids = ids.lazy().filter(mine)
    is_home = shard == 0  # rows without a customer live in the first shard

    def of_shard(table: str) -> pl.LazyFrame:
        facts = with_customer(work.scan(_STAGED[table]), ids.lazy(), night.as_of)
        return facts.filter(mine | pl.lit(is_home) & pl.col("customer_id").is_null()) if shards > 1 else facts

    refunds = refund_facts(of_shard("refund"))
    work.write(mart.REFUND, refunds, shard)
    work.write(mart.PURCHASE_ORDER, order_facts(of_shard("purchase_order"), of_shard("refund")), shard)
    work.write(mart.PURCHASE_LINE, line_facts(of_shard("order_line")), shard)
    points = contact_points(work.scan(staged.CUSTOMER_ACCOUNT), work.scan(staged.CONSENT), my_ids, night.as_of)
    work.write(contact.CONTACT_POINT, points, shard)
    categories = work.scan(staged.PRODUCT).select("product_key", "category")
    profiles = customer_profiles(
        attributes.lazy().filter(mine),
        work.scan(mart.PURCHASE_ORDER, shard),
        work.scan(mart.PURCHASE_LINE, shard).join(categories, on="product_key"),
        work.scan(mart.REFUND, shard),
        work.scan(contact.CONTACT_POINT, shard),
        night.settings.shop.currency,
    )
    work.write(mart.CUSTOMER, profiles, shard)


_STAGED = {table.name: table for table in staged.TABLES}
