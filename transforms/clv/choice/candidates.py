"""The models of purchases that compete for a night, and how each is fitted where data show nobody leaving."""

from dataclasses import dataclass
from typing import Protocol

import polars as pl

from transforms.clv.fitting.fit import NoFit
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.times.pareto_nbd import ParetoNBD
from transforms.clv.times.two_kinds import TwoBetaGeo, TwoKinds, TwoModifiedBetaGeo


class PurchaseModel(Protocol):
    """What the night asks of a fitted model; one Float64 a row of a history, in row order."""

    def log_predictive(self, now: pl.DataFrame, later: pl.DataFrame) -> pl.Series:
        """Log-likelihood of what came from each history of `now` to that of `later`."""

    def p_alive(self, history: pl.DataFrame) -> pl.Series:
        """Probability of not having left."""

    def p_no_purchase(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Probability of buying nothing in the next `days`."""

    def expected_purchases(self, history: pl.DataFrame, days: float) -> pl.Series:
        """Expected occasions in the next `days`."""

    def expected_discounted_purchases(self, history: pl.DataFrame, days: float, yearly_rate: float) -> pl.Series:
        """The same, discounted."""

    def to_json(self) -> str:
        """Its parameters."""


FAMILIES = ("mbg_nbd", "pareto_nbd", "bg_nbd", "mbg_nbd_2", "bg_nbd_2")
"""The first is taken where nothing before the night can tell them apart (decision 5)."""


_AS_TOLD: dict[str, type[BetaGeo | TwoKinds]] = {each.NAME: each for each in (BetaGeo, TwoModifiedBetaGeo, TwoBetaGeo)}
_OF_ONE_KIND = {each.NAME: each.KIND.NAME for each in (TwoModifiedBetaGeo, TwoBetaGeo)}
_WITH_A_PRIOR: dict[str, type[ModifiedBetaGeo | ParetoNBD]] = {each.NAME: each for each in (ModifiedBetaGeo, ParetoNBD)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fitted model. `name` is as in the column `model`; `family` is the same without what stands in for data."""

    family: str
    name: str
    model: PurchaseModel

    @property
    def assumption(self) -> str | None:
        """The reason that tells of a prior on how customers leave; None where the data alone decide."""
        if self.family in _OF_ONE_KIND:
            return "prior_of_kinds"
        return "weak_prior" if self.name != self.family else None


def fit_or_stand_in(family: str, history: pl.DataFrame) -> Candidate:
    """As `fit_family`; where two kinds of customers are not seen, the model of one stands in."""
    try:
        return fit_family(family, history)
    except NoFit:
        if family not in _OF_ONE_KIND:
            raise
        return fit_family(_OF_ONE_KIND[family], history)


def fit_family(family: str, history: pl.DataFrame) -> Candidate:
    """The model of that family fitted to `history`, with a weak prior where the data do not tell how people leave.

    That nobody seems to leave is one such case; that many do, but alike, is another. Raises NoFit where the prior does
    not help, or the family has none, and ValueError for an impossible history.
    """
    if family in _AS_TOLD:
        return Candidate(family, family, _AS_TOLD[family].fit(history))
    of_family = _WITH_A_PRIOR[family]
    try:
        return Candidate(family, family, of_family.fit(history))
    except NoFit:
        return Candidate(family, f"{family}_map", of_family.fit_with_weak_prior(history))
