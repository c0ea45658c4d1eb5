"""Show: after the commit, the report."""

from flows.io.warehouse import Warehouse
from flows.night import Night
from flows.report.page import write_report


def show(night: Night, warehouse: Warehouse) -> None:
    """Write the report of the published night."""
    paths, shop = night.settings.paths, night.settings.shop
    write_report(warehouse, night.as_of, shop.name, paths.report)
