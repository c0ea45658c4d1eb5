"""Health: what articles and the service do to customers, back to those who buy, list and answer."""

import polars as pl

from flows.night import Night
from flows.steps.identify import IDENTITY
from transforms.contracts import health as contracts
from transforms.contracts import mart, staged
from transforms.customers.service import tickets_of_customers
from transforms.health.products import product_health, product_summaries
from transforms.health.services import service_health


def health(night: Night) -> None:
    """Write mart.product_health and mart.service_health."""
    work, shop, as_of = night.work, night.settings.shop, night.as_of
    orders, ids = work.scan(mart.PURCHASE_ORDER), pl.scan_parquet(work.root / IDENTITY)
    refunds = work.scan(mart.REFUND)
    sold = [(work.scan(mart.PURCHASE_LINE, shard), work.scan(mart.PURCHASE_ORDER, shard)) for shard in night.shards]
    summaries = pl.concat(product_summaries(*of_shard, refunds, as_of).collect() for of_shard in sold).lazy()
    articles, reviews = work.scan(mart.PRODUCT), work.scan(staged.REVIEW)
    products = product_health(articles, summaries, refunds, reviews, as_of, shop.currency)
    work.write(contracts.PRODUCT_HEALTH, products)
    tickets = tickets_of_customers(work.scan(staged.TICKET), ids, orders)
    work.write(contracts.SERVICE_HEALTH, service_health(tickets, orders, as_of, shop.timezone))
