"""What the night found, as a short table for the terminal."""

import sys
from datetime import date
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.io.warehouse import Warehouse, open_warehouse
from flows.settings import Settings
from transforms.contacts.back_from_silence import is_at_risk


def print_summary(settings: Settings, as_of: date) -> None:
    """Print what the published night says, where it lies and what to try next."""
    warehouse = open_warehouse(settings.paths.warehouse)
    table = Table(title=f"{escape(settings.shop.name)}, night of {as_of}", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in _found(warehouse, as_of):
        table.add_row(name, "no list" if value is None else f"{value:,}")
    console = Console()
    console.print(table)
    report = settings.paths.report / f"regulars-{as_of}.html"
    console.print(
        f"Warehouse  {warehouse.name}", f"Report     {report}", "", *_next_steps(settings), sep="\n", soft_wrap=True
    )


def _found(warehouse: Warehouse, as_of: date) -> list[tuple[str, int | None]]:
    scores = warehouse.read("mart.customer_score", as_of)
    links = warehouse.read("mart.customer_link")
    run = warehouse.run(as_of) or {}
    tiers = scores.group_by("tier").len().drop_nulls().sort("len").iter_rows()
    at_risk = scores.filter((pl.col("frequency") > 0) & is_at_risk())
    return [
        ("Customers", scores.height),
        ("  accounts put together", links.filter(verdict="joined").height),
        *((f"  tier {tier}", count) for tier, count in tiers),
        ("Gold: 80 % of expected value", scores.filter(value_class="gold").height),
        ("Regulars at risk", at_risk.height),
        ("To contact", run["contacts"]),
        ("Rows read", run["lines_read"]),
        ("  quarantined", run["quarantined"]),
    ]


def _next_steps(settings: Settings) -> list[str]:
    warehouse = settings.paths.warehouse
    if "://" in warehouse:
        return ["Next: SELECT * FROM mart.customer_current, or connect a BI tool to the schema mart"]
    here = Path(sys.executable)
    python = here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here
    query = "FROM mart.customer_current ORDER BY clv_365d DESC LIMIT 10"
    return [
        "Next: your own exports with `make run EXPORTS=folder`, or ask the warehouse:",
        f"""  {python} -c "import duckdb; duckdb.connect('{warehouse}', read_only=True).sql('{query}').show()\"""",
    ]
