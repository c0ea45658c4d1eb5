"""The steps of an erasure, in their order: who, bar, (read,) warehouse, records, receipt."""
