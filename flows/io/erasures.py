"""What the lake keeps of erasures: who is barred, by keyed hashes, and a receipt for each person.

erased/barred.json                 customer id -> marks (`transforms.identity.marks`), and which key made them
erased/<date>-<customer_id>.json   what was removed where; `finished_at` is null until all of it is
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypedDict

import polars as pl

from flows.faults import InputError
from flows.io.lake import Lake, write_atomically
from transforms.identity.keyed_hash import hmac_sha256_hex

BARRED = "barred.json"
OWNER_ONLY = 0o600


class FileRows(TypedDict):
    """Rows taken out of the lake's copy of a file."""

    file_id: str
    file_name: str
    rows: int


@dataclass(slots=True)
class Receipt:
    """What was removed of one person: counts by place, no personal data."""

    customer_id: str
    asked_at: str
    """Instant, UTC, ISO 8601."""
    code_version: str
    customer_ids: list[str] = field(default_factory=list)
    """Every id they have or had."""
    accounts: int = 0
    """Account keys barred."""
    files: list[FileRows] = field(default_factory=list)
    tables: dict[str, int] = field(default_factory=dict)
    """Rows removed by table of the warehouse, over all nights."""
    night_records: dict[str, int] = field(default_factory=dict)
    """Accounts removed by record of a night, as `as_of/run_id`."""
    erased_before: dict[str, int] = field(default_factory=dict)
    """Rows erased of each file by earlier erasures; empty once this one is finished."""
    finished_at: str | None = None

    def note(self, place: dict[str, int], found: dict[str, int]) -> None:
        """Put down what was found in a place before it is removed: what a run that was cut off put down stays."""
        for name, count in found.items():
            if count:
                place[name] = max(count, place.get(name, 0))


class Erasures:
    """The folder `erased` of a lake."""

    def __init__(self, lake: Lake) -> None:
        self.root = lake.root / "erased"
        self._lake = lake

    def barred(self) -> pl.DataFrame:
        """`customer_id`, `mark`, sorted: the accounts, orders and addresses whose rows no night may read.

        Raises InputError under another key than theirs: everybody who was erased would be read again.
        """
        path = self.root / BARRED
        pairs = list[tuple[str, str]]()
        if path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept["key"] != self._key_told():
                raise InputError(f"{path}: erased people are barred under another key; set REGULARS_KEY to that one")
            pairs = [(customer, mark) for customer, found in kept["marks"].items() for mark in found]
        schema = {"customer_id": pl.String, "mark": pl.String}
        return pl.DataFrame(pairs, schema=schema, orient="row").sort("customer_id", "mark")

    def bar(self, marks: pl.DataFrame) -> None:
        """Bar these too, all or none. `marks`: `customer_id`, `mark`."""
        every = pl.concat([self.barred(), marks.select("customer_id", "mark")]).unique().sort("customer_id", "mark")
        by_customer = every.group_by("customer_id", maintain_order=True).agg("mark")
        self._write(BARRED, {"key": self._key_told(), "marks": dict(by_customer.iter_rows())})

    def receipts(self) -> list[Receipt]:
        """Every receipt, the oldest first."""
        paths = sorted(path for path in self.root.glob("*.json") if path.name != BARRED)
        return [Receipt(**json.loads(path.read_text(encoding="utf-8"))) for path in paths]

    def of(self, customer_id: str) -> list[Receipt]:
        """Those of the person, whatever id of theirs is given, the oldest first."""
        return [found for found in self.receipts() if customer_id in (found.customer_id, *found.customer_ids)]

    def pending(self) -> list[Receipt]:
        """Those of erasures that were cut off."""
        return [receipt for receipt in self.receipts() if receipt.finished_at is None]

    def path(self, receipt: Receipt) -> Path:
        """Where the receipt lies."""
        return self.root / f"{receipt.asked_at[:10]}-{receipt.customer_id}.json"

    def keep(self, receipt: Receipt) -> None:
        """Write the receipt over its earlier state."""
        self._write(self.path(receipt).name, asdict(receipt))

    def _key_told(self) -> str:
        """What tells one key from another and shows neither."""
        return str(pl.select(hmac_sha256_hex(pl.lit("key of erasures"), self._lake.key())).item())

    def _write(self, name: str, content: dict[str, object]) -> None:
        write_atomically(self.root / name, json.dumps(content, indent=1), mode=OWNER_ONLY)
