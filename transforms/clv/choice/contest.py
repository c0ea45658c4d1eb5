"""The contest of the models at past days: learned from what was known then, held against what came."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import polars as pl

from transforms.clv.choice.candidates import FAMILIES, Candidate, fit_family, fit_or_stand_in
from transforms.clv.choice.choices import Reason
from transforms.clv.choice.foretelling import foretold
from transforms.clv.choice.quality import Record, logliks
from transforms.clv.choice.stack import STACK, Stack, stacking_weights
from transforms.clv.choice.windows import Window
from transforms.clv.fitting.fit import LEAST_GAIN, NoFit, NothingGained

BEYOND_CHANCE = 1.96
"""Standard errors of the gain over customers."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Past days, the models of then, and what they said."""

    windows: tuple[Window, ...]
    models: Mapping[str, tuple[Candidate, ...]]
    """Family -> its model at each window."""
    records: Mapping[str, Record]
    """Family -> what that model said."""
    weights: Mapping[str, float]
    """Family -> its weight in the stack, which competes as a family of its own; empty where one model is enough."""

    @classmethod
    def of(cls, families: Sequence[str], windows: Sequence[Window]) -> Self:
        """Fit each of `families` at each of `windows`, the latest first.

        All are held against the same days. A family that finds no fit of its own on the latest does not compete. Of the
        earlier days those are left out on which the first that does finds none, and of the others those families that
        find none on one of the rest.
        """
        if not windows:
            return cls((), {}, {}, {})
        latest = _fitted(fit_family, families, windows[0])
        fits = [latest, *(_fitted(fit_or_stand_in, list(latest), window) for window in windows[1:])]
        first = next(iter(latest), None)
        days = [(window, found) for window, found in zip(windows, fits, strict=True) if first in found]
        models = {
            family: tuple(found[family] for _, found in days)
            for family in latest
            if all(family in found for _, found in days)
        }
        fair = tuple(window for window, _ in days)
        records = {
            family: tuple(foretold(rival.model, window) for rival, window in zip(of_family, fair, strict=True))
            for family, of_family in models.items()
        }
        plain = cls(fair, models, records, {})
        return plain._with_stack() if len(records) > 1 else plain

    def _with_stack(self) -> Self:
        """With a stack, if it tells more than the best model by `LEAST_GAIN` a weight to choose, and beyond chance."""
        weights = stacking_weights({family: logliks(record) for family, record in self.records.items()})
        stacks = [
            Candidate(STACK, STACK, Stack(tuple(members), tuple(weights.values())))
            for members in zip(*(self.models[family] for family in weights), strict=True)
        ]
        record = tuple(foretold(stack.model, window) for stack, window in zip(stacks, self.windows, strict=True))
        best = max(map(logliks, self.records.values()), key=lambda loglik: float(loglik.sum()))
        gains = logliks(record) - best
        by_chance = BEYOND_CHANCE * gains.std() * np.sqrt(len(gains))
        if gains.sum() <= max(by_chance, LEAST_GAIN * (len(weights) - 1)):
            return self
        return replace(
            self,
            models={**self.models, STACK: tuple(stacks)},
            records={**self.records, STACK: record},
            weights=weights,
        )

    def tonight(self, family: str, found: Mapping[str, Candidate]) -> Candidate:
        """The winner as the night uses it; `found`: the families as fitted tonight."""
        if family != STACK:
            return found[family]
        members = tuple(found[member] for member in self.weights)
        return Candidate(STACK, STACK, Stack(members, tuple(self.weights.values())))

    def champion(self, families: Sequence[str]) -> tuple[str, list[Reason]]:
        """The family with the highest log-likelihood of what came, and by how much it leads each other one.

        Without a window to tell them apart it is the first of `families`.
        """
        absent = [Reason("purchases", "no_fit_then", family) for family in families if family not in self.records]
        if not self.windows:
            return families[0], [Reason("purchases", "no_past_to_compare", families[0])]
        if len(self.records) == 1:
            (only,) = self.records
            return only, [Reason("purchases", "only_candidate", only), *absent]
        told = {family: float(logliks(record).sum()) for family, record in self.records.items()}
        best = max(told, key=lambda family: told[family])
        customers = sum(window.now.height for window in self.windows)
        leads = [
            Reason("purchases", "best_out_of_sample", family, told[best] / customers, loglik / customers)
            for family, loglik in told.items()
            if family != best
        ]
        shares = [Reason("purchases", "stacked", family, weight) for family, weight in self.weights.items()]
        return best, leads + shares + absent


def candidates(history: pl.DataFrame) -> tuple[dict[str, Candidate], list[Reason]]:
    """Every family that `history` determines, and why not the others."""
    found: dict[str, Candidate] = {}
    refused: list[Reason] = []
    for family in FAMILIES:
        try:
            found[family] = fit_family(family, history)
        except NothingGained:
            refused.append(Reason("purchases", "nothing_gained", family))
        except NoFit:
            refused.append(Reason("purchases", "no_fit", family))
    return found, refused


def _fitted(
    fit: Callable[[str, pl.DataFrame], Candidate], families: Sequence[str], window: Window
) -> dict[str, Candidate]:
    found = {}
    for family in families:
        with suppress(NoFit):
            found[family] = fit(family, window.now)
    return found
