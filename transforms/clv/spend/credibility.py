"""What a customer spends on an occasion, where that goes with how often they come: credibility by bands of frequency.

Buehlmann and Straub (1970), "Glaubwuerdigkeit fuer Schadensaetze", Mitteilungen der Vereinigung schweizerischer
Versicherungsmathematiker 70. A customer's own mean counts the more, the more occasions it is made of; the rest is the
mean of customers who come about as often. No distribution is assumed, only that spend varies in proportion to the
band's mean, and an occasion's alike around any customer's own.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.clv.fitting.fit import NoFit
from transforms.clv.fitting.fitted import data_hash
from transforms.clv.history import distinct_spends, refuse

Floats = NDArray[np.float64]

_LISTS = ("lowest_x", "means")

_NOTHING = 1e-9
"""Far below the smallest amount of any currency."""

FEWEST_IN_BAND = 30
"""Customers; a band with fewer is one with its neighbour."""


@dataclass(frozen=True, slots=True)
class Credibility:
    """`lowest_x` and `means`: where each band begins, and the mean spend of its customers, currency units.

    `between` and `within`: variance of customers' means within a band, and of one occasion around the customer's mean,
    both over the square of the band's mean.
    """

    NAME: ClassVar[str] = "credibility"

    lowest_x: tuple[int, ...]
    means: tuple[float, ...]
    between: float
    within: float
    customers: int
    data_hash: str

    @classmethod
    def fit(cls, history: pl.DataFrame) -> Self:
        """By moments over the rows with x > 0, each `weight` times if that column is there.

        The squared distance of a customer's mean from the band's, over the latter's square, is `between + within / x`
        in the mean; its sums, plain and weighted by x, give the two. (In money, frequent customers, who spend more,
        would make it seem to grow with x.) Where the sums do not tell the two apart, since all come equally often or
        spend alike, or give no `between` above zero, nobody's own spend counts.

        Raises NoFit if every x is 0, ValueError for a history that cannot be.
        """
        told = distinct_spends(_checked(history).filter(pl.col("x") > 0))
        x, spend, weight = (told[name].to_numpy() for name in ("x", "mean_spend", "weight"))
        if not len(x):
            raise NoFit("nobody has an occasion")
        lowest_x = _bands(x, weight)
        band = np.searchsorted(lowest_x, x, side="right") - 1
        customers = np.bincount(band, weights=weight)
        means = np.bincount(band, weights=weight * spend) / customers
        # Of n squared distances from their own mean one is lost.
        lost = np.where(customers > 1, customers / np.maximum(customers - 1, 1), 0.0)
        scale = np.where(np.abs(means) < _NOTHING, 1.0, means)
        between, within = _variances(x, weight, lost[band] * ((spend - means[band]) / scale[band]) ** 2)
        return cls(tuple(lowest_x.tolist()), tuple(means.tolist()), between, within, int(weight.sum()), data_hash(told))

    def expected_spend(self, history: pl.DataFrame) -> pl.Series:
        """Expected spend on an occasion, currency units, Float64 in row order.

        Z mean_spend + (1 - Z) mean of the band, Z = x / (x + within / between); of whom no occasion is told is
        expected to spend as the lowest band. Raises ValueError for a history that cannot be.
        """
        checked = _checked(history)
        x, spend = checked["x"].to_numpy(), checked["mean_spend"].fill_null(0.0).to_numpy()
        band = np.maximum(np.searchsorted(self.lowest_x, x, side="right") - 1, 0)
        own = credibility(x, self.between, self.within)
        return pl.Series("expected_spend", own * spend + (1 - own) * np.asarray(self.means)[band])

    def to_json(self) -> str:
        """Name, bands, variances, customers and data hash as one JSON object."""
        return json.dumps({"model": self.NAME} | asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The model that `to_json` wrote, equal to it. Raises ValueError for any other text."""
        stored = read_stored(text, cls.NAME, [field.name for field in fields(cls)])
        bands = {name: tuple(stored[name]) for name in _LISTS}
        if not len(bands["lowest_x"]) == len(bands["means"]) > 0:
            raise ValueError(f"{cls.NAME} has a mean for each band and a band at least")
        return cls(**stored | bands)


def read_stored(text: str, model: str, names: Iterable[str]) -> dict[str, Any]:
    """What a JSON object of `model` holds under `names`: numbers, lists of numbers and the `data_hash`.

    Raises ValueError for any other text, model, set of names or type.
    """
    stored = json.loads(text)
    if not isinstance(stored, dict) or stored.pop("model", None) != model:
        raise ValueError(f"these are not the parameters of {model}")
    if stored.keys() != set(names):
        raise ValueError(f"{model} has {', '.join(names)}; here {', '.join(stored)}")
    for name, value in stored.items():
        expected = str if name == "data_hash" else (int, float)
        is_list = isinstance(value, list)
        if is_list != (name in _LISTS) or not all(
            type(one) is not bool and isinstance(one, expected) for one in (value if is_list else [value])
        ):
            raise ValueError(f"{model}: {name} is of another type")
    return stored


def credibility(occasions: NDArray[Any], between: float, within: float) -> Floats:
    """Weight of what is known of each one alone, from 0 to 1; 0 where there is nothing between them."""
    weight: Floats = np.zeros(len(occasions))
    if between > 0:
        np.divide(occasions, occasions + within / between, out=weight, where=occasions > 0)
    return weight


def _bands(x: NDArray[np.int64], weight: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each band begins: at powers of two, those with too few customers left out. `x` rises."""
    lowest: list[int] = []
    power = 2 ** np.floor(np.log2(x)).astype(np.int64)
    gathered = 0
    for start, customers in zip(*_summed(power, weight), strict=True):
        if not lowest or gathered >= FEWEST_IN_BAND:
            lowest.append(start)
            gathered = 0
        gathered += customers
    if len(lowest) > 1 and gathered < FEWEST_IN_BAND:
        lowest.pop()
    return np.array(lowest)


def _summed(power: NDArray[np.int64], weight: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    starts, place = np.unique(power, return_inverse=True)
    return starts.tolist(), np.bincount(place, weights=weight).astype(np.int64).tolist()


def _variances(x: NDArray[np.int64], weight: NDArray[np.int64], squared: Floats) -> tuple[float, float]:
    """`between`, `within`, neither below zero, from squared distances of means over `x` occasions."""
    customers, occasions = float(weight.sum()), float((weight * x).sum())
    plain, by_occasion = float((weight * squared).sum()), float((weight * x * squared).sum())
    # plain = customers * between + inverse * within; by_occasion = occasions * between + customers * within.
    inverse = float((weight / x).sum())
    determinant = customers * customers - inverse * occasions
    if x.min() == x.max():
        return 0.0, by_occasion / customers
    between = (customers * plain - inverse * by_occasion) / determinant
    within = (customers * by_occasion - occasions * plain) / determinant
    if between <= 0:
        return 0.0, by_occasion / customers
    if within <= 0:
        return plain / customers, 0.0
    return between, within


def _checked(history: pl.DataFrame) -> pl.DataFrame:
    columns = ["x", "mean_spend", *(["weight"] if "weight" in history.columns else [])]
    checked = history.select(columns).with_columns(pl.col("x", "mean_spend").cast(pl.Float64))
    x, spend = pl.col("x"), pl.col("mean_spend")
    refuse(checked, ~x.is_finite().fill_null(value=False), "x is missing or not a number")
    refuse(checked, (x < 0) | (x != x.floor()), "x is negative or not whole")
    refuse(checked, ~spend.is_finite(), "mean_spend is not a number")
    refuse(checked, (x > 0) & spend.is_null(), "mean_spend is missing with x > 0")
    return checked.with_columns(x.cast(pl.Int64))
