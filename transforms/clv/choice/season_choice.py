"""Which season the night uses: what foretold the volume of past days better than none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.clv.choice.candidates import Candidate
from transforms.clv.choice.choices import Reason
from transforms.clv.choice.foretelling import Foretold, foretold
from transforms.clv.choice.quality import Record, volume_error
from transforms.clv.choice.season import YEAR_DAYS, Season, history_days, season
from transforms.clv.choice.stack import refitted
from transforms.clv.choice.windows import Window
from transforms.clv.fitting.fit import NoFit

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


def gaining_trials(
    models: Sequence[Candidate], plain: Record, windows: Sequence[Window], activity: pl.DataFrame
) -> tuple[list[Trial], list[Reason]]:
    """The kinds of season that lower the error of volume, the clock first; and the reasons for and against.

    `models`: the champion at each of `windows`, without season, and `plain` what it said there.
    """
    reasons, gaining = [], []
    for kind, needed in NEEDED_DAYS.items():
        enough = [window for window in windows if history_days(activity, window.cut_off) >= needed]
        if not enough:
            continue
        try:
            record = tuple(_said(kind, rival, window, activity) for rival, window in zip(models, enough, strict=False))
        except NoFit:
            reasons.append(Reason("season", "no_fit", kind))
            continue
        trial = Trial(kind, record, volume_error(enough, record), volume_error(enough, plain[: len(enough)]))
        found = "gain" if trial.gains else "no_gain"
        reasons.append(Reason("season", found, kind, trial.error, trial.error_without))
        gaining += [trial] if trial.gains else []
    return gaining, reasons


def _said(kind: str, rival: Candidate, window: Window, activity: pl.DataFrame) -> Foretold:
    found = season(kind, rival.model, activity, window.cut_off)
    timed = in_season(rival, window.now, found, window.cut_off)
    return foretold(timed.model, window, found)


def in_season(plain: Candidate, history: pl.DataFrame, found: Season, as_of: date) -> Candidate:
    """The same family on operational days where `found` is a clock; raises NoFit where these determine no model."""
    return refitted(plain, found.history(history, as_of)) if found.kind == "clock" else plain
