"""Which season the night uses: what foretold the volume of past days better than none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.clv.candidates import Candidate, fit_family
from transforms.clv.choices import Reason
from transforms.clv.fit import NoFit
from transforms.clv.foretelling import Foretold, foretold
from transforms.clv.quality import Record, volume_error
from transforms.clv.season import OFF, YEAR_DAYS, Season, history_days, season
from transforms.clv.windows import Window

NEEDED_DAYS = {"clock": 2 * YEAR_DAYS, "ratio": YEAR_DAYS}
"""History that each kind needs; the first that gains is used, for a clock knows of more than one year."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One kind of season at the past days that had enough history for it, the latest first."""

    kind: str
    record: Record
    error: float
    """Mean absolute logarithm of expected over observed volume."""
    error_without: float

    @property
    def gains(self) -> bool:
        """Whether the volume was foretold better with it."""
        return self.error < self.error_without


def best_trial(
    models: Sequence[Candidate], plain: Record, windows: Sequence[Window], activity: pl.DataFrame
) -> tuple[Trial | None, list[Reason]]:
    """The clock if it lowers the error of volume, else the ratio if that does, else None; and the reasons.

    `models`: the champion at each of `windows`, without season, and `plain` what it said there.
    """
    reasons, gaining = [], []
    for kind in NEEDED_DAYS:
        if trial := _trial(kind, models, plain, windows, activity):
            found = "gain" if trial.gains else "no_gain"
            reasons.append(Reason("season", found, kind, trial.error, trial.error_without))
            gaining += [trial] if trial.gains else []
    return next(iter(gaining), None), reasons


def _trial(
    kind: str, models: Sequence[Candidate], plain: Record, windows: Sequence[Window], activity: pl.DataFrame
) -> Trial | None:
    enough = [window for window in windows if history_days(activity, window.cut_off) >= NEEDED_DAYS[kind]]
    if not enough:
        return None
    try:
        record = tuple(_said(kind, rival, window, activity) for rival, window in zip(models, enough, strict=False))
    except NoFit:
        return None
    return Trial(kind, record, volume_error(enough, record), volume_error(enough, plain[: len(enough)]))


def _said(kind: str, rival: Candidate, window: Window, activity: pl.DataFrame) -> Foretold:
    found = season(kind, rival.model, activity, window.cut_off)
    timed = in_season(rival, window.now, found, window.cut_off)
    return foretold(timed.model, window, found)


def in_season(plain: Candidate, history: pl.DataFrame, found: Season, as_of: date) -> Candidate:
    """The same family on operational days where `found` is a clock; raises NoFit where these determine no model."""
    return fit_family(plain.family, found.history(history, as_of)) if found.kind == "clock" else plain


def chosen_season(trial: Trial | None, champion: Candidate, activity: pl.DataFrame, until: date) -> Season:
    """The season of the winning trial as all days up to `until` tell it."""
    return season(trial.kind, champion.model, activity, until) if trial else OFF
