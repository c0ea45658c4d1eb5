"""How much of what a customer pays is left to the shop: their own rate, as far as it can be believed, else the shop's.

Buehlmann and Straub (1970), as in `transforms.clv.spend.credibility`: Z own + (1 - Z) shop, Z = occasions /
(occasions + k), k = variance of one occasion's rate around the customer's over that of customers around each other.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.clv.spend.credibility import credibility, read_stored

Floats = NDArray[np.float64]

LOWEST, HIGHEST = -1.0, 2.0
"""What an own rate counts for. A trifle bought with all the costs of an order says -500, and nobody's next purchase
loses more than is paid for it; above 1 it is where a platform pays the shop on top."""


def margin_spread(orders: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `x`, `spread`: how far single occasions' margins are from the customer's rate. Shard-local.

    `spread` is the sum of squares of (margin - rate * paid) / mean paid, which is that of occasions' rates where all
    pay alike, and does not explode where one paid next to nothing; null where nothing was paid. `orders`:
    mart.purchase_order.
    """
    # Exact until the one division, so that it does not depend on the order of rows.
    margin, paid = (pl.col(name).cast(pl.Int128) for name in ("margin", "customer_paid"))
    days = (
        orders.filter(pl.col("customer_id").is_not_null())
        .group_by("customer_id", "order_date")
        .agg(pl.col("margin", "customer_paid").sum())
    )
    sums = days.group_by("customer_id").agg(
        occasions=pl.len(),
        margin=margin.sum(),
        paid=paid.sum(),
        of_margin=(margin * margin).sum(),
        of_both=(margin * paid).sum(),
        of_paid=(paid * paid).sum(),
    )
    numbers = sums.with_columns(pl.all().exclude("customer_id").cast(pl.Float64))
    rate, mean_paid = pl.col("margin") / pl.col("paid"), pl.col("paid") / pl.col("occasions")
    squares = pl.col("of_margin") - 2 * rate * pl.col("of_both") + rate * rate * pl.col("of_paid")
    spread = squares.clip(lower_bound=0) / mean_paid**2
    repeats = pl.col("occasions").cast(pl.Int64) - 1
    return numbers.select("customer_id", x=repeats, spread=pl.when(pl.col("paid") > 0).then(spread))


@dataclass(frozen=True, slots=True)
class MarginRate:
    """`shop`: what is left of a unit paid over all `customers`. `between`, `within`: variances of the rate."""

    NAME: ClassVar[str] = "margin_rate"

    shop: float
    between: float
    within: float
    customers: int

    @classmethod
    def fit(cls, customers: pl.DataFrame) -> Self:
        """By moments over the customers, sorted by id, with a purchase.

        `customers`: `x` (occasions after the first) and `spread` of `margin_spread`, `customer_paid` and `margin` of
        mart.customer, all up to one night. Where nobody came back, or differences between customers are those of
        chance, all have the shop's rate; where nothing was paid it is 0.
        """
        total_paid, total_margin = int(customers["customer_paid"].sum()), int(customers["margin"].sum())
        shop = total_margin / total_paid if total_paid > 0 else 0.0
        # Of a single occasion nobody can say whether the customer or chance made it what it was.
        came_back = customers.filter(pl.col("customer_paid") > 0, pl.col("x") > 0)
        if came_back.is_empty():
            return cls(shop, 0.0, 0.0, customers.height)
        within = float(came_back["spread"].to_numpy().sum()) / int(came_back["x"].sum())
        return cls(shop, _between(came_back, within), within, customers.height)

    def rates(self, customers: pl.DataFrame) -> pl.Series:
        """Part of what is paid that is left, for each customer; Float64 in row order, may be negative.

        `customers`: `x`, `customer_paid`, `margin` as for `fit`. Who paid nothing has the shop's rate.
        """
        occasions = customers["x"].to_numpy() + 1
        paid = customers["customer_paid"].to_numpy()
        own = np.where(paid > 0, credibility(occasions, self.between, self.within), 0.0)
        return pl.Series("margin_rate", own * _own_rate(customers) + (1 - own) * self.shop)

    def to_json(self) -> str:
        """Name, rate, variances and customers as one JSON object; `from_json` gives back an equal one."""
        return json.dumps({"model": self.NAME} | asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote. Raises ValueError for any other text."""
        return cls(**read_stored(text, cls.NAME, [field.name for field in fields(cls)]))


def _between(came_back: pl.DataFrame, within: float) -> float:
    occasions, own = came_back["x"].to_numpy() + 1.0, _own_rate(came_back)
    total = float(occasions.sum())
    mean = float((occasions * own).sum()) / total
    beyond_chance = float((occasions * (own - mean) ** 2).sum()) - (len(own) - 1) * within
    scale = total - float((occasions**2).sum()) / total
    return max(beyond_chance / scale, 0.0) if scale > 0 else 0.0


def _own_rate(customers: pl.DataFrame) -> Floats:
    paid = np.maximum(customers["customer_paid"].to_numpy(), 1)
    rate: Floats = np.clip(customers["margin"].to_numpy() / paid, LOWEST, HIGHEST)
    return rate
