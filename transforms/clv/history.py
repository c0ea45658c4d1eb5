"""Purchase histories: what the value models know of a customer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.clv.fitting.parts import at_once, parts_of, runs
from transforms.contracts.table import MONEY_SCALE

COUNTS = ("x", "t_x_days", "age_days")
"""The three numbers a model of purchase times sees: repeat occasions, first to last, first to `as_of`."""

_DAYS, _FIRST_DAY = 2**21, 2**20
"""Room for the day in a number of customer and day, and where 1970 lies in it: any date of people fits."""
_LARGEST = 2**63 - 1
_FEW = 2**20


def occasions(orders: pl.LazyFrame) -> pl.LazyFrame:
    """One row a purchase occasion: a shop-local day on which the customer placed at least one order.

    `orders` holds `customer_id`, `happened_date` and `spend` (Int64, ten-thousandths of the currency unit), one row an
    order. Gives the same columns, `spend` summed over the day, sorted where `customer_id` is a number and in no
    particular order where it is a text. Orders without a customer or a date are left out. Numbers lie within 2 ** 42
    of zero: beyond, Polars' InvalidOperationError; texts serve.
    """
    known = orders.filter(pl.col("customer_id").is_not_null() & pl.col("happened_date").is_not_null())
    customer = known.collect_schema()["customer_id"]
    if not customer.is_integer():
        return known.group_by("customer_id", "happened_date").agg(pl.col("spend").sum())
    # To sort one number of customer and day takes less time and half the memory that a group-by of the two does.
    day = pl.col("happened_date").to_physical() + _FIRST_DAY
    return (
        known.select("spend", key=(pl.col("customer_id").cast(pl.Int128) * _DAYS + day).cast(pl.Int64))
        .sort("key")
        .group_by("key", maintain_order=True)
        .agg(pl.col("spend").sum())
        .select(
            customer_id=(pl.col("key") // _DAYS).cast(customer),
            happened_date=(pl.col("key") % _DAYS - _FIRST_DAY).cast(pl.Int32).cast(pl.Date),
            spend="spend",
        )
        .set_sorted("customer_id")
    )


def purchase_history(orders: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """One row a customer with a purchase up to and including `as_of`, in no particular order.

    `orders` is as for `occasions`; later orders are not looked at. Gives

    - `x`: occasions after the first;
    - `t_x_days`: days from the first occasion to the last. (Not the `recency_days` of tables, which counts from the
      last occasion to `as_of`.);
    - `age_days`: days from the first occasion to `as_of`;
    - `mean_spend`: mean spend of the repeat occasions in currency units, null where x = 0, as in Fader, Hardie and Lee
      (2005, "RFM and CLV");
    - `first_spend`: that of the first occasion;
    - `first_date`, `last_date`.
    """
    x = pl.col("x").cast(pl.Int64) - 1
    return (
        occasions(orders.filter(pl.col("happened_date") <= as_of))
        .group_by("customer_id")
        .agg(
            x=pl.len(),
            first_date=pl.col("happened_date").min(),
            last_date=pl.col("happened_date").max(),
            # Money stays an integer until the one division: the mean does not depend on the order of rows or threads.
            spend=pl.col("spend").sum(),
            first_spend=pl.col("spend").min_by("happened_date"),
        )
        .select(
            "customer_id",
            x=x,
            t_x_days=(pl.col("last_date") - pl.col("first_date")).dt.total_days(),
            age_days=(pl.lit(as_of) - pl.col("first_date")).dt.total_days(),
            mean_spend=pl.when(x > 0).then((pl.col("spend") - pl.col("first_spend")) / (x * MONEY_SCALE)),
            first_spend=pl.col("first_spend") / MONEY_SCALE,
            first_date="first_date",
            last_date="last_date",
        )
    )


def distinct_histories(history: pl.DataFrame) -> pl.DataFrame:
    """How many customers share each (x, t_x_days, age_days): those columns and `weight`, all Int64, sorted.

    A fit on this depends neither on the order of rows nor on threads. Where `history` has a `weight` already, weights
    are added up, so the distinct histories of several shards can be concatenated and passed again.

    Raises ValueError as `purchase_counts` does.
    """
    counts = _checked(history)
    many, days = (1 + (most or 0) for most in counts.select(pl.col("x", "age_days").max()).row(0))
    if many * days * days > _LARGEST:
        rows = counts.with_columns(_weights(history))
        return rows.group_by(COUNTS).agg(pl.col("weight").sum()).sort(COUNTS)
    # One number of the three is sorted twenty times as fast as three columns are grouped.
    packed = _joined(counts.select((pl.col("x") * days + pl.col("t_x_days")) * days + pl.col("age_days")).to_series())
    if "weight" in history.columns:
        found, which = _distinct(packed, many * days * days)
        weight = np.bincount(which, weights=_weights(history).to_numpy()).astype(np.int64)
    else:
        packed = np.sort(packed)
        first = runs(packed)
        found, weight = packed[first], np.diff(first, append=len(packed))
    rest, age_days = np.divmod(found, days)
    x, t_x_days = np.divmod(rest, days)
    return pl.DataFrame({"x": x, "t_x_days": t_x_days, "age_days": age_days, "weight": weight})


def distinct_spends(history: pl.DataFrame) -> pl.DataFrame:
    """The same of `x` (Int64, not negative) and `mean_spend` (Float64): the distinct pairs, sorted, and `weight`."""
    if "weight" in history.columns:
        weight = pl.col("weight").cast(pl.Int64).sum()
        return history.group_by("x", "mean_spend").agg(weight).sort("x", "mean_spend")
    x, spend = (history[name].to_numpy() for name in ("x", "mean_spend"))
    # The smallest type that holds x, because NumPy sorts 8 and 16 bits by digits; then the spends of each x by
    # themselves: a fifth of the time of sorting two columns.
    by_x = np.argsort(x.astype(np.min_scalar_type(int(x.max(initial=0)))), kind="stable")
    x, spend = x[by_x], spend[by_x]
    for of_x in np.split(spend, runs(x)[1:]):
        of_x.sort()
    first = runs(x, spend)
    return pl.DataFrame({"x": x[first], "mean_spend": spend[first], "weight": np.diff(first, append=len(x))})


def _weights(history: pl.DataFrame) -> pl.Series:
    weight = history["weight"] if "weight" in history.columns else pl.Series(np.ones(history.height))
    return weight.cast(pl.Int64).alias("weight")


@dataclass(frozen=True, slots=True)
class PurchaseCounts:
    """The three counts of every row as arrays, in row order; days are whole, so they can index tables."""

    x: NDArray[np.int64]
    t_x_days: NDArray[np.int64]
    age_days: NDArray[np.int64]

    def each_part(self, quantity: Callable[[Self], NDArray[np.float64]]) -> NDArray[np.float64]:
        """`quantity` of some thousand rows at a time, in row order."""
        found = np.empty(len(self.x))

        def fill(rows: slice) -> None:
            found[rows] = quantity(type(self)(self.x[rows], self.t_x_days[rows], self.age_days[rows]))

        at_once(fill, parts_of(len(found)))
        return found


def purchase_counts(history: pl.DataFrame) -> PurchaseCounts:
    """`x`, `t_x_days` and `age_days` of `history`, checked.

    Raises ValueError, with the rule and the number of rows that break it, where a value is missing, negative or not
    whole, a last purchase lies after `as_of`, or a customer without a repeat has a time of last purchase; and
    Polars' ColumnNotFoundError where a column is missing.
    """
    x, t_x_days, age_days = map(_joined, _checked(history))
    return PurchaseCounts(x, t_x_days, age_days)


def _checked(history: pl.DataFrame) -> pl.DataFrame:
    counts = history.select(COUNTS)
    for name, column in zip(COUNTS, counts, strict=True):
        if not column.dtype.is_integer() or column.null_count():
            counts = counts.with_columns(_whole(counts, name))
    x, t_x, age = map(pl.col, COUNTS)
    rules = {f"{name} is negative or not whole": pl.col(name) < 0 for name in COUNTS}
    refuse_first(counts, rules | {"t_x_days > age_days": t_x > age, "x = 0 with t_x_days > 0": (x == 0) & (t_x > 0)})
    return counts.cast(pl.Int64)


def _joined(column: pl.Series) -> NDArray[np.int64]:
    """By NumPy, which takes large arrays from the system in large pages: half the time of Polars' own joining."""
    if column.n_chunks() == 1:
        return column.to_numpy()
    joined: NDArray[np.int64] = np.concatenate([chunk.to_numpy() for chunk in column.get_chunks()])
    return joined


def _whole(counts: pl.DataFrame, name: str) -> pl.Series:
    value = pl.col(name)
    numbers = counts.select(value.cast(pl.Float64))
    refuse(numbers, ~value.is_finite().fill_null(value=False), f"{name} is missing or not a number")
    refuse(numbers, (value < 0) | (value != value.floor()), f"{name} is negative or not whole")
    return numbers[name]


def distinct_pairs(x: NDArray[np.int64], days: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """The distinct pairs of x and days, sorted, as two arrays, and which of them each row has.

    A million customers have some 16,000 different pairs of x and age.
    """
    every_day = int(days.max(initial=0)) + 1
    found, pair_of = _distinct(x * every_day + days, (int(x.max(initial=0)) + 1) * every_day)
    return *np.divmod(found, every_day), pair_of


def _distinct(number: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct numbers from 0 to below `size`, sorted, and which of them each is."""
    if size > max(_FEW, 4 * len(number)):
        return np.unique(number, return_inverse=True)
    # Ten times as fast as to sort.
    present = np.zeros(size, dtype=bool)
    present[number] = True
    return np.flatnonzero(present), (np.cumsum(present) - 1)[number]


def refuse(history: pl.DataFrame, broken: pl.Expr, rule: str) -> None:
    """Raise ValueError with the count and the rule if `broken` is true in any row; never names a customer."""
    refuse_first(history, {rule: broken})


def refuse_first(history: pl.DataFrame, rules: Mapping[str, pl.Expr]) -> None:
    """The same of several rules in one pass, of which the first that is broken is told."""
    broken = history.select(when.sum().alias(rule) for rule, when in rules.items())
    for rule, count in broken.row(0, named=True).items():
        if count:
            raise ValueError(f"{count} of {history.height} histories: {rule}")
