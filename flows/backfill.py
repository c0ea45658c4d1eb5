"""Backfill: nights of the past computed anew, oldest first, with what is known today."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import polars as pl
from prefect import flow

from flows.faults import InputError, RegularsError
from flows.io.lake import Lake
from flows.io.warehouse import Warehouse
from flows.night import open_night
from flows.nightly import prepare, run_night
from flows.progress import LOGGER
from flows.settings import load_settings
from flows.tasks import step

Every = Literal["day", "week", "month"]
Which = Literal["missing", "failed", "all"]
STEPS: dict[Every, str] = {"day": "1d", "week": "1w", "month": "1mo"}


@flow(name="regulars-backfill", persist_result=False)
def backfill(  # noqa: PLR0913, PLR0917 - they are the fields of the Prefect page
    from_date: date,
    to_date: date,
    every: Every = "day",
    which: Which = "missing",
    dry_run: bool = False,
    config: Path | None = None,
) -> None:
    """Compute and publish the nights from `from_date` to `to_date`, both included, and list nobody to contact.

    `every`: each day, or that weekday or day of the month of `from_date`; `which`: nights never published (missing),
    whose latest attempt did not publish (failed), or all; `dry_run`: compute and check, publish nothing; `config`: the
    settings file. The first night that cannot be published ends it; the nights before it stand, and running it again
    goes on from there. Raises RegularsError, whose exit code tells what kind of failure it was.
    """
    settings = load_settings(config)
    asked = dates(from_date, to_date, every)
    # Refused now if the last is not over yet, and not after the hours that the others take.
    open_night(settings, to_date, datetime.now(UTC))
    lake = Lake(settings.paths.lake)
    with lake.lock():
        warehouse = step(prepare, touches_warehouse=True)(settings)
        with warehouse.lock():
            nights = chosen(asked, warehouse, which)
            LOGGER.info("%d of %d nights to compute", len(nights), len(asked))
            for done, as_of in enumerate(nights):
                LOGGER.info("night of %s, %d of %d", as_of, done + 1, len(nights))
                lake.clear_work()
                try:
                    night = open_night(settings, as_of, datetime.now(UTC), may_list=False)
                    run_night(night, warehouse, dry_run=dry_run)
                except RegularsError as error:
                    raise type(error)(f"night of {as_of}, after {done} of {len(nights)}: {error}") from None
            lake.clear_work()


def dates(first: date, last: date, every: Every) -> list[date]:
    """The dates asked for, oldest first; a month without that day gives its last. Raises InputError for none."""
    if first > last:
        raise InputError(f"the backfill ends on {last}, before it begins on {first}; swap the two")
    return pl.date_range(first, last, STEPS[every], eager=True).to_list()


def chosen(nights: list[date], warehouse: Warehouse, which: Which) -> list[date]:
    """Those of `nights` that `which` asks for, by what `ops.run` says of them."""
    runs = warehouse.read("ops.run")
    published = set(runs.filter(pl.col("published_at").is_not_null())["as_of_date"])
    failed = set(runs.filter(pl.col("status") != "published")["as_of_date"])
    wanted = {"missing": set(nights) - published, "failed": failed, "all": set(nights)}[which]
    return [as_of for as_of in nights if as_of in wanted]
