"""The warehouse: what analysts and BI tools read, replaced a night at a time."""

from flows.io.warehouse.address import open_warehouse
from flows.io.warehouse.contract import Warehouse
from flows.io.warehouse.faults import WarehouseBusy, WarehouseFault
from flows.io.warehouse.publication import Publication

__all__ = ["Publication", "Warehouse", "WarehouseBusy", "WarehouseFault", "open_warehouse"]
