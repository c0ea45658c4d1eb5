"""The plain shop: every customer buys by the textbook, so that a fitted model can be held against its parameters."""

from datetime import date

import numpy as np
import polars as pl

from transforms.contracts.table import MONEY_SCALE
from transforms.simulator.baskets import Lines, draw_lines, favourite_categories
from transforms.simulator.catalogue import CATEGORIES, catalogue
from transforms.simulator.consents import draw_consents
from transforms.simulator.damage import choose_damage
from transforms.simulator.people import draw_people
from transforms.simulator.process import Customers, Ints, Occasions, draw_customers, draw_occasions
from transforms.simulator.world import PlainWorld, Shop, stream

PLAIN = PlainWorld()
DAY_SECONDS = 86_400
FORM_SECONDS = 900
"""An account is opened at most so long before its first order."""
FIRST_SIGN_UP_SECOND = 6 * 3600


def plain_shop(seed: int, customers: int, first: date, until: date, world: PlainWorld = PLAIN) -> Shop:
    """A shop from `first` to the end of `until`, in its own local time.

    The frames are those of `Shop`. `truth["customer"]` has a row for every account: `account_id`, `arrival_date`,
    `is_buyer`, `lambda_per_day`, `mu_per_day`, `lifetime_days`, `death_date` (null while alive at the end of `until`),
    `mean_spend` (expected spend of an occasion, in units of currency), `occasions`, `orders`, `paid` (Int64,
    ten-thousandths) and `favourite_category`; the latent columns are null for those who never buy. The counts are those
    of the undamaged lines.

    The same arguments give the same frames. Raises ValueError for no customer, no day or a negative seed.
    """
    who = draw_customers(seed, customers, first, until, world)
    occasions = draw_occasions(seed, who, world)
    lines = draw_lines(seed, who, occasions, world)
    people = draw_people(seed, who, world)
    opened_at = _opened_at(seed, who, occasions, lines, first).alias("opened_at")
    accounts = people.select("account_id", opened_at, pl.exclude("account_id"))
    order_lines = _order_lines(occasions, lines, people, first, world)
    return Shop(
        order_lines=order_lines,
        customer_accounts=accounts,
        consents=draw_consents(seed, who, accounts),
        truth={
            "parameter": world.as_frame(),
            "customer": _customer_truth(seed, who, people, order_lines, first),
            "product": catalogue(),
            "damaged_row": choose_damage(seed, order_lines, world.damaged_share),
        },
    )


def _instants(first: date, day: Ints, second: Ints) -> pl.Series:
    start = np.datetime64(first, "us")
    return pl.Series(start + (day * DAY_SECONDS + second).astype("timedelta64[s]"))


def _opened_at(seed: int, customers: Customers, occasions: Occasions, lines: Lines, first: date) -> pl.Series:
    rng = stream(seed, "account")
    size = len(customers)
    second = rng.integers(FIRST_SIGN_UP_SECOND, DAY_SECONDS, size)
    first_line = np.flatnonzero(np.diff(lines.occasion, prepend=-1))
    first_occasion = np.flatnonzero(np.diff(occasions.customer, prepend=-1))
    before_order = rng.integers(60, FORM_SECONDS, size)[customers.buys]
    second[customers.buys] = lines.second[first_line[first_occasion]] - before_order
    return _instants(first, customers.arrival_day, second)


def _order_lines(
    occasions: Occasions, lines: Lines, people: pl.DataFrame, first: date, world: PlainWorld
) -> pl.DataFrame:
    day = occasions.day[lines.occasion]
    # Orders are numbered as they come in; the sort is stable, so the lines of an order keep their order.
    by_time = np.lexsort((lines.is_second_order, lines.occasion, lines.second, day))
    occasion, is_second_order = lines.occasion[by_time], lines.is_second_order[by_time]
    is_new = (np.diff(occasion, prepend=-1) != 0) | (np.diff(is_second_order, prepend=False))
    number = pl.Series(np.cumsum(is_new)).cast(pl.String).str.zfill(8)
    customer = occasions.customer[occasion]
    product = lines.product[by_time]
    ten_thousandths = MONEY_SCALE // 100
    return pl.DataFrame(
        {
            "order_id": "O" + number,
            "ordered_at": _instants(first, day[by_time], lines.second[by_time]),
            "account_id": people["account_id"].gather(customer),
        }
    ).with_columns(
        catalogue()["product_id", "product_name", "category"][product],
        quantity=pl.Series(lines.quantity[by_time]),
        unit_price=pl.Series(lines.unit_price_cents[by_time] * ten_thousandths),
        discount=pl.Series(lines.discount_cents[by_time] * ten_thousandths),
        currency=pl.lit(world.currency),
        region=people["region"].gather(customer),
        acquired_by=people["acquired_by"].gather(customer),
    )


def _customer_truth(
    seed: int, customers: Customers, people: pl.DataFrame, order_lines: pl.DataFrame, first: date
) -> pl.DataFrame:
    start = np.datetime64(first, "D")
    # Rounded as the occasions are, so that the last one can fall on the day of death but not after it.
    watched_days = np.minimum(customers.lifetime_days, customers.age_days + 1.0)
    death = start + (customers.arrival_day + np.rint(watched_days).astype(np.int64)).astype("timedelta64[D]")
    latent = ("lambda_per_day", "mu_per_day", "lifetime_days", "death_date", "mean_spend", "favourite_category")
    counted = order_lines.group_by("account_id").agg(
        pl.col("ordered_at").dt.date().n_unique().cast(pl.Int64).alias("occasions"),
        pl.col("order_id").n_unique().cast(pl.Int64).alias("orders"),
        (pl.col("quantity") * pl.col("unit_price") - pl.col("discount")).sum().alias("paid"),
    )
    return (
        pl.DataFrame(
            {
                "account_id": people["account_id"],
                "arrival_date": start + customers.arrival_day.astype("timedelta64[D]"),
                "is_buyer": customers.buys,
                "lambda_per_day": customers.purchase_rate,
                "mu_per_day": customers.death_rate,
                "lifetime_days": customers.lifetime_days,
                "death_date": death,
                "mean_spend": customers.mean_spend,
                "favourite_category": pl.Series(CATEGORIES).gather(favourite_categories(seed, customers)),
            }
        )
        .with_columns(
            pl.when(pl.Series(customers.lifetime_days <= customers.age_days)).then("death_date").alias("death_date")
        )
        .with_columns(pl.when("is_buyer").then(name).alias(name) for name in latent)
        .join(counted, on="account_id", how="left", maintain_order="left")
        .with_columns(pl.col("occasions", "orders", "paid").fill_null(0))
    )
