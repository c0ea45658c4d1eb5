"""The full shop: people who buy by a known process, leave for known causes, and are seen through known noise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.simulator import full_truth
from transforms.simulator.accounts import Accounts, draw_accounts, show_accounts
from transforms.simulator.assortment import Assortment, costs, draw_assortment
from transforms.simulator.attributes import draw_attributes, draw_births
from transforms.simulator.baskets import favourite_categories
from transforms.simulator.campaigns import Mailing, Visits, draw_mailing, with_extra_visits
from transforms.simulator.catalogue import CATEGORIES
from transforms.simulator.causes import Departures, draw_departures
from transforms.simulator.contact_events import draw_contact_events
from transforms.simulator.damage import REASONS
from transforms.simulator.exports.cells import CENTS_SCALE
from transforms.simulator.facts import Ledger, account_facts, with_damage, with_recipients
from transforms.simulator.full_world import SHOPIFY, STORES
from transforms.simulator.identities import draw_identities
from transforms.simulator.lives import Lives, draw_lives, draw_visits
from transforms.simulator.moments import OPENING_SECOND
from transforms.simulator.openings import account_consents, draw_openings, draw_words
from transforms.simulator.referrals import draw_referrals
from transforms.simulator.refunds import with_refunds
from transforms.simulator.reviews import draw_reviews
from transforms.simulator.sales import draw_sales, with_numbers
from transforms.simulator.setting import Setting
from transforms.simulator.tickets import draw_tickets

KNOWN_OF_PEOPLE = (
    "customer_name", "email", "phone", "phone_owner", "is_shared", "is_chinese", "birthday", "lunar_birthday",
    "favourite_category",
)  # fmt: skip
"""What is still asked for after the accounts are drawn."""

Drawn = Callable[[], pl.DataFrame]
"""A frame drawn when it is asked for, always the same: all of a large shop's at once would not fit in memory."""


@dataclass(frozen=True, slots=True)
class FullShop:
    """A simulated shop of three stores, before it is printed."""

    ledger: Ledger
    damage: pl.DataFrame
    """`order`, `line` (rows of the ledger), `reason`, by row."""
    generic: dict[str, Drawn]
    """By file name, with at least the columns of `exports.generic.HEADERS`."""
    truth: dict[str, Drawn]
    """See docs/demo-world.md; without `damaged_row`, which needs the files."""


@dataclass(frozen=True, slots=True)
class _Cast:
    """Everybody and what they are going to do, before anything is sold."""

    lives: Lives
    departures: Departures
    people: pl.DataFrame
    accounts: Accounts
    mailing: Mailing


@dataclass(frozen=True, slots=True)
class _Plans:
    """What is known before anything is sold and done with afterwards."""

    shown: pl.DataFrame
    words: pl.DataFrame
    visits: Visits


def full_shop(setting: Setting, people: int, currency: str) -> FullShop:
    """A shop of so many people in its own local time.

    The same arguments give the same frames. Raises ValueError for nobody.
    """
    assortment = draw_assortment(setting)
    cast, plans = _cast(setting, people, assortment)
    sales = draw_sales(setting, cast.lives, cast.departures, plans.visits, assortment)
    orders = with_refunds(setting, sales.orders, cast.lives, cast.departures)
    orders = with_recipients(setting, orders, cast.accounts.store)
    damage = _damage(setting, orders, len(sales.lines))
    orders, lines = with_damage(orders, sales.lines, damage)
    opened_at = draw_openings(setting, cast.accounts, orders)
    consents = account_consents(plans.words, opened_at)
    facts = account_facts(setting, plans.shown, orders, consents, opened_at)
    ledger = Ledger(orders, lines, facts, assortment.products, setting.first, setting.days)
    reviews = draw_reviews(setting, orders, cast.people["is_chinese"], cast.departures)
    tickets = draw_tickets(setting, orders, cast.lives, cast.departures)
    of_orders = {
        "reviews.csv": lambda: _of_orders(reviews, ledger),
        "tickets.csv": lambda: _of_orders(tickets, ledger),
    }
    of_accounts = _generic(setting, cast, ledger, consents)
    of_products: dict[str, Drawn] = {"product_costs.csv": lambda: _costs(setting, assortment, currency)}
    truth: dict[str, Drawn] = {
        "parameter": setting.world.as_frame,
        "season": lambda: full_truth.season_frame(setting),
        "person": lambda: full_truth.person_frame(setting, cast.lives, cast.departures, cast.people, orders),
        "account": lambda: full_truth.account_frame(facts),
        "product": lambda: assortment.products,
        "order": lambda: full_truth.order_frame(orders, facts),
        "campaign": lambda: full_truth.campaign_frame(setting.first, cast.mailing),
        "campaign_assignment": lambda: full_truth.assignment_frame(setting.first, cast.mailing),
        "trace": lambda: full_truth.trace_frame(orders, cast.departures, reviews, tickets),
    }
    return FullShop(ledger, damage, of_orders | of_accounts | of_products, truth)


def _cast(setting: Setting, size: int, assortment: Assortment) -> tuple[_Cast, _Plans]:
    lives = draw_lives(setting, size)
    favourite = favourite_categories(setting.seed, lives.customers)
    everything = draw_visits(setting, lives)
    departures, occasions = draw_departures(setting, lives, everything, assortment.stale_from_day[favourite])
    people = (
        draw_identities(setting, lives)
        .hstack(draw_births(setting, size))
        .with_columns(favourite_category=pl.Series(CATEGORIES).gather(favourite))
    )
    accounts = draw_accounts(setting, lives, occasions)
    shown = show_accounts(setting, accounts, people)
    words = draw_words(setting, lives, accounts, shown)
    mailing = draw_mailing(setting, lives, departures, accounts, words)
    visits, mailing = with_extra_visits(setting, lives, occasions, accounts, mailing)
    return _Cast(lives, departures, people.select(KNOWN_OF_PEOPLE), accounts, mailing), _Plans(shown, words, visits)


def _damage(setting: Setting, orders: pl.DataFrame, lines: int) -> pl.DataFrame:
    """`order`, `line`, `reason`: so many lines of paid orders as the world damages, at most one an order."""
    rng = setting.stream("damage")
    paid = np.flatnonzero(orders["is_paid"].to_numpy())
    wanted = min(round(lines * setting.world.buying.damaged_share), len(paid))
    order = np.sort(rng.permutation(paid)[:wanted])
    first_line, size = orders["first_line"].to_numpy()[order], orders["lines"].to_numpy()[order]
    line = first_line + (rng.random(wanted) * size).astype(np.int64)
    reason = pl.Series(REASONS).gather(rng.integers(len(REASONS), size=wanted))
    return pl.DataFrame({"order": order, "line": line, "reason": reason})


def _generic(setting: Setting, cast: _Cast, ledger: Ledger, consents: pl.DataFrame) -> dict[str, Drawn]:
    """The tables about accounts. An account without an id cannot be named in most of them."""
    accounts = ledger.accounts
    has_id = accounts["account_id"].is_not_null()
    opened_day = pl.Series("opened_day", cast.accounts.opened_day)
    named = accounts.select("account", "person", "store", opened_day).filter(has_id)

    def events() -> pl.DataFrame:
        in_group = named.filter(pl.col("store") != SHOPIFY)
        return _of_accounts(draw_contact_events(setting, cast.mailing, in_group), accounts)

    def referrals() -> pl.DataFrame:
        drawn = draw_referrals(setting, cast.lives, cast.accounts, has_id)
        referrer = accounts["account_id"].gather(drawn["referrer_account"]).alias("referrer_account_id")
        return _of_accounts(drawn.with_columns(referrer), accounts)

    return {
        "consents.csv": lambda: _of_accounts(consents, accounts),
        "contact_events.csv": events,
        "referrals.csv": referrals,
        "customer_attributes.csv": lambda: _of_accounts(draw_attributes(setting, named, cast.people), accounts),
    }


def _costs(setting: Setting, assortment: Assortment, currency: str) -> pl.DataFrame:
    return costs(assortment, setting.first, STORES, currency).with_columns(
        # From the hour at which the shop's day begins.
        valid_from=pl.col("valid_from").cast(pl.Datetime("us")) + pl.duration(seconds=OPENING_SECOND),
        unit_cost_cents=pl.col("unit_cost") // CENTS_SCALE,
    )


def _of_accounts(frame: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """With `store_id` and `account_id` of the `account`."""
    named = accounts.select("account_id", pl.Series("store_id", STORES).gather(accounts["store"]))
    return pl.concat([frame, named.select(pl.all().gather(frame["account"]))], how="horizontal")


def _of_orders(frame: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """With the account, the number and the first product of the `order`."""
    of_order = with_numbers(ledger.orders[frame["order"]]).select("account", "order_id", "first_line")
    product = ledger.products["product_id"].gather(ledger.lines["product"].gather(of_order["first_line"]))
    joined = pl.concat([frame, of_order], how="horizontal").with_columns(product_id=product)
    return _of_accounts(joined, ledger.accounts)
