"""The full world's people: what kind each is, when each comes and goes, and when each buys."""

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from transforms.simulator.process import (
    SMALLEST_SPEND_CENTS,
    Customers,
    Floats,
    Ints,
    Occasions,
    draw_customers,
    one_a_day,
)
from transforms.simulator.setting import Setting

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lives:
    """One entry a person, in order of arrival."""

    customers: Customers
    """In operational time; `mean_spend` holds the business factor."""
    arrived_at: Floats
    """Operational days from the first date to the arrival."""
    arrival_day: Ints
    """Calendar day of the arrival."""
    death_day: Ints
    """Calendar day on which the person's own end falls; the number of the shop's days where it is later than them."""
    is_business: Flags
    is_promotion_only: Flags
    is_haggler: Flags
    is_referrer: Flags

    def __len__(self) -> int:
        return len(self.arrival_day)


def draw_lives(setting: Setting, people: int) -> Lives:
    """People arriving on the days of the setting. Raises ValueError for nobody."""
    world, season, days = setting.world, setting.season, setting.days
    until = setting.first + timedelta(days=days - 1)
    customers = draw_customers(setting.seed, people, setting.first, until, world.buying)
    kind = setting.stream("kind")
    is_business = kind.random(people) < world.buying.business_share
    # Within the day, so that arrivals follow the season and not the whole numbers of operational days.
    arrived_at = customers.arrival_day + np.sort(setting.stream("arrival hour").random(people)) * 0.999
    ends_at = arrived_at + customers.lifetime_days
    factor = np.where(is_business, world.business_spend_factor, 1.0)
    return Lives(
        customers=replace(customers, mean_spend=customers.mean_spend * factor),
        arrived_at=arrived_at,
        arrival_day=season.day(arrived_at),
        death_day=np.where(ends_at < days, season.day(np.minimum(ends_at, days)), days),
        is_business=is_business,
        is_promotion_only=kind.random(people) < world.promotion_only_share,
        is_haggler=kind.random(people) < world.haggler_share,
        is_referrer=kind.random(people) < world.referrer_share,
    )


def draw_visits(setting: Setting, lives: Lives) -> Occasions:
    """The occasions of everyone who buys: the first on the day of arrival, the others while alive, in stretched time.

    As in `draw_occasions`, but uniform in operational time; `day` is a calendar day.
    """
    rng = setting.stream("purchase")
    customers, season, days = lives.customers, setting.season, setting.days
    shape = setting.world.buying.p
    watched_days = np.where(customers.buys, np.minimum(customers.lifetime_days, days - lives.arrived_at), 0.0)
    repeats = rng.poisson(customers.purchase_rate * watched_days)
    buyers = np.flatnonzero(customers.buys)
    customer = np.concatenate([buyers, np.repeat(np.arange(len(lives)), repeats)])
    since_arrival = rng.random(len(customer)) * watched_days[customer]
    since_arrival[: len(buyers)] = 0.0
    order = np.lexsort((since_arrival, customer))
    customer, since_arrival = customer[order], since_arrival[order]
    day = one_a_day(customer, season.day(lives.arrived_at[customer] + since_arrival))
    seen = (day < days) & (day <= lives.death_day[customer])
    customer, day = customer[seen], day[seen]
    spend = setting.stream("spend").gamma(shape, customers.mean_spend[customer] / shape)
    return Occasions(
        customer=customer,
        day=day,
        spend_cents=np.maximum(np.rint(spend * 100).astype(np.int64), SMALLEST_SPEND_CENTS),
    )
