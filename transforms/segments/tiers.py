"""Membership tiers: what the customer is told, earned by what was paid in a window."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field


class Tier(BaseModel):
    """One membership level. The lowest has `top_share` 1 and takes everyone who ever bought."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="Name the customer is told.")
    top_share: float = Field(gt=0, le=1, description="Share, from the top, of those who paid anything in the window.")
    discount: float = Field(0.0, ge=0, lt=1, description="Member discount.")


DEFAULT_TIERS = (
    Tier(name="platinum", top_share=0.05, discount=0.10),
    Tier(name="silver", top_share=0.20, discount=0.05),
    Tier(name="member", top_share=1.0, discount=0.0),
)
WINDOW_DAYS = 365


def paid_in_window(orders: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """What each customer paid from a year before the month start to the night. Shard-local.

    The window moves at month starts only: an order can raise a tier, a fall comes at a month start, and on a day on
    which nothing happened nothing changes, so that any night can be rebuilt.

    `orders`: `customer_id`, `happened_date`, `customer_paid` (money). Gives `customer_id`, `window_paid`, and
    `month_start_paid`, the same up to and including the month start, on which all thresholds rest.
    """
    month_start = as_of.replace(day=1)
    day, paid = pl.col("happened_date"), pl.col("customer_paid")
    in_window = (day > month_start - timedelta(days=WINDOW_DAYS)) & (day <= as_of)
    return (
        orders.filter(day <= as_of)
        .group_by("customer_id")
        .agg(
            window_paid=paid.filter(in_window).sum(),
            month_start_paid=paid.filter(in_window & (day <= month_start)).sum(),
        )
        .sort("customer_id")
    )


def thresholds(month_start_paid: pl.Series, tiers: tuple[Tier, ...]) -> dict[str, int | None]:
    """Smallest payment that earns each tier, from what buyers had paid at the month start. A merge over all shards.

    `month_start_paid`: money, any order. A tier that too few buyers had for its share has None and takes nobody.
    """
    ranked = month_start_paid.filter(month_start_paid > 0).sort(descending=True)
    result: dict[str, int | None] = {}
    for tier in tiers:
        places = int(Decimal(str(tier.top_share)) * len(ranked))  # as written: 0.29 of 100 is 29, in floats 28
        result[tier.name] = 0 if tier.top_share == 1 else (int(ranked[places - 1]) if places else None)
    return result


def tier_of(window_paid: pl.Expr, limits: dict[str, int | None]) -> pl.Expr:
    """Highest tier whose threshold is met; null where `window_paid` is null. `limits` from highest to lowest."""
    reached = [pl.when(window_paid >= limit).then(pl.lit(name)) for name, limit in limits.items() if limit is not None]
    return pl.coalesce(reached)


def next_tier(window_paid: pl.Expr, limits: dict[str, int | None]) -> pl.Expr:
    """The tier that the next payments earn; null in the highest and where `window_paid` is null. `limits` as above.

    A tier that takes nobody is passed over, and of tiers with one threshold the highest is earned.
    """
    return pl.coalesce(pl.when(window_paid < limit).then(pl.lit(name)) for limit, name in _steps(limits))


def missing_to_next_tier(window_paid: pl.Expr, limits: dict[str, int | None]) -> pl.Expr:
    """Money that is still to be paid within the window to earn it; null where `next_tier` is."""
    return pl.coalesce(pl.when(window_paid < limit).then(limit - window_paid) for limit, _ in _steps(limits))


def _steps(limits: dict[str, int | None]) -> list[tuple[int, str]]:
    """Thresholds from the lowest to the highest, each with the highest tier it earns."""
    earned = {limit: name for name, limit in reversed(limits.items()) if limit is not None}
    return sorted(earned.items())
