"""The report of a night: one HTML file that opens offline, in two languages."""

from datetime import date
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment

from flows.faults import InputError
from flows.io.lake import write_atomically
from flows.io.warehouse import Warehouse
from flows.report import numerals, proof_wording, wording
from flows.report.charts.cohorts import LATEST_NARROW, LATEST_WIDE
from flows.report.checks import check_report_name
from flows.report.findings import Findings, NightTables, findings
from flows.report.numerals import instant
from flows.report.pictures import FEWEST_NEW, pictures
from flows.report.template import environment
from flows.settings import Shop
from transforms.contacts.back_from_silence import RISK_BELOW, RISK_FROM
from transforms.value.classes import GOLD_SHARE

LATEST = "latest.html"
STALE_DAYS = 7
"""A store silent for longer makes one ask for its export."""


def write_report(warehouse: Warehouse, as_of: date, shop: Shop, folder: Path) -> Path:
    """Write `folder/regulars-<as_of>.html` and return it; for the latest published night also `latest.html`.

    Reads tables of `mart` and `ops.run` alone, so the file holds no personal data. Raises InputError if the night is
    not published, Fault if a file cannot be written.
    """
    page = render(findings(_read(warehouse, as_of)), shop)
    path = folder / f"regulars-{as_of}.html"
    write_atomically(path, page)
    if as_of == warehouse.latest_published():
        # A copy: a link breaks when the folder is zipped or put on a share.
        write_atomically(folder / LATEST, page)
    return path


def render(found: Findings, shop: Shop) -> str:
    """The page as HTML; the same findings give the same text."""
    return (
        _environment()
        .get_template("page.html")
        .render(
            found=found,
            pictures=pictures(found),
            send_on=wording.send_on(found),
            check_report=check_report_name(found.as_of),
            shop_name=shop.name,
            published_at=instant(found.published_at, ZoneInfo(shop.timezone)),
        )
    )


def _read(warehouse: Warehouse, as_of: date) -> NightTables:
    run = warehouse.run(as_of)
    if run is None or run["published_at"] is None:
        raise InputError(f"the night of {as_of} is not published; run `regulars run --as-of {as_of}` first")
    return NightTables(
        scores=warehouse.read("mart.customer_score", as_of),
        segments=warehouse.read("mart.segment_summary", as_of),
        contacts=warehouse.read("mart.contact_summary", as_of),
        checks=warehouse.read("mart.data_quality", as_of),
        freshness=warehouse.read("mart.freshness", as_of),
        cohorts=warehouse.read("mart.cohort_retention") if as_of == warehouse.latest_published() else None,
        kpis=warehouse.read("mart.shop_kpi", as_of),
        choices=warehouse.read("mart.model_choice", as_of),
        quality=warehouse.read("mart.model_quality", as_of),
        calibration=warehouse.read("mart.score_calibration", as_of),
        run=run,
    )


@cache
def _environment() -> Environment:
    return environment(
        headline=wording.headline,
        explanation=wording.explanation,
        returning=wording.returning,
        model_name=wording.model_name,
        no_model=wording.NO_MODEL,
        risk_from=numerals.percent(RISK_FROM, 1),
        risk_below=numerals.percent(RISK_BELOW, 1),
        gold_goal=numerals.percent(GOLD_SHARE, 1),
        stale_days=STALE_DAYS,
        cohorts_wide=LATEST_WIDE,
        cohorts_narrow=LATEST_NARROW,
        fewest_new=FEWEST_NEW,
        check_name=wording.check_name,
        proof_asked=proof_wording.asked,
        proof_summary=proof_wording.summary,
        part_name=proof_wording.part_name,
        chosen=proof_wording.chosen,
        why=proof_wording.why,
    )
