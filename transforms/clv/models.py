"""The models of one week, as scores need them and as the record of a night keeps them."""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import polars as pl

from transforms.clv.choice.candidates import PurchaseModel
from transforms.clv.choice.choices import Reason, model_choice
from transforms.clv.choice.ladder import Learned
from transforms.clv.choice.recency_bands import RecencyBands
from transforms.clv.choice.season import Season
from transforms.clv.spend.choice_of_spend import SpendModel, every_occasion, fit_spend
from transforms.clv.spend.margin_rate import MarginRate
from transforms.contracts import value


@dataclass(frozen=True, slots=True)
class Worth:
    """What value is measured in, why, and how much of a payment it is."""

    basis: str
    """As in the column `value_basis`."""
    reason: Reason
    margin_rate: MarginRate


@dataclass(frozen=True, slots=True)
class Models:
    """What scores are made with; a part that the data do not allow is None, and `reasons` tell why."""

    name: str
    """As in the column `model`."""
    purchases: PurchaseModel | None
    bands: RecencyBands | None
    season: Season
    spend: SpendModel | None
    worth: Worth
    reasons: tuple[Reason, ...]

    def choices(self, as_of: date) -> pl.DataFrame:
        """mart.model_choice."""
        purchases, _, spend = self.name.partition("+")
        chosen = {
            "purchases": purchases,
            "spend": spend or value.NO_MODEL,
            "season": self.season.kind,
            "value": self.worth.basis,
        }
        return model_choice(chosen, self.reasons, as_of)

    def to_json(self, code_version: str) -> str:
        """For the record of the night."""
        rate = self.worth.margin_rate
        parts = {"purchases": self.purchases or self.bands, "spend": self.spend, "margin_rate": rate}
        fitted = {name: json.loads(part.to_json()) for name, part in parts.items() if part}
        rest = {
            "season": asdict(self.season),
            "value_basis": self.worth.basis,
            "reasons": [asdict(reason) for reason in self.reasons],
        }
        return json.dumps({"model": self.name, "code_version": code_version, **fitted, **rest}, indent=1)


def fitted_as_of(as_of: date) -> date:
    """The last Monday on or before `as_of`: models change once a week, whichever nights are run."""
    return as_of - timedelta(days=as_of.weekday())


def models_of(learned: Learned, history: pl.DataFrame, worth: Worth) -> Models:
    """What was learned of purchases, with a model of spend fitted on `history` where there is one of purchases."""
    bands = learned.bands
    if learned.purchases is None:
        reasons = (*learned.reasons, Reason("spend", "no_model"), worth.reason)
        name = bands.NAME if bands else value.NO_MODEL
        return Models(name, None, bands, learned.season, None, worth, reasons)
    spend, of_spend = fit_spend(every_occasion(history))
    name = f"{learned.purchases.name}+{spend.NAME}"
    reasons = (*learned.reasons, *of_spend, worth.reason)
    return Models(name, learned.purchases.model, None, learned.season, spend, worth, reasons)
