"""Export files without the rows of erased people: text cells in Parquet, in the place of the bytes that came.

What is known of the source (hash, header, count of records) stays, so that the same bytes are not ingested again.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from flows.io.durable import to_disk
from flows.io.inspection import Inspection

ABOUT = "regulars"


@dataclass(frozen=True, slots=True)
class Redacted:
    """What a redacted file tells of itself."""

    source: Inspection
    """Facts about the bytes that came, the erased rows included."""
    erased: int
    """Rows taken out, by all erasures so far."""


def write_redacted(rows: pl.LazyFrame, path: Path, redacted: Redacted) -> None:
    """Write `line_number` and the text cells of `rows` to `path`, whole or not at all."""
    cells = [f"cell_{position}" for position in range(len(redacted.source.header))]
    beside = path.with_name(f".{path.name}")
    about = {ABOUT: json.dumps({"source": asdict(redacted.source), "erased": redacted.erased})}
    rows.select("line_number", *cells).sort("line_number").sink_parquet(beside, metadata=about, sync_on_close="all")
    beside.chmod(0o600)
    beside.replace(path)
    to_disk(path.parent)


def redacted_at(path: Path) -> Redacted | None:
    """What the redacted file at `path` tells of itself; None if there is none."""
    if not path.exists():
        return None
    about = json.loads(pl.read_parquet_metadata(path)[ABOUT])
    header = tuple(about["source"].pop("header"))
    return Redacted(Inspection(**about["source"], header=header), about["erased"])
