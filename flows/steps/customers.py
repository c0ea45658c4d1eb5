"""Customers: facts go under their customers, and so does all that is known of each, by shard of the customer."""

from dataclasses import dataclass

import polars as pl

from flows.night import Night
from flows.steps.identify import IDENTITY
from transforms.contracts import contact, mart, staged
from transforms.contracts.table import Table
from transforms.customers.answers import answers, customer_channels
from transforms.customers.card import accounts_of_customers, customer_cards, names_of_customers
from transforms.customers.contact_points import contact_points
from transforms.customers.cost_to_serve import cost_to_serve
from transforms.customers.discounts import discounts, stores_with_discounts
from transforms.customers.membership import membership, shared_levels
from transforms.customers.notes import customer_attributes
from transforms.customers.person import persons, referrers
from transforms.customers.price_bands import price_counts, price_thirds
from transforms.customers.profile import customer_profiles
from transforms.customers.purchases import purchases
from transforms.customers.reach import reach
from transforms.customers.returns import returns
from transforms.customers.reviews import reviews
from transforms.customers.rhythm import rhythm
from transforms.customers.service import as_of_night, open_complaints, service, tickets_of_customers
from transforms.customers.tastes import tastes
from transforms.facts.calendar import calendar
from transforms.facts.margin import goods_costs, returned_goods, with_margin
from transforms.facts.purchases import freshness, line_facts, order_facts, refund_facts, with_customer
from transforms.identity.customers import shard_of


def customers(night: Night) -> None:
    """Write facts, the customer file (mart and contact), mart.calendar and mart.freshness."""
    first_date = night.work.scan(staged.PURCHASE_ORDER).select(pl.col("happened_date").min()).collect().item()
    ids = pl.read_parquet(night.work.root / IDENTITY)
    night.work.write(mart.PRODUCT, night.work.scan(staged.PRODUCT))
    for shard in night.shards:
        _write_facts(night, ids, shard)
    shop = _shop(night, ids)
    for shard in night.shards:
        _write_file(night, ids, shop, shard)
    night.work.write(mart.CALENDAR, calendar(first_date, night.as_of))
    night.work.write(mart.FRESHNESS, freshness(night.work.scan(staged.PURCHASE_ORDER), night.as_of))


def lines_of_articles(night: Night, shard: int) -> pl.LazyFrame:
    """mart.purchase_line of one shard, with `store_id`, `category` and `brand` of the article."""
    articles = night.work.scan(mart.PRODUCT).select("product_key", "store_id", "category", "brand")
    return night.work.scan(mart.PURCHASE_LINE, shard).join(articles, on="product_key")


def tell_costs(night: Night) -> bool:
    """Whether files or settings tell any cost, so that value is margin."""
    return night.settings.costs.are_told or _tell_goods(night)


def _tell_goods(night: Night) -> bool:
    has_costs = night.work.scan(staged.PRODUCT_COST).select(pl.len() > 0).collect().item()
    return bool(has_costs) or night.settings.costs.tell_goods


def _write_facts(night: Night, ids: pl.DataFrame, shard: int) -> None:
    work, mine = night.work, _is_mine(night, shard)
    is_home = shard == 0  # rows without a customer live in the first shard

    def of_shard(table: Table) -> pl.LazyFrame:
        facts = with_customer(work.scan(table), ids.lazy(), night.as_of)
        return (
            facts.filter(mine | pl.lit(is_home) & pl.col("customer_id").is_null()) if len(night.shards) > 1 else facts
        )

    work.write(mart.REFUND, refund_facts(of_shard(staged.REFUND)), shard)
    work.write(mart.PURCHASE_LINE, line_facts(of_shard(staged.ORDER_LINE)), shard)
    orders = order_facts(of_shard(staged.PURCHASE_ORDER), of_shard(staged.REFUND))
    goods = pl.LazyFrame(schema={"order_key": pl.String, "goods_cost": pl.Int64})
    if _tell_goods(night):  # the others need not pay for the joins
        lines, refunds = work.scan(mart.PURCHASE_LINE, shard), work.scan(mart.REFUND, shard)
        articles, unit_costs = work.scan(mart.PRODUCT), work.scan(staged.PRODUCT_COST)
        goods = goods_costs(lines, refunds, articles, unit_costs, night.settings.costs)
    work.write(mart.PURCHASE_ORDER, with_margin(orders, goods, night.settings.costs), shard)


@dataclass(frozen=True, slots=True)
class _Shop:
    """What the file of one customer needs to know of the whole shop."""

    price_thirds: pl.DataFrame
    stores_with_discounts: pl.DataFrame
    referrers: pl.DataFrame
    paid_levels: pl.DataFrame


def _shop(night: Night, ids: pl.DataFrame) -> _Shop:
    work = night.work
    counts = [price_counts(lines_of_articles(night, shard)).collect() for shard in night.shards]
    return _Shop(
        price_thirds(pl.concat(counts).lazy()).collect(),
        stores_with_discounts(work.scan(mart.PURCHASE_ORDER)).collect(),
        referrers(work.scan(staged.REFERRAL), ids.lazy()).collect(),
        shared_levels(work.scan(staged.CUSTOMER_ATTRIBUTE)).collect(),
    )


def _write_file(night: Night, ids: pl.DataFrame, shop: _Shop, shard: int) -> None:
    work, zone, mine = night.work, night.settings.shop.timezone, _is_mine(night, shard)
    my_ids = ids.lazy().filter(mine)

    def of_accounts(table: Table) -> pl.LazyFrame:
        return work.scan(table).join(my_ids, on="account_key")

    orders, refunds = work.scan(mart.PURCHASE_ORDER, shard), work.scan(mart.REFUND, shard)
    lines, stores = lines_of_articles(night, shard), shop.stores_with_discounts.lazy()
    accounts, notes = of_accounts(staged.CUSTOMER_ACCOUNT), of_accounts(staged.CUSTOMER_ATTRIBUTE)
    events, reviewed = of_accounts(staged.CONTACT_EVENT), reviews(of_accounts(staged.REVIEW))
    tickets = tickets_of_customers(work.scan(staged.TICKET), ids.lazy(), orders).filter(mine)
    who = persons(accounts, notes, shop.referrers.lazy())
    points = contact_points(work.scan(staged.CUSTOMER_ACCOUNT), work.scan(staged.CONSENT), my_ids, night.as_of)
    work.write(contact.CONTACT_POINT, points, shard)
    parts = [
        purchases(orders, refunds, _spent(night, tickets, events, refunds)),
        tastes(lines, shop.price_thirds.lazy()),
        rhythm(orders, zone),
        discounts(orders, lines, stores),
        returns(orders, refunds),
        reviewed,
        service(tickets, night.as_of, zone),
        answers(events),
        membership(notes, shop.paid_levels.lazy()),
        reach(work.scan(contact.CONTACT_POINT, shard)),
    ]
    work.write(mart.CUSTOMER, customer_profiles(who, parts, night.settings.shop.currency), shard)
    work.write(mart.CUSTOMER_CHANNEL, customer_channels(events), shard)
    work.write(contact.CUSTOMER_ATTRIBUTE, customer_attributes(notes), shard)
    names = names_of_customers(accounts, work.scan(staged.PURCHASE_ORDER))
    of_card = [accounts_of_customers(accounts), open_complaints(tickets, night.as_of, zone), reviewed]
    work.write(contact.CUSTOMER_CARD, customer_cards(who, names, notes, of_card, night.as_of), shard)


def _spent(night: Night, tickets: pl.LazyFrame, events: pl.LazyFrame, refunds: pl.LazyFrame) -> pl.LazyFrame:
    costs, zone = night.settings.costs, night.settings.shop.timezone
    served = cost_to_serve(as_of_night(tickets, night.as_of, zone), events, costs)
    if not _tell_goods(night):
        return served
    articles, unit_costs = night.work.scan(mart.PRODUCT), night.work.scan(staged.PRODUCT_COST)
    return pl.concat([served, returned_goods(refunds, articles, unit_costs, costs)])


def _is_mine(night: Night, shard: int) -> pl.Expr:
    return shard_of(pl.col("customer_id"), len(night.shards)) == shard
