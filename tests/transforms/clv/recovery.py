"""How far a fit lies from the truth, in the units of its own uncertainty."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from transforms.clv.history import purchase_history
from transforms.clv.times.pareto_nbd import ParetoNBD
from transforms.simulator.world import Shop

NAMES = ("r", "alpha", "s", "beta")


def wald_statistic(history: pl.DataFrame, truth: Mapping[str, float]) -> float:
    """(theta - truth)' I (theta - truth) for the Pareto/NBD fitted to `history`.

    theta are the logarithms of r, alpha, s and beta, `truth` holds the true parameters (days), and I is the observed
    information at the optimum. Chi-squared with four degrees of freedom where `history` comes from that model.
    """
    model = ParetoNBD.fit(history)
    off = np.log([getattr(model, name) / truth[name] for name in NAMES])
    return float(off @ np.linalg.inv(model.covariance) @ off)


def history_of(shop: Shop, as_of: date) -> pl.DataFrame:
    """The purchase history of a simulated shop's undamaged order lines, by the product's own step."""
    lines = shop.order_lines.lazy()
    orders = lines.select(
        customer_id="account_id",
        happened_date=pl.col("ordered_at").dt.date(),
        spend=pl.col("quantity") * pl.col("unit_price") - pl.col("discount"),
    )
    return purchase_history(orders, as_of).collect()


def true_parameters(shop: Shop) -> dict[str, float]:
    """r, alpha, s and beta of the world that a shop was drawn from."""
    numbers = dict(shop.truth["parameter"].iter_rows())
    return {name: numbers[name] for name in NAMES}
