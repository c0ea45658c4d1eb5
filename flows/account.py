"""What became of every row of some exports, for the terminal. Never what stands in a row."""

import polars as pl
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from flows.check import Checked
from flows.rejects import Rejects
from flows.steps.repaired import FOLDER

WORST_RULES = 10
LINES_SHOWN = 5
FILES_SHOWN = 10
COUNTS = ("lines_read", "loaded", "merged", "quarantined")


def print_account(checked: Checked) -> None:
    """Print the account by file, the rules most often broken with lines to look at, and the checks that failed."""
    console = Console(highlight=False, markup=False)
    console.print(_files(checked.account))
    if not checked.rejected.is_empty():
        _print_rules(checked.rejected, console)
    for row in checked.failed.sort("severity", "table_name", "check_name").iter_rows(named=True):
        console.print(f"{row['severity']}: {row['table_name']}: {row['check_name']}. {row['meaning']}", soft_wrap=True)
    _print_rejects(checked.rejects, console)
    if checked.lacking:
        console.print(f"Not checked as a whole: {checked.lacking}", soft_wrap=True)


def _files(account: pl.DataFrame) -> Table:
    shown = COUNTS if account["not_data"].sum() == 0 else (*COUNTS, "not_data")
    table = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    table.add_column("file", overflow="fold")
    for name in shown:
        table.add_column(name.replace("_", " "), justify="right", no_wrap=True)
    for (layout,), files in account.sort("layout", "file_name").group_by("layout", maintain_order=True):
        table.add_row(f"as {layout}")
        for row in files.iter_rows(named=True):
            table.add_row(f"  {row['file_name']}", *(f"{row[name]:,}" for name in shown))
    table.add_section()
    table.add_row("all", *(f"{account[name].sum():,}" for name in shown))
    return table


def _print_rules(rejected: pl.DataFrame, console: Console) -> None:
    of_file = rejected.group_by("rule", "hint", "file_name").agg(pl.len(), pl.col("line_number").sort())
    worst = of_file.sort("len", "file_name", "rule", descending=[True, False, False])
    for row in worst.head(WORST_RULES).iter_rows(named=True):
        shown = ", ".join(map(str, row["line_number"][:LINES_SHOWN])) + (" ..." if row["len"] > LINES_SHOWN else "")
        rows, lines = ("row", "line") if row["len"] == 1 else ("rows", "lines")
        told = f"{row['file_name']}: {row['len']:,} {rows} {row['rule']}, {lines} {shown}"
        console.print("", told, f"  {row['hint']}", sep="\n", soft_wrap=True)
    if worst.height > WORST_RULES:
        console.print(f"\n... and {worst.height - WORST_RULES} more by file and rule")


def _print_rejects(rejects: list[Rejects], console: Console) -> None:
    written = [entry for entry in rejects if entry.is_written]
    if written:
        lines = [f"  {entry.path}, {entry.rows:,} row{'s' * (entry.rows != 1)}" for entry in written[:FILES_SHOWN]]
        more = [f"  ... and {len(written) - FILES_SHOWN} more files"] if len(written) > FILES_SHOWN else []
        told = "Rows to repair, with the other rows of their orders:"
        console.print("", told, *lines, *more, _WHAT_NEXT, sep="\n", soft_wrap=True)
    for entry in rejects:
        if not entry.is_written:
            console.print(
                f"\n{entry.path} may hold repairs and was left alone: {_MOVE_IT}, or remove it", soft_wrap=True
            )


_MOVE_IT = f"move it out of {FOLDER} into the folder of its source"
_WHAT_NEXT = f"Next: put right what is wrong there and keep the name of the file; {_MOVE_IT} and check again."
