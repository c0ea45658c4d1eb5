"""Which model of purchases the night may use: the gate, the contest, and the plainer rungs below."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.clv.choice.candidates import Candidate
from transforms.clv.choice.choices import Reason
from transforms.clv.choice.contest import Contest, candidates
from transforms.clv.choice.foretelling import BASELINES
from transforms.clv.choice.quality import model_quality, score_calibration
from transforms.clv.choice.recency_bands import LEAST_CUSTOMERS, RecencyBands
from transforms.clv.choice.season import OFF, Season, history_days, season
from transforms.clv.choice.season_choice import NEEDED_DAYS, Trial, gaining_trials, in_season
from transforms.clv.choice.stack import assumptions
from transforms.clv.choice.windows import HORIZON_DAYS, LEAST_PAST_DAYS, Window
from transforms.clv.fitting.fit import NoFit
from transforms.contracts import value


@dataclass(frozen=True, slots=True)
class Gate:
    """What a shop must have before a model of purchases is fitted."""

    min_customers: int
    min_history_days: int
    last_purchase_within_days: int
    min_with_three: int


@dataclass(frozen=True, slots=True)
class Past:
    """What is known on the day as of which models are fitted."""

    until: date
    history: pl.DataFrame
    """`purchase_history` of all customers."""
    activity: pl.DataFrame
    """`season.daily_activity`."""
    windows: Sequence[Window]
    """Past days, the latest first; of large shops with a sample of the customers."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What the past taught: at most one of `purchases` and `bands`, and how all candidates did."""

    purchases: Candidate | None
    bands: RecencyBands | None
    season: Season
    reasons: tuple[Reason, ...]
    quality: pl.DataFrame
    """mart.model_quality."""
    calibration: pl.DataFrame
    """mart.score_calibration."""


def learn(past: Past, gate: Gate, as_of: date) -> Learned:
    """The best model that the data allow, the season it is used with, and the record of both.

    A shop that does not pass the gate, or whose histories determine no model, gets counted bands; one that had fewer
    than `LEAST_CUSTOMERS` 90 days ago, or is younger than 180 days, gets nothing. `reasons` says all of it.
    """
    refused = gate_failures(past, gate)
    found: dict[str, Candidate] = {}
    if not refused:
        found, refused = candidates(past.history)
    return _contested(past, found, refused, as_of) if found else _plainer(past, refused)


def gate_failures(past: Past, gate: Gate) -> list[Reason]:
    """What the shop lacks, with what it has and needs."""
    history = past.history
    last = history["last_date"].max()
    silent = (past.until - last).days if isinstance(last, date) else None
    days = history_days(past.activity, past.until)
    with_three = int((history["x"] > 1).sum())
    rules = (
        ("too_few_customers", history.height, gate.min_customers, history.height < gate.min_customers),
        ("too_short_history", days, gate.min_history_days, days < gate.min_history_days),
        (
            "no_recent_purchase",
            silent,
            gate.last_purchase_within_days,
            silent is None or silent > gate.last_purchase_within_days,
        ),
        ("too_few_with_three", with_three, gate.min_with_three, with_three < gate.min_with_three),
    )
    return [Reason("purchases", rule, figure=figure, needed=needed) for rule, figure, needed, fails in rules if fails]


def _contested(past: Past, found: dict[str, Candidate], refused: list[Reason], as_of: date) -> Learned:
    contest = Contest.of(list(found), past.windows)
    family, reasons = contest.champion(list(found))
    record = contest.records.get(family, ())
    trials, of_season = gaining_trials(contest.models.get(family, ()), record, contest.windows, past.activity)
    plain = contest.tonight(family, found)
    champion, used, trial = _in_its_season(past, plain, trials)
    if trials and trial is not trials[0]:
        of_season.append(Reason("season", "no_fit_tonight", trials[0].kind))
    reasons = [*reasons, *refused, *assumptions(champion), *(of_season or [_no_trial(past)])]
    if not contest.windows:
        return Learned(champion, None, used, tuple(reasons), _NO_QUALITY, _NO_CALIBRATION)
    said = trial.record if trial else record
    named = {(plain if name == family else found[name]).name: each for name, each in contest.records.items()}
    baselines = {name: tuple(way(window) for window in contest.windows) for name, way in BASELINES.items()}
    quality = model_quality(contest.windows, named, baselines, plain.name, as_of)
    calibration = score_calibration(contest.windows[: len(said)], said, as_of)
    return Learned(champion, None, used, tuple(reasons), quality, calibration)


def _in_its_season(past: Past, plain: Candidate, trials: Sequence[Trial]) -> tuple[Candidate, Season, Trial | None]:
    """With the season of the first trial on whose days the data determine the model."""
    for trial in trials:
        found = season(trial.kind, plain.model, past.activity, past.until)
        with suppress(NoFit):
            return in_season(plain, past.history, found, past.until), found, trial
    return plain, OFF, None


def _plainer(past: Past, refused: list[Reason]) -> Learned:
    latest = past.windows[0] if past.windows else None
    bands = RecencyBands.count(latest) if latest else None
    if latest is None:
        days = history_days(past.activity, past.until)
        refused.append(Reason("purchases", "too_young_to_count", "recency_bands", days, HORIZON_DAYS + LEAST_PAST_DAYS))
    elif bands is None:
        refused.append(Reason("purchases", "too_few_to_count", "recency_bands", len(latest.came), LEAST_CUSTOMERS))
    reasons = (*refused, Reason("season", "no_model"))
    return Learned(None, bands, OFF, reasons, _NO_QUALITY, _NO_CALIBRATION)


def _no_trial(past: Past) -> Reason:
    days = history_days(past.activity, past.until)
    needed = NEEDED_DAYS["ratio"]
    # From a year on there is a season to be seen, but no past day yet at which it could have been used.
    return Reason("season", "under_a_year" if days < needed else "no_past_to_compare", "ratio", days, needed)


_NO_QUALITY, _NO_CALIBRATION = value.MODEL_QUALITY.empty(), value.SCORE_CALIBRATION.empty()
