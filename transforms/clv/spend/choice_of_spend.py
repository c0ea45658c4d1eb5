"""Which model of spend: Gamma-Gamma where what customers spend does not go with how often they come, else bands."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.clv.choice.choices import Reason
from transforms.clv.fitting.fit import NoFit
from transforms.clv.history import distinct_spends, refuse
from transforms.clv.spend.credibility import Credibility
from transforms.clv.spend.gamma_gamma import GammaGamma

SpendModel = GammaGamma | Credibility

LARGEST_CORRELATION = 0.2
"""Of ranks. Beyond it Gamma-Gamma, which takes the two for independent, draws frequent customers to a wrong mean."""
SIGNIFICANT = 1.96
"""Standard errors beyond which a correlation is no chance."""
LARGEST_INFLATION = 1.25
"""Of Gamma-Gamma's mean over what customers spend. Few large spenders draw q towards 1, where its mean is infinite, and
every newcomer would be given it."""


def every_occasion(history: pl.DataFrame) -> pl.DataFrame:
    """`x` occasions and their `mean_spend` (currency units, null where x = 0), the first occasion among them.

    `history`: `purchase_history`. What somebody spent the first time tells much of what he will spend (decision 34),
    but not if it was a gift: a first occasion that cost nothing is left out.
    """
    occasions = pl.col("x") + (pl.col("first_spend") > 0)
    spent = (pl.col("x") * pl.col("mean_spend")).fill_null(0.0) + pl.col("first_spend")
    return history.select(x=occasions, mean_spend=pl.when(occasions > 0).then(spent / occasions))


def fit_spend(history: pl.DataFrame) -> tuple[SpendModel, tuple[Reason, ...]]:
    """The model of spend and why.

    `independent_enough`, `depends_on_frequency`: Spearman's correlation of spend with frequency, and the largest that
    is taken for none. `no_fit`: the data do not determine Gamma-Gamma. `mean_too_high`: the mean it
    implies, and that of the customers.

    `history`: `x` and `mean_spend` (currency units, null where x = 0); the night gives `every_occasion`. Raises NoFit
    where every x is 0, and ValueError for a history that cannot be.
    """
    refuse(history, pl.col("mean_spend") < 0, "mean_spend < 0")
    spenders = history.filter(pl.col("x") > 0)
    if spenders.is_empty():
        raise NoFit("nobody has an occasion that tells what is spent")
    found, customers = rank_correlation(spenders)
    bound = max(LARGEST_CORRELATION, SIGNIFICANT / float(np.sqrt(max(customers - 1, 1))))
    if abs(found) > bound:
        reason = Reason("spend", "depends_on_frequency", GammaGamma.NAME, found, bound)
        return Credibility.fit(history), (reason,)
    reason = Reason("spend", "independent_enough", GammaGamma.NAME, found, bound)
    try:
        model = GammaGamma.fit(history)
    except NoFit:
        return Credibility.fit(history), (reason, Reason("spend", "no_fit", GammaGamma.NAME))
    implied = model.p * model.v / (model.q - 1)
    seen = float(spenders.filter(pl.col("mean_spend") > 0)["mean_spend"].mean())  # type: ignore[arg-type]
    if implied > LARGEST_INFLATION * seen:
        return Credibility.fit(history), (reason, Reason("spend", "mean_too_high", GammaGamma.NAME, implied, seen))
    return model, (reason,)


def rank_correlation(history: pl.DataFrame) -> tuple[float, int]:
    """Spearman's correlation of `x` and `mean_spend`, ties by their mean rank, and of how many customers.

    0 where one of the two is the same for all. `history`: no nulls; `weight`, if there, says how often a row counts.
    """
    told = distinct_spends(history)
    weight = told["weight"].to_numpy()
    ranks = [_ranks(told[name].to_numpy(), weight) for name in ("x", "mean_spend")]
    x, spend = (rank - float((weight * rank).sum()) / weight.sum() for rank in ranks)
    both, of_x, of_spend = (float((weight * one * other).sum()) for one, other in ((x, spend), (x, x), (spend, spend)))
    varies = of_x > 0 and of_spend > 0
    return (both / float(np.sqrt(of_x * of_spend)) if varies else 0.0), int(weight.sum())


def _ranks(values: NDArray[np.float64], weight: NDArray[np.int64]) -> NDArray[np.float64]:
    _, place = np.unique(values, return_inverse=True)
    customers = np.bincount(place, weights=weight)
    mean_rank: NDArray[np.float64] = np.cumsum(customers) - (customers - 1) / 2
    return mean_rank[place]
