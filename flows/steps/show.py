"""Show: after the commit, the report, and the night's counts on the Prefect page of the run."""

from prefect.artifacts import create_table_artifact

from flows.io.warehouse import Warehouse
from flows.night import Night
from flows.report.checks import write_check_report
from flows.report.page import write_report
from transforms.contracts import quality

ARTIFACT = "regulars-night"
COUNTED = ("files", "lines_read", "loaded", "merged", "quarantined", "erased", "customers", "contacts")


def show_checks(night: Night, warehouse: Warehouse) -> None:
    """Write the check report of this attempt at the night, if it came as far as the gate."""
    if night.work.parts(quality.CHECK_RESULT):
        write_check_report(warehouse, night.as_of, night.settings.shop, night.settings.paths.report)


def show(night: Night, warehouse: Warehouse) -> None:
    """Write the reports of the published night and leave its counts with Prefect."""
    show_checks(night, warehouse)
    shop = night.settings.shop
    write_report(warehouse, night.as_of, shop, night.settings.paths.report)
    run = warehouse.run(night.as_of) or {}
    counts = [{"count": name, "rows": run.get(name)} for name in COUNTED]
    create_table_artifact(counts, key=ARTIFACT, description=f"{shop.name}, night of {night.as_of}")
