"""What every step of a night needs to know: the settings, the date, and where the work lies."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flows.faults import InputError
from flows.io.lake import Lake, Stage
from flows.settings import Settings


@dataclass(frozen=True)
class Night:
    """One run of one night."""

    settings: Settings
    as_of: date
    started_at: datetime
    run_id: str
    may_list: bool = True
    """Whether it may make contact lists; a backfill never does."""

    @property
    def lake(self) -> Lake:
        """The shop's lake."""
        return Lake(self.settings.paths.lake)

    @property
    def work(self) -> Stage:
        """Tables of this run, up to publishing."""
        return Stage(self.lake.work(self.run_id))

    @property
    def shards(self) -> range:
        """Numbers of the shards."""
        return range(self.settings.running.shards)


def open_night(settings: Settings, as_of: date | None, scheduled_at: datetime, *, may_list: bool = True) -> Night:
    """A night as of `as_of`, or of the day before `scheduled_at` (aware) in the shop's zone.

    Raises InputError for a day that is not over: a night that lies ahead would keep all that follow from showing.
    """
    started_at = datetime.now(UTC)
    yesterday = scheduled_at.astimezone(settings.zone).date() - timedelta(days=1)
    if as_of and as_of >= started_at.astimezone(settings.zone).date():
        raise InputError(f"as_of {as_of} is not over yet in {settings.shop.timezone}; give a day before today")
    run_id = f"{started_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    return Night(settings, as_of or yesterday, started_at, run_id, may_list)
