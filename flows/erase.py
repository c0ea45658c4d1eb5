"""Erase: one customer leaves lake, warehouse and records, and no export brings them back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from prefect import flow
from pydantic import Field

from flows.erasing.bar import bar
from flows.erasing.receipt import finish
from flows.erasing.records import clear_records
from flows.erasing.warehouse import clear_warehouse
from flows.erasing.who import CUSTOMER_ID
from flows.io.erasures import Erasures
from flows.io.warehouse import Warehouse
from flows.night import Night, open_night
from flows.nightly import prepare
from flows.progress import LOGGER
from flows.settings import load_settings
from flows.steps.collect import Collected
from flows.steps.read import read
from flows.tasks import step

CustomerId = Annotated[str, Field(pattern=CUSTOMER_ID, description="Of `mart.customer`; never a name or an address.")]


@flow(name="regulars-erase", persist_result=False)
def erase(customer_id: CustomerId, config: Path | None = None) -> None:
    """Remove one customer from everywhere, and first finish erasures that were cut off.

    `customer_id`: as in `mart.customer`, for parameters are stored in clear; `config`: the settings file. What was
    removed where stands in a receipt in the lake. Raises RegularsError, whose exit code tells what kind of failure it
    was; giving the command again then finishes the job.
    """
    settings = load_settings(config)
    run = open_night(settings, None, datetime.now(UTC))
    with run.lake.lock():
        warehouse = step(prepare, touches_warehouse=True)(settings)
        with warehouse.lock():
            run.lake.clear_work()
            begun = [receipt.customer_id for receipt in Erasures(run.lake).pending()]
            for person in dict.fromkeys([*begun, customer_id]):
                erase_person(run, warehouse, person)


def erase_person(run: Night, warehouse: Warehouse, customer_id: str) -> None:
    """Every place, in order. From `bar` on no night reads the person's rows, whatever becomes of this run."""
    receipt = step(bar, touches_warehouse=True)(run, warehouse, customer_id)
    if receipt is None:
        LOGGER.info("%s was erased before; nothing is left to remove", customer_id)
        return
    step(read)(run, Collected(run.lake.known_files(), {}))
    step(clear_warehouse, touches_warehouse=True)(run, warehouse, receipt)
    step(clear_records)(run, receipt)
    step(finish)(run, receipt)
