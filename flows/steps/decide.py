"""Decide: whom to write to tonight, and for everyone else why not."""

from datetime import timedelta

import polars as pl

from flows.io.warehouse import Warehouse
from flows.night import Night
from transforms.contacts.decide import Policy, contact_hold, contact_list, contact_summary, decided
from transforms.contracts import contact, mart

LISTS = {contact.CONTACT_LIST.full_name, contact.CONTACT_HOLD.full_name, mart.CONTACT_SUMMARY.full_name}


def is_listing(night: Night) -> bool:
    """Whether `decide` has made lists for this night."""
    return bool(night.work.parts(mart.CONTACT_SUMMARY))


def decide(night: Night, warehouse: Warehouse) -> None:
    """Write contact.contact_list, contact.contact_hold and mart.contact_summary.

    A backfilled night, and one before the latest published, gets none: nobody can be written to in the past, and such a
    list would count against the caps of the nights after it. What was published for it stays.
    """
    latest = warehouse.latest_published()
    if not night.may_list or (latest and latest > night.as_of):
        return
    work, settings = night.work, night.settings.contacts
    policy = Policy(
        settings.control_share,
        settings.pause_days,
        settings.send_from_hour,
        settings.send_until_hour,
        night.settings.shop.timezone,
    )
    recent = _recently_listed(night, warehouse, policy)
    for shard in night.shards:
        scores, points = work.scan(mart.CUSTOMER_SCORE, shard), work.scan(contact.CONTACT_POINT, shard)
        candidates = decided(scores, points, recent.lazy(), night.as_of, policy).collect()
        work.write(contact.CONTACT_LIST, contact_list(candidates.lazy(), night.as_of, policy, night.lake.key()), shard)
        work.write(contact.CONTACT_HOLD, contact_hold(candidates.lazy(), night.as_of), shard)
    listed, held = work.scan(contact.CONTACT_LIST), work.scan(contact.CONTACT_HOLD)
    work.write(mart.CONTACT_SUMMARY, contact_summary(listed, held, night.as_of))


def _recently_listed(night: Night, warehouse: Warehouse, policy: Policy) -> pl.DataFrame:
    """Customers on published lists of the nights before, within the pause, with the last day of sending.

    Under tonight's ids: the lists get them only when the night is published.
    """
    last = night.as_of - timedelta(days=1)
    listed = warehouse.read("contact.contact_list", last, since=night.as_of - timedelta(days=policy.pause_days))
    joined = night.work.scan(mart.CUSTOMER_LINK).filter(verdict="joined").collect()
    stays = dict(joined.select("old_customer_id", "new_customer_id").iter_rows())
    named = listed.with_columns(pl.col("customer_id").replace(stays))
    return named.group_by("customer_id").agg(pl.col("send_on").max())
