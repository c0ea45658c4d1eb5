"""The full shop: people who buy by a known process, leave for known causes, and are seen through known noise."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from transforms.simulator import full_truth
from transforms.simulator.accounts import Accounts, draw_accounts, show_accounts
from transforms.simulator.assortment import Assortment, costs, draw_assortment
from transforms.simulator.attributes import draw_attributes, draw_births
from transforms.simulator.baskets import favourite_categories
from transforms.simulator.campaigns import draw_mailing, with_extra_visits
from transforms.simulator.causes import draw_departures
from transforms.simulator.consents import words
from transforms.simulator.contact_events import draw_contact_events
from transforms.simulator.damage import REASONS
from transforms.simulator.exports.cells import CENTS_SCALE
from transforms.simulator.facts import Ledger, account_facts, with_damage, with_recipients
from transforms.simulator.full_world import SHOPIFY, STANDARD, STORES, FullWorld
from transforms.simulator.identities import draw_identities
from transforms.simulator.lives import Lives, draw_lives, draw_visits
from transforms.simulator.moments import DAY_SECONDS, OPENING_SECOND, instants, moment
from transforms.simulator.referrals import draw_referrals
from transforms.simulator.refunds import with_refunds
from transforms.simulator.reviews import draw_reviews
from transforms.simulator.sales import Sales, draw_sales
from transforms.simulator.season import season
from transforms.simulator.tickets import draw_tickets
from transforms.simulator.world import stream


@dataclass(frozen=True, slots=True)
class FullShop:
    """A simulated shop of three stores, before it is printed."""

    ledger: Ledger
    generic: dict[str, pl.DataFrame]
    """By file name, with the columns of `exports.generic.HEADERS`."""
    damage: pl.DataFrame
    """`order`, `line` (rows of the ledger), `reason`, by row."""
    truth: dict[str, pl.DataFrame]
    """See docs/demo-world.md; without `damaged_row`, which needs the files."""


def full_shop(seed: int, people: int, first: date, until: date, currency: str, world: FullWorld = STANDARD) -> FullShop:
    """A shop from `first` to the end of `until`, in its own local time.

    The same arguments give the same frames. Raises ValueError for nobody, no day or a negative seed.
    """
    days = (until - first).days + 1
    year = season(first, until) if days > 0 else None
    if year is None:
        raise ValueError(f"a shop needs a day; {until} lies before {first}")
    lives = draw_lives(seed, people, first, until, world, year)
    assortment = draw_assortment(seed, first, days)
    favourite = favourite_categories(seed, lives.customers)
    departures, occasions = draw_departures(
        seed, lives, draw_visits(seed, lives, world, year), assortment.stale_from_day[favourite], year, world
    )
    accounts = draw_accounts(seed, lives, occasions, world)
    identities = draw_identities(seed, lives, world)
    shown = show_accounts(seed, accounts, identities, world)
    said = _consents(seed, first, days, lives, accounts, shown)
    mailing = draw_mailing(seed, lives, departures, accounts, said, year)
    visits, mailing = with_extra_visits(seed, lives, occasions, accounts, mailing, year, world.buying.p)
    sales = draw_sales(seed, first, lives, departures, visits, assortment, year, world, accounts.store)
    orders = with_refunds(seed, first, days, sales.orders, lives, departures, world)
    orders = with_recipients(seed, orders, accounts.store)
    damage = _damage(seed, orders, sales, world)
    opened_at = _opened_at(seed, first, accounts, orders)
    said = _at_opening(said, opened_at)
    births = draw_births(seed, people, first)
    facts = account_facts(
        seed, shown, orders, said, opened_at,
        pl.Series(lives.is_business).gather(shown["person"]), births["birthday"].gather(shown["person"]),
    )  # fmt: skip
    reviews = draw_reviews(seed, first, days, orders, identities["is_chinese"], departures, world)
    tickets = draw_tickets(seed, first, days, orders, lives, departures, world)
    has_id = shown["account_id"].is_not_null()
    named = facts.select("account", "person", opened_day=pl.Series(accounts.opened_day)).filter(has_id)
    generic = {
        "reviews.csv": _of_orders(reviews, orders, sales, assortment, facts),
        "tickets.csv": _of_orders(tickets, orders, sales, assortment, facts),
        "consents.csv": _of_accounts(said.with_columns(purpose=pl.lit("marketing")), facts),
        "contact_events.csv": _of_accounts(
            draw_contact_events(seed, first, days, mailing, named.filter(facts.filter(has_id)["store"] != SHOPIFY)),
            facts,
        ),
        "referrals.csv": _of_accounts(
            draw_referrals(seed, first, lives, accounts, has_id, world).with_columns(
                referrer_account_id=pl.lit(facts["account_id"]).gather("referrer_account")
            ),
            facts,
        ),
        "product_costs.csv": costs(assortment, first, STORES, currency).with_columns(
            valid_from=pl.col("valid_from").cast(pl.Datetime("us")) + pl.duration(seconds=OPENING_SECOND),
            unit_cost_cents=pl.col("unit_cost") // CENTS_SCALE,
        ),
        "customer_attributes.csv": _of_accounts(draw_attributes(seed, days, first, named, births), facts),
    }
    orders, lines = with_damage(orders, sales.lines, damage)
    truth = {
        "parameter": world.as_frame(),
        "season": full_truth.season_frame(first, year),
        "person": full_truth.person_frame(first, days, lives, departures, identities, births, favourite, orders),
        "account": full_truth.account_frame(facts),
        "product": assortment.products,
        "order": full_truth.order_frame(orders, facts),
        "campaign": full_truth.campaign_frame(first, mailing),
        "campaign_assignment": full_truth.assignment_frame(first, mailing),
        "trace": full_truth.trace_frame(orders, departures, reviews, tickets),
    }
    ledger = Ledger(orders, lines, facts, assortment.products, first, days)
    return FullShop(ledger, generic, damage, truth)


def _consents(seed: int, first: date, days: int, lives: Lives, accounts: Accounts, shown: pl.DataFrame) -> pl.DataFrame:
    """Words by `account` and day, midnight being as good as any time until the first order is drawn."""
    rng = stream(seed, "consent")
    age = days - 1 - accounts.opened_day
    known = shown.select(
        "store", "email", "phone", "is_masked",
        is_named=pl.col("account_id").is_not_null(),
        account_id=pl.int_range(pl.len(), dtype=pl.Int64),
        opened_at=instants(first, moment(accounts.opened_day, np.zeros(len(accounts), dtype=np.int64))),
        is_sign_up=pl.Series(~lives.customers.buys[accounts.person]),
        after_days=pl.Series(1 + (rng.random(len(accounts)) * (age - 1)).astype(np.int64)),
        can_withdraw=pl.Series(age > 1),
    ).filter("is_named")  # fmt: skip
    has_phone = pl.col("phone").is_not_null() & ~pl.col("is_masked")
    no_sign_up = known.with_columns(is_sign_up=pl.lit(value=False))
    return (
        pl.concat(
            [
                *words(rng, "email", known.filter(pl.col("email").is_not_null() & (pl.col("store") == SHOPIFY))),
                *words(rng, "sms", no_sign_up.filter(has_phone)),
                *words(rng, "wechat", no_sign_up.filter(pl.col("store") != SHOPIFY)),
            ]
        )
        .rename({"account_id": "account"})
        .with_columns(said_day=(pl.col("said_at") - pl.lit(first)).dt.total_days())
        .sort("said_at", "account", "channel")
    )


def _at_opening(said: pl.DataFrame, opened_at: pl.Series) -> pl.DataFrame:
    """The words at the time of the day at which the account was opened."""
    opened = opened_at.gather(said["account"])
    return said.with_columns(said_at=pl.col("said_at") + (opened - opened.dt.truncate("1d"))).sort(
        "said_at", "account", "channel"
    )


def _opened_at(seed: int, first: date, accounts: Accounts, orders: pl.DataFrame) -> pl.Series:
    """Minutes before the first order of the account; for who has none, some time of the day."""
    rng = stream(seed, "account")
    size = len(accounts)
    second = rng.integers(6 * 3600, DAY_SECONDS, size)
    earliest = orders.group_by("account").agg(pl.col("day").min(), pl.col("ordered_at").min().alias("at"))
    on_day = earliest.filter(pl.col("day") == pl.Series(accounts.opened_day).gather(earliest["account"]))
    of_day = (on_day["at"] - on_day["at"].dt.truncate("1d")).dt.total_seconds().to_numpy()
    account = on_day["account"].to_numpy()
    second[account] = of_day - rng.integers(60, 900, size)[account]
    return instants(first, moment(accounts.opened_day, second)).alias("opened_at")


def _damage(seed: int, orders: pl.DataFrame, sales: Sales, world: FullWorld) -> pl.DataFrame:
    """`order`, `line`, `reason`: so many lines of paid orders as the world damages, at most one an order."""
    rng = stream(seed, "damage")
    paid = np.flatnonzero(orders["is_paid"].to_numpy())
    wanted = min(round(len(sales.lines) * world.buying.damaged_share), len(paid))
    order = np.sort(rng.permutation(paid)[:wanted])
    first_line, size = orders["first_line"].to_numpy()[order], orders["lines"].to_numpy()[order]
    line = first_line + (rng.random(wanted) * size).astype(np.int64)
    reason = pl.Series(REASONS).gather(rng.integers(len(REASONS), size=wanted))
    return pl.DataFrame({"order": order, "line": line, "reason": reason})


def _of_accounts(frame: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """With `store_id` and `account_id` of the `account`."""
    named = facts.select("account_id", pl.Series("store_id", STORES).gather(facts["store"]))
    return pl.concat([frame, named.select(pl.all().gather(frame["account"]))], how="horizontal")


def _of_orders(
    frame: pl.DataFrame, orders: pl.DataFrame, sales: Sales, assortment: Assortment, facts: pl.DataFrame
) -> pl.DataFrame:
    """With the account, the number and the first product of the `order`."""
    of_order = orders.select("account", "order_id", "first_line").select(pl.all().gather(frame["order"]))
    product = assortment.products["product_id"].gather(sales.lines["product"].gather(of_order["first_line"]))
    joined = pl.concat([frame, of_order], how="horizontal").with_columns(product_id=product)
    return _of_accounts(joined, facts)
