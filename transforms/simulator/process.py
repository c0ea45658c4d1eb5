"""When customers come, buy and leave, and what they spend.

Pareto/NBD: Schmittlein, Morrison and Colombo, "Counting Your Customers: Who Are They and What Will They Do Next?",
Management Science 33 (1987). Gamma-Gamma: Colombo and Jiang, "A Stochastic RFM Model", Journal of Interactive Marketing
13 (1999), in the notation of Fader, Hardie and Lee, "RFM and CLV", Journal of Marketing Research 42 (2005).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from transforms.simulator.world import PlainWorld, stream

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SMALLEST_SPEND_CENTS = 50


@dataclass(frozen=True, slots=True)
class Customers:
    """The latent state, one entry a customer, in order of arrival."""

    arrival_day: Ints
    """Days from the first date of the shop to the first occasion (for those who never buy: to the sign-up)."""
    age_days: Ints
    """Days from arrival to the last date."""
    buys: NDArray[np.bool_]
    purchase_rate: Floats
    """lambda: repeat occasions a day while alive."""
    death_rate: Floats
    """mu: deaths a day."""
    lifetime_days: Floats
    mean_spend: Floats
    """Expected spend of an occasion, p / nu, in units of currency."""

    def __len__(self) -> int:
        return len(self.arrival_day)


@dataclass(frozen=True, slots=True)
class Occasions:
    """Every purchase occasion up to the last date, sorted by customer and day."""

    customer: Ints
    """Index into `Customers`."""
    day: Ints
    """Days from the first date of the shop."""
    spend_cents: Ints

    def __len__(self) -> int:
        return len(self.customer)


def draw_customers(seed: int, customers: int, first: date, until: date, world: PlainWorld) -> Customers:
    """Customers arriving from `first` to `until`, both included. Raises ValueError for no customer or no day."""
    days = (until - first).days + 1
    if customers < 1 or days < 1:
        raise ValueError(f"a shop needs a customer and a day; got {customers} customers and {days} days")
    arrivals = stream(seed, "arrival")
    arrival_day = np.sort(_arrival_days(arrivals.random(customers), days, world.arrival_growth))
    never = arrivals.permutation(customers)[: int(customers * world.never_bought_share)]
    buys = np.ones(customers, dtype=np.bool_)
    buys[never] = False
    latent = stream(seed, "latent")
    death_rate = latent.gamma(world.s, 1 / world.beta, customers)
    spend_rate = stream(seed, "spend level").gamma(world.q, 1 / world.v, customers)
    return Customers(
        arrival_day=arrival_day,
        age_days=days - 1 - arrival_day,
        buys=buys,
        purchase_rate=latent.gamma(world.r, 1 / world.alpha, customers),
        death_rate=death_rate,
        lifetime_days=latent.exponential(1.0, customers) / death_rate,
        mean_spend=world.p / spend_rate,
    )


def _arrival_days(uniform: Floats, days: int, growth: float) -> Ints:
    if growth > 0:
        # Inverse of the distribution with density proportional to 1 + growth * u on [0, 1].
        uniform = (np.sqrt(1 + growth * (2 + growth) * uniform) - 1) / growth
    return np.minimum((uniform * days).astype(np.int64), days - 1)


def draw_occasions(seed: int, customers: Customers, world: PlainWorld) -> Occasions:
    """The first occasion of every buyer at arrival, and the repeat occasions while alive, up to the last date.

    Given its number, the repeat times of a Poisson process are uniform, so no customer is stepped through. The models
    count whole days, and a day is one occasion: times are rounded to days, and a second occasion of a day moves to the
    next, lest the data hold fewer occasions than the process (1 % fewer with the default rates).
    """
    rng = stream(seed, "purchase")
    watched_days = np.where(customers.buys, np.minimum(customers.lifetime_days, customers.age_days), 0.0)
    repeats = rng.poisson(customers.purchase_rate * watched_days)
    buyers = np.flatnonzero(customers.buys)
    customer = np.concatenate([buyers, np.repeat(np.arange(len(customers)), repeats)])
    since_arrival = rng.random(len(customer)) * watched_days[customer]
    since_arrival[: len(buyers)] = 0.0
    order = np.lexsort((since_arrival, customer))
    customer, since_arrival = customer[order], since_arrival[order]
    day = one_a_day(customer, np.rint(since_arrival).astype(np.int64))
    seen = day <= np.rint(watched_days[customer])
    customer, day = customer[seen], day[seen]
    spend = stream(seed, "spend").gamma(world.p, customers.mean_spend[customer] / world.p)
    return Occasions(
        customer=customer,
        day=customers.arrival_day[customer] + day,
        spend_cents=np.maximum(np.rint(spend * 100).astype(np.int64), SMALLEST_SPEND_CENTS),
    )


def one_a_day(customer: Ints, day: Ints) -> Ints:
    """Days of each customer made strictly rising, by the running maximum of day less position in the customer."""
    starts = np.concatenate([[True], customer[1:] != customer[:-1]])
    position = np.arange(len(customer)) - np.maximum.accumulate(np.where(starts, np.arange(len(customer)), 0))
    apart = customer * (2 * (int(day.max(initial=0)) + len(customer)) + 1)
    return np.maximum.accumulate(day - position + apart) - apart + position
