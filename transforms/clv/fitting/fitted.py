"""What every fitted model keeps of its fit: how good it is, how sure, on which data; and how it is written down."""

import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]

_HASH = re.compile(r"[0-9a-f]{64}|")


@dataclass(frozen=True, slots=True)
class Fitted:
    """The parameters of a model are the fields of its class, in the order of the papers; these four come after them.

    `loglik` is the log-likelihood of the `customers` it was fitted to. `covariance` is that of the logarithms of the
    parameters, the inverse of the information observed at the optimum, and `data_hash` that of `data_hash`; both are
    empty where the parameters were not fitted but given, such as published ones.
    """

    NAME: ClassVar[str]
    """As in the column `model`."""

    loglik: float = field(kw_only=True)
    customers: int = field(kw_only=True)
    covariance: tuple[tuple[float, ...], ...] = field(kw_only=True, default=())
    data_hash: str = field(kw_only=True, default="")

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """The papers' names, in the order of `covariance`."""
        return tuple(name.name for name in fields(cls) if not name.kw_only)

    @property
    def parameters(self) -> dict[str, float]:
        """By the papers' names; times in days."""
        return {name: getattr(self, name) for name in self.parameter_names()}

    @property
    def standard_errors(self) -> dict[str, float]:
        """Of the parameters themselves (delta method). Raises ValueError where they were given and not fitted."""
        errors = self._errors_of_logarithms().tolist()
        return {name: value * error for (name, value), error in zip(self.parameters.items(), errors, strict=True)}

    def interval(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """From and to, for each parameter: symmetric on the log scale, where the likelihood is nearly quadratic.

        Raises ValueError for a `level` not between 0 and 1, and where the parameters were given and not fitted.
        """
        if not 0 < level < 1:
            raise ValueError(f"level is {level}; it is a number between 0 and 1")
        factors = np.exp(ndtri((1 + level) / 2) * self._errors_of_logarithms()).tolist()
        return {
            name: (value / factor, value * factor)
            for (name, value), factor in zip(self.parameters.items(), factors, strict=True)
        }

    def to_json(self) -> str:
        """Name, parameters, log-likelihood, customers, covariance and data hash as one JSON object."""
        return json.dumps({"model": self.NAME} | self.parameters | asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The model that `to_json` wrote, equal to it. Raises ValueError for any other text."""
        stored = json.loads(text)
        if not isinstance(stored, dict) or stored.pop("model", None) != cls.NAME:
            raise ValueError(f"these are not the parameters of {cls.NAME}")
        names = dict.fromkeys((*cls.parameter_names(), *(name.name for name in fields(cls))))
        if set(stored) != set(names) or not cls._holds(stored):
            raise ValueError(f"{cls.NAME} has {', '.join(names)}; here {', '.join(stored)}, or of another type or size")
        return cls(**{name: _frozen(value) for name, value in stored.items()})

    @classmethod
    def _holds(cls, stored: Mapping[str, Any], more: int = 0) -> bool:
        """Whether every value is what its name says; the covariance is of the parameters and of `more`."""
        names = cls.parameter_names()
        size = len(names) + more
        shapes = ((0,), (size, size))
        return (
            all(are_numbers(stored[name], ((),)) and stored[name] > 0 for name in names)
            and are_numbers(stored["loglik"], ((),))
            and type(stored["customers"]) is int
            and are_numbers(stored["covariance"], shapes)
            and isinstance(stored["data_hash"], str)
            and _HASH.fullmatch(stored["data_hash"]) is not None
        )

    def _errors_of_logarithms(self) -> Floats:
        if not self.covariance:
            raise ValueError(f"the parameters of this {self.NAME} were given, not fitted: nothing is known of errors")
        errors: Floats = np.sqrt(np.diag(self.covariance))
        return errors


@dataclass(frozen=True, slots=True)
class FittedTimes(Fitted, ABC):
    """A model whose density is one of purchase times."""

    @abstractmethod
    def log_likelihood(self, history: pl.DataFrame) -> pl.Series:
        """Logarithm of the density of each history's purchase times, in days."""

    def log_predictive(self, now: pl.DataFrame, later: pl.DataFrame) -> pl.Series:
        """Log-likelihood of what came from each history of `now` to the same customer's of `later`."""
        return (self.log_likelihood(later) - self.log_likelihood(now)).rename("log_predictive")


def covariance_of(information: Floats) -> tuple[tuple[float, ...], ...]:
    """The inverse, as `Fitted.covariance`."""
    return tuple(tuple(row) for row in np.linalg.inv(information).tolist())


def data_hash(distinct: pl.DataFrame) -> str:
    """SHA-256 of the columns of distinct, weighted, sorted histories: the same customers give the same hash."""
    digest = hashlib.sha256(" ".join(distinct.columns).encode())
    for column in distinct.iter_columns():
        digest.update(np.ascontiguousarray(column.to_numpy()).data)
    return digest.hexdigest()


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def are_numbers(value: object, shapes: tuple[tuple[int, ...], ...]) -> bool:
    """Whether a value read from JSON is a number (shape `()`) or lists of numbers of one of `shapes`, all finite."""
    try:
        array = np.array(value)
    except ValueError:
        return False
    return array.shape in shapes and array.dtype.kind in "if" and bool(np.isfinite(array).all())
