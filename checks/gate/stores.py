"""Each store beside its own past: orders as fresh as usual, and worth what they usually are."""

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

from checks.gate.check import RESULT_SCHEMA, result
from transforms.contracts.staged import PURCHASE_ORDER

GAP_DAYS = 90
"""Days with orders whose gaps tell how long a store is silent at times."""
FEWEST_GAPS = 10
LONGER, NEVER_BELOW_DAYS, CLOSED_DAYS = 1.5, 2, 365
"""A silence is unusual if it is so many times the longest before, and longer than a weekend. After a year of it the
store is closed, and nobody need be told any more."""

FRESH_AS_USUAL = "stores_as_fresh_as_usual"

FACTOR = 5
"""A median that rose or fell so many times is no price: dollars or euros taken for yuan make 6 to 8, cents make 100."""
RECENT_DAYS, BEFORE_DAYS = (1, 7), 90
"""The last day, where a store sells enough, tells at once; the last week also of smaller ones."""
FEWEST_ORDERS = 20
"""A median of fewer, now or before, tells nothing."""

SILENCES = {"store_id": pl.String(), "last_order_date": pl.Date(), "days_since_last_order": pl.Int64()}
"""Columns of `silences`: those of mart.freshness."""


def store_results(orders: pl.LazyFrame, silences: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Two results, in RESULT_SCHEMA: `stores_as_fresh_as_usual`, `order_values_as_usual`. Rows in them are stores.

    `orders`: staged.purchase_order. `silences`: SILENCES of nights published before; a store whose file comes once a
    week is silent for six days without a gap between its orders.
    """
    days = orders.select("store_id", "happened_date").unique().collect(engine="streaming")
    values = orders.filter(pl.col("happened_date") > as_of - timedelta(days=BEFORE_DAYS + max(RECENT_DAYS)))
    medians = _medians(values, as_of).collect(engine="streaming")
    return pl.DataFrame([_fresh(days, silences, as_of), _worth(medians)], schema=RESULT_SCHEMA)


def _fresh(days: pl.DataFrame, silences: pl.DataFrame, as_of: date) -> dict[str, object]:
    gap = (pl.col("happened_date") - pl.col("happened_date").shift()).dt.total_days()
    of_orders = (
        days.sort("store_id", "happened_date")
        .group_by("store_id", maintain_order=True)
        .agg(last=pl.col("happened_date").last(), gaps=gap.drop_nulls().tail(GAP_DAYS))
        .with_columns(longest=pl.col("gaps").list.max(), silence=(pl.lit(as_of) - pl.col("last")).dt.total_days())
    )
    # A silence that goes on tells nothing of how long they usually last.
    ended = silences.join(of_orders, on="store_id").filter(pl.col("last_order_date") < pl.col("last"))
    waited = ended.group_by("store_id").agg(waited=pl.col("days_since_last_order").max())
    compared = (
        of_orders.filter(pl.col("gaps").list.len() >= FEWEST_GAPS, pl.col("silence") <= CLOSED_DAYS)
        .join(waited, on="store_id", how="left")
        .with_columns(usual=pl.max_horizontal("longest", "waited"))
    )
    silent = compared.filter(pl.col("silence") > pl.max_horizontal(pl.lit(NEVER_BELOW_DAYS), LONGER * pl.col("usual")))
    stores = silent.select("store_id", "silence", "usual").sort("store_id").rows()
    named = _named(f"{store} ({days} days, at most {usual} before)" for store, days, usual in stores)
    meaning = f"Stores without an order for longer than ever lately{named}: fetch their exports, or see to the shop."
    return result(PURCHASE_ORDER.name, FRESH_AS_USUAL, "warning", compared.height, silent.height, meaning)


def _medians(orders: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`store_id`, `days`, `recent`, `before`: median of paid orders of the last days and of those before them."""
    age = (pl.lit(as_of) - pl.col("happened_date")).dt.total_days()
    paid = orders.filter(pl.col("customer_paid") > 0).select("store_id", "customer_paid", age=age)
    parts = []
    for days in RECENT_DAYS:
        is_recent, is_before = pl.col("age") < days, pl.col("age").is_between(days, days + BEFORE_DAYS, closed="left")
        medians = paid.group_by("store_id").agg(
            days=pl.lit(days),
            recent=pl.col("customer_paid").filter(is_recent).median(),
            before=pl.col("customer_paid").filter(is_before).median(),
            fewest=pl.min_horizontal(is_recent.sum(), is_before.sum()),
        )
        parts.append(medians.filter(pl.col("fewest") >= FEWEST_ORDERS))
    return pl.concat(parts)


def _worth(medians: pl.DataFrame) -> dict[str, object]:
    ratio = medians.with_columns(times=pl.col("recent") / pl.col("before"))
    jumped = ratio.filter((pl.col("times") >= FACTOR) | (pl.col("times") <= 1 / FACTOR))
    stores = jumped.sort("store_id", "days").unique("store_id", keep="first", maintain_order=True)
    named = _named(f"{store} ({times:.3g} times)" for store, times in stores.select("store_id", "times").rows())
    meaning = (
        f"Stores whose orders are suddenly worth many times more or less{named}: amounts in cents or in another "
        "currency; look at the latest export and at the currency of the store."
    )
    compared = medians["store_id"].n_unique()
    return result(
        PURCHASE_ORDER.name, "order_values_as_usual(customer_paid)", "warning", compared, stores.height, meaning
    )


def _named(stores: Iterable[str]) -> str:
    told = ", ".join(stores)
    return f", {told}" if told else ""
