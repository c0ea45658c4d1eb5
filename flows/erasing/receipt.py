"""The receipt: what was removed where, for whoever has to answer for it."""

from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from flows.io.erasures import Erasures, FileRows, Receipt
from flows.io.lake import Lake
from flows.night import Night


def finish(run: Night, receipt: Receipt) -> None:
    """Tidy the lake, count the rows that left its files, and close the receipt."""
    run.lake.forget_unknown_files()
    run.lake.clear_work()
    receipt.files = [
        FileRows(file_id=file.file_id, file_name=file.file_name, rows=rows)
        for file in run.lake.known_files()
        if (rows := file.erased - receipt.erased_before.get(file.file_id, file.erased))
    ]
    receipt.erased_before = {}
    receipt.finished_at = datetime.now(UTC).isoformat(timespec="seconds")
    Erasures(run.lake).keep(receipt)


def print_receipt(lake: Lake, customer_id: str) -> None:
    """Print the latest receipt of the customer, whom any id of theirs names, and where it lies."""
    erasures = Erasures(lake)
    *_, receipt = erasures.of(customer_id)
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for place, rows in _removed(receipt):
        table.add_row(place, f"{rows:,}")
    console = Console()
    console.print(f"{receipt.customer_id}, erased {receipt.finished_at}", table, sep="\n")
    console.print(f"Receipt  {erasures.path(receipt)}", soft_wrap=True)


def _removed(receipt: Receipt) -> list[tuple[str, int]]:
    files = [(f"{file['file_name']} ({file['file_id']})", file["rows"]) for file in receipt.files]
    records = [(f"record of {name}", count) for name, count in receipt.night_records.items()]
    return [("accounts barred", receipt.accounts), *files, *receipt.tables.items(), *records]
