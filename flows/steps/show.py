"""Show: after the commit, the report, and the night's counts on the Prefect page of the run."""

from prefect.artifacts import create_table_artifact

from flows.io.warehouse import Warehouse
from flows.night import Night
from flows.report.page import write_report

ARTIFACT = "regulars-night"
COUNTED = ("files", "lines_read", "loaded", "merged", "quarantined", "erased", "customers", "contacts")


def show(night: Night, warehouse: Warehouse) -> None:
    """Write the report of the published night and leave its counts with Prefect."""
    shop = night.settings.shop
    write_report(warehouse, night.as_of, shop, night.settings.paths.report)
    run = warehouse.run(night.as_of) or {}
    counts = [{"count": name, "rows": run.get(name)} for name in COUNTED]
    create_table_artifact(counts, key=ARTIFACT, description=f"{shop.name}, night of {night.as_of}")
