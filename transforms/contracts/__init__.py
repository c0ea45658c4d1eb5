"""Every table's columns: type, null, key, unit, privacy class, description. The single source.

Declare a table in the module of its schema and it appears in the warehouse, the gate, the reference and the tests.
"""

from transforms.contracts import contact, mart, ops, quality, rows, staged
from transforms.contracts.table import by_name

WAREHOUSE = by_name((*mart.TABLES, *contact.TABLES, *quality.TABLES, *ops.TABLES))
"""Tables of the warehouse by full name."""

LAKE = by_name((*rows.TABLES, *staged.TABLES))
"""Tables that live as Parquet in the lake, by full name."""
