"""What models, metrics, verdicts and reasons are called."""

import math
from collections.abc import Callable, Mapping, Sequence

from flows.report.numerals import count, percent, signed_percent
from flows.report.proof import Choice, Compared, Proof, Reason
from flows.report.texts import Both, named, said, texts
from transforms.contracts.value import BASELINES, NO_MODEL

METRIC_BIAS = "volume_bias_90d"
UNKNOWN = "–"


def short_model(model: str) -> Both:
    """What a value of the column `model` is called in a table; its name where there are no words for it."""
    visits, _, spend = model.partition("+")
    first = named("model_short", visits)
    return said("proof.with", model=first, spend=named("model_short", spend)) if spend else first


def rival_name(rival: str) -> Both:
    """What a model is held against: a baseline or another model."""
    return named("baseline", rival) if rival in BASELINES else short_model(rival)


def verdict(word: str) -> Both:
    """Whether the model in use did better, as the middle of a sentence."""
    return named("verdict", word)


def asked(proof: Proof) -> Both:
    """Of whom and from which days the model had to foretell."""
    return said("proof.asked", proof.past_days, days=count(proof.past_days), customers=count(proof.customers))


def summary(proof: Proof) -> list[Both]:
    """A sentence each on both baselines and the other models, as far as compared, and one on all purchases together."""
    rivals = [(name, [one for one in proof.compared if one.rival == name]) for name in BASELINES]
    rivals.append(("others", [one for one in proof.compared if one.rival not in BASELINES]))
    return [*(_against(name, compared) for name, compared in rivals if compared), *_volume(proof)]


def _against(name: str, compared: Sequence[Compared]) -> Both:
    verdicts = [one.verdict for one in compared]
    better, same, worse = (count(verdicts.count(word)) for word in ("better", "same", "worse"))
    return said(f"proof.against_{name}", all=count(len(compared)), better=better, same=same, worse=worse)


def _volume(proof: Proof) -> list[Both]:
    biases = [one.ours for one in proof.compared if one.metric == METRIC_BIAS]
    if not biases:
        return []
    direction = "more" if biases[0] >= 0 else "fewer"
    return [said(f"proof.volume_{direction}", bias=signed_percent(abs(biases[0])).removeprefix("+"))]


def chosen(choice: Choice) -> Both:
    """What was chosen for a part, in a few words."""
    if choice.part in ("purchases", "spend"):
        return said(f"chosen.no_{choice.part}") if choice.chosen == NO_MODEL else short_model(choice.chosen)
    return named(f"chosen_{choice.part}", choice.chosen)


def part_name(choice: Choice) -> Both:
    """What was to be chosen."""
    return named("part", choice.part)


def why(choice: Choice, reason: Reason) -> Both:
    """One reason as a sentence; what this page has no words for keeps its code."""
    is_left_out = (choice.part, reason.code) == ("season", "gain") and reason.candidate != choice.chosen
    key = f"why.{choice.part}.{reason.code}{'_left_out' if is_left_out else ''}"
    about = _candidate(choice, reason)
    if key not in texts():
        return said("why.unknown", code=reason.code, candidate=about)
    tell = _TOLD.get(reason.code, _as_it_is)
    figures: dict[str, str | Both] = {**tell(reason)}
    return said(key, None, candidate=about, **figures)


def _candidate(choice: Choice, reason: Reason) -> Both:
    if choice.part == "season":
        return named("chosen_season", reason.candidate)
    return short_model(reason.candidate)


def _as_it_is(reason: Reason) -> dict[str, str]:
    return {"figure": _number(reason.figure), "needed": _number(reason.needed)}


def _number(number: float | None) -> str:
    if number is None:
        return UNKNOWN
    return count(round(number)) if float(number).is_integer() else f"{number:.2f}".replace("-", "\u2212")


def _gained(reason: Reason) -> dict[str, str]:
    """By how much more likely the winner held what came, of each customer: likelihoods are ratios."""
    if reason.figure is None:
        return {"gained": UNKNOWN}
    gained = reason.figure - (reason.needed or 0.0)
    told = f"{gained:.4f}"
    if gained > 0 and float(told) == 0:
        told = "<0.0001"
    return {"gained": told.replace("-", "\u2212")}


def _off_by(reason: Reason) -> dict[str, str]:
    """Errors of volume are told as logarithms of ratios, and shown as the ratio is off."""
    errors = {"figure": reason.figure, "needed": reason.needed}
    return {name: UNKNOWN if error is None else percent(math.expm1(error), 1) for name, error in errors.items()}


def _share(reason: Reason) -> dict[str, str]:
    return {"figure": UNKNOWN if reason.figure is None else percent(reason.figure, 1)}


_TOLD: Mapping[str, Callable[[Reason], dict[str, str]]] = {
    "best_out_of_sample": _gained,
    "gain": _off_by,
    "no_gain": _off_by,
    "costs_told": _share,
    "stacked": _share,
}
