"""The night: from the shop's exports to segment tables and contact lists."""

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from prefect import flow
from prefect.runtime import flow_run

from flows.faults import RegularsError
from flows.io.lake import RawFile
from flows.io.warehouse import Warehouse, open_warehouse
from flows.night import Night, open_night
from flows.progress import LOGGER
from flows.settings import Settings, load_settings
from flows.steps.collect import collect
from flows.steps.corrections import refuse_wrong_counts
from flows.steps.customers import customers
from flows.steps.decide import decide
from flows.steps.fit import fit
from flows.steps.gate import gate, history, load_gate
from flows.steps.health import health
from flows.steps.identify import identify, links_before
from flows.steps.publish import publish, record_stop
from flows.steps.read import read
from flows.steps.score import score
from flows.steps.show import show, show_checks
from flows.steps.stage import stage
from flows.tasks import step


@flow(name="regulars-nightly", persist_result=False)
def nightly(config: Path | None = None, as_of: date | None = None, dry_run: bool = False) -> None:
    """Compute one night and publish it.

    `config`: the settings file; `as_of`: the night, by default the day before the scheduled start in the shop's zone;
    `dry_run`: compute and check, publish nothing. Warehouse and lake come from the settings and the environment, so
    that no password becomes a parameter. Raises RegularsError, whose exit code tells what kind of failure it was.
    """
    settings = load_settings(config)
    night = open_night(settings, as_of, flow_run.scheduled_start_time or datetime.now(UTC))
    with night.lake.lock():
        warehouse = step(prepare, touches_warehouse=True)(settings)
        with warehouse.lock():
            night.lake.clear_work()
            run_night(night, warehouse, dry_run=dry_run)
            if not dry_run:
                show_night(night, warehouse)
            night.lake.clear_work()


def prepare(settings: Settings) -> Warehouse:
    """The warehouse with this release's tables, before hours are spent on what could not be published."""
    warehouse = open_warehouse(settings.paths.warehouse)
    warehouse.migrate()
    return warehouse


def run_night(night: Night, warehouse: Warehouse, *, dry_run: bool) -> None:
    """Every stage up to publishing, in order. One that stops says so in ops and quality alone."""
    files: list[RawFile] = []
    try:
        collected = step(collect)(night)
        files = collected.files
        files, batches = step(read)(night, collected)
        refuse_wrong_counts(night, files, batches)
        step(stage)(night, files, batches)
        step(load_gate)()
        step(gate)(night, step(history, touches_warehouse=True)(night, warehouse))
        step(identify)(night, step(links_before, touches_warehouse=True)(warehouse))
        step(customers)(night)
        step(health)(night)
        models = step(fit)(night)
        step(score)(night, models)
        step(decide, touches_warehouse=True)(night, warehouse)
        if dry_run:
            return
        step(publish, touches_warehouse=True)(night, files, warehouse)
    except RegularsError as error:
        if not dry_run:
            # Where the warehouse is what failed, the first error says more than the one of recording it.
            with suppress(RegularsError):
                step(record_stop, touches_warehouse=True)(night, files, warehouse, error)
                step(show_checks)(night, warehouse)
        raise


def show_night(night: Night, warehouse: Warehouse) -> None:
    """The pictures of a published night, which is published whatever becomes of them."""
    try:
        step(show)(night, warehouse)
    except RegularsError as error:
        LOGGER.warning("published, but without a report: %s", error)
