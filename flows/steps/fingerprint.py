"""What shapes the reading of a file: rows that were read under another fingerprint are read anew."""

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from flows.settings import Settings

ROOT = Path(__file__).parents[2]
CODE = (
    "checks/row_rules.py",
    "flows/io/encodings.py",
    "flows/io/inspection.py",
    "flows/io/not_data.py",
    "flows/io/plain_text.py",
    "flows/io/record_ends.py",
    "flows/io/records.py",
    "flows/io/redacted_files.py",
    "flows/io/salvaged_text.py",
    "flows/io/text_files.py",
    "flows/steps/collect.py",
    "flows/steps/corrections.py",
    "flows/steps/judge.py",
    "flows/steps/read.py",
    "flows/steps/erased_rows.py",
    "transforms/contracts/fields.py",
    "transforms/contracts/rows.py",
    "transforms/contracts/table.py",
    "transforms/contracts/told.py",
    "transforms/identity/marks.py",
    "transforms/platforms/*.py",
    "transforms/reading/*.py",
    "transforms/staging/accounts.py",
    "transforms/staging/incomplete.py",
    "transforms/staging/subjects.py",
    "transforms/staging/told_orders.py",
    "transforms/staging/told_refunds.py",
)
LIBRARIES = ("charset-normalizer", "polars", "polars-hash")
"""What guesses encodings, types cells, and picks the shard of a row."""
SETTINGS: dict[str, Any] = {
    "shop": {"timezone", "currency"},
    "stores": True,
    "layouts": True,
    "running": {"shards"},
}


def reading_fingerprint(settings: Settings, corrections: str, barred: pl.Series) -> str:
    """16 hex digits that change with the layouts, zones, currency, shards, `LIBRARIES`, and the code that reads.

    Also with `corrections`, the hash of the corrections file, and with `barred`, the sorted marks of erased people:
    rows that were read before somebody was barred hold them.
    """
    digest = sha256(settings.model_dump_json(include=SETTINGS).encode())
    digest.update(corrections.encode())
    digest.update("".join(barred).encode())
    digest.update(" ".join(version(library) for library in LIBRARIES).encode())
    for pattern in CODE:
        for source in sorted(ROOT.glob(pattern)):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
