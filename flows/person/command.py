"""From whoever is meant to the page, and what was put on it."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from flows.erasing.who import customers_meant
from flows.faults import InputError
from flows.io.warehouse import open_warehouse
from flows.night import open_night
from flows.person.held import held
from flows.person.page import refuse_existing, write_page
from flows.settings import Settings


def write_person(settings: Settings, customer: str | None, email: str | None, phone: str | None, out: Path) -> None:
    """Write the page on the one customer meant into the new file `out`, and print how many rows of what are on it.

    Raises InputError if nobody or several are meant, or the file is there already; Busy while a night runs.
    """
    refuse_existing(out)
    meant = customers_meant(settings, customer, email, phone)
    if len(meant) > 1:
        raise InputError(f"several customers have that address; give one of them with --customer: {', '.join(meant)}")
    run = open_night(settings, None, datetime.now(UTC))
    with run.lake.lock():
        run.lake.clear_work()
        try:
            found = held(run, open_warehouse(settings.paths.warehouse), meant[0])
        finally:
            run.lake.clear_work()
    write_page(found, settings.shop.name, out)
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for place, rows in found.counts().items():
        table.add_row(place, f"{rows:,}")
    console = Console()
    console.print(table)
    console.print(f"Written to {out}, for its owner alone", soft_wrap=True, markup=False)
