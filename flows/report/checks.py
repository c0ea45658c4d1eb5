"""The check report: what was asked of a night's tables, what did not hold, and what became of every row.

Made of `quality.check_result`, `quality.row_account` and `ops.run` alone, which hold counts, names of files and stores
and fixed sentences, so the page holds no personal data. It opens without a network.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
from jinja2 import Environment

from checks.gate.account import ACCOUNT_COLUMNS, unbalanced_files
from flows.io.lake import write_atomically
from flows.io.warehouse import Warehouse
from flows.report import wording
from flows.report.template import environment
from flows.report.texts import Both
from flows.settings import Shop

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class CheckedNight:
    """What the page tells."""

    as_of: date
    message: str | None
    """Why the latest attempt at the night stopped; None if it was published."""
    checks: pl.DataFrame
    """quality.check_result"""
    account: pl.DataFrame
    """quality.row_account"""
    is_shown: bool = False
    """Whether readers see the night, also as an earlier attempt has published it."""

    @property
    def failed(self) -> list[Row]:
        """Checks that did not hold, critical ones first."""
        return self.checks.filter(~pl.col("is_passed")).sort("severity", "table_name", "check_name").to_dicts()

    @property
    def critical(self) -> int:
        """How many of them stop a night."""
        return self.checks.filter(~pl.col("is_passed"), severity="critical").height

    @property
    def tables(self) -> list[tuple[str, list[Row]]]:
        """Every check, by table."""
        ordered = self.checks.sort("table_name", "check_name")
        return [(str(name), rows.to_dicts()) for (name,), rows in ordered.group_by("table_name", maintain_order=True)]

    @property
    def files(self) -> list[Row]:
        """The account of every file, with `is_balanced`."""
        lost = set(unbalanced_files(self.account))
        rows = self.account.sort("file_name", "file_id").to_dicts()
        return [{**row, "is_balanced": row["file_name"] not in lost} for row in rows]

    @property
    def rows(self) -> dict[str, int]:
        """The account of all files."""
        return self.account.select(ACCOUNT_COLUMNS).sum().row(0, named=True)


def check_report_name(as_of: date) -> str:
    """Name of the page of a night, beside its report."""
    return f"checks-{as_of}.html"


def write_check_report(warehouse: Warehouse, as_of: date, shop: Shop, folder: Path) -> Path:
    """Write the page of the latest attempt at a night, published or stopped, into `folder` and return its path.

    Raises Fault if it cannot be written.
    """
    run = warehouse.run(as_of) or {}
    checked = CheckedNight(
        as_of,
        None if run.get("status") == "published" else str(run.get("message") or ""),
        warehouse.read("quality.check_result", as_of),
        warehouse.read("quality.row_account", as_of),
        is_shown=run.get("published_at") is not None,
    )
    path = folder / check_report_name(as_of)
    write_atomically(path, render_checks(checked, shop))
    return path


def render_checks(checked: CheckedNight, shop: Shop) -> str:
    """The page as HTML; the same findings give the same text."""
    return _environment().get_template("checks.html").render(checked=checked, shop_name=shop.name)


@cache
def _environment() -> Environment:
    return environment(asked=_asked, headline=wording.checks_headline, account_columns=ACCOUNT_COLUMNS)


def _asked(row: Row) -> Both:
    return wording.check_name(str(row["table_name"]), str(row["check_name"]))
