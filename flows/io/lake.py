"""What lies where in the lake: copies of exports, batches of read rows, work of a run, records of nights, the key.

raw/ab/<sha256>            the bytes of every export file, once
raw/ab/<sha256>.parquet    what is left of them once rows of erased people were taken out; then the bytes are gone
files.json                 what is known of them; written last, so that a file is known only when its rows are read
batches/<fingerprint>/<id> rows of the files that came in one run, read under one set of layouts
work/<run_id>/             stages of a running night; removed when it ends well
nights/<as_of>/<run_id>/   what a published night depended on: settings, corrections, files, identity, models
erased/                    who is barred, and receipts (flows.io.erasures)
key                        keys ids, arms, suppression and the marks of erased people; mode 0600
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from filelock import FileLock, Timeout

from flows.faults import Busy, Fault, InputError
from transforms.contracts.table import Table

SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Container:
    """The workbook, archive or gzip file that a table came out of. The lake keeps the table alone."""

    file_name: str
    size_bytes: int
    modified_ns: int
    left_out: tuple[str, ...] = ()
    """What was in it that the settings said to ignore."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """One export file in the lake."""

    file_id: str
    sha256: str
    file_name: str
    size_bytes: int
    modified_ns: int
    """Modification time of the source, to tell an untouched file without reading it."""
    known_at: datetime
    layout: str
    lines_read: int
    """Records in the bytes that came."""
    erased: int = 0
    """How many of them were taken out since, with the people they told of."""
    not_data: int = 0
    """Records beyond `lines_read` that no export counts as rows: notes, explanations, totals."""
    exported_at: datetime | None = None
    """When the platform made it, where the name tells."""

    @property
    def told_at(self) -> datetime:
        """When it was told, as far as anybody knows: never after it came."""
        written = datetime.fromtimestamp(self.modified_ns / 1e9, UTC)
        return min(self.exported_at or written, self.known_at)

    container: Container | None = None

    @property
    def source(self) -> Container:
        """The file in the exports folder, to tell whether it was touched."""
        return self.container or Container(self.file_name, self.size_bytes, self.modified_ns)

    def as_json(self) -> dict[str, object]:
        """Plain values; `from_json` reads them back."""
        exported_at = self.exported_at.isoformat() if self.exported_at else None
        return {**asdict(self), "known_at": self.known_at.isoformat(), "exported_at": exported_at}

    @classmethod
    def from_json(cls, values: dict[str, object]) -> "RawFile":
        """The file that `as_json` described."""
        container = values.get("container")
        plain = {
            "known_at": datetime.fromisoformat(str(values["known_at"])),
            "exported_at": datetime.fromisoformat(str(told)) if (told := values.get("exported_at")) else None,
            "container": Container(**{**container, "left_out": tuple(container["left_out"])})
            if isinstance(container, dict)
            else None,
        }
        return cls(**{**values, **plain})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder of tables as `<table>/shard=NN/NNNNN.parquet`. What steps hand to each other is such a folder's name."""

    root: Path

    def write(self, table: Table, frame: pl.LazyFrame | pl.DataFrame, shard: int = 0, part: int = 0) -> None:
        """Write one shard of `table`, or a part of it, with the contract's columns and types."""
        path = self.root / table.full_name / f"shard={shard:02d}" / f"{part:05d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.conform(frame.lazy()).sink_parquet(path, compression="lz4", statistics=False)

    def parts(self, table: Table, shard: int | None = None) -> list[Path]:
        """Files of `table`, of one shard or of all."""
        pattern = "shard=*" if shard is None else f"shard={shard:02d}"
        return sorted((self.root / table.full_name).glob(f"{pattern}/*.parquet"))

    def scan(self, table: Table, shard: int | None = None) -> pl.LazyFrame:
        """`table` as a LazyFrame; no rows where nothing was written."""
        parts = self.parts(table, shard)
        return pl.scan_parquet(parts, glob=False) if parts else table.empty().lazy()


class Lake:
    """The folder that holds everything Regulars keeps beside the warehouse."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def raw_path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie."""
        return self.root / "raw" / sha256[:2] / sha256

    def redacted_path(self, sha256: str) -> Path:
        """Where the file lies instead, once rows were erased from it."""
        return self.raw_path(sha256).with_suffix(".parquet")

    def text_path(self, sha256: str) -> Path:
        """Whichever of the two holds: where a run was cut off between them, the redacted one."""
        redacted = self.redacted_path(sha256)
        return redacted if redacted.exists() else self.raw_path(sha256)

    def batch_root(self, fingerprint: str) -> Path:
        """Folder of the batches read under one set of layouts."""
        return self.root / "batches" / fingerprint

    def work(self, run_id: str) -> Path:
        """Folder of one running night."""
        return self.root / "work" / run_id

    def night(self, as_of: date) -> Path:
        """Folder of the records of one night, one a run; the one named in ops.run is that of the published run."""
        return self.root / "nights" / as_of.isoformat()

    def known_files(self) -> list[RawFile]:
        """Every file whose rows were read, in the order in which they came."""
        path = self.root / "files.json"
        if not path.exists():
            return []
        return [RawFile.from_json(entry) for entry in json.loads(path.read_text(encoding="utf-8"))]

    def remember(self, files: list[RawFile]) -> None:
        """Make `files` the known files, all or none."""
        write_atomically(self.root / "files.json", json.dumps([file.as_json() for file in files], indent=0))

    def key(self) -> str:
        """`REGULARS_KEY`, else a key made once and kept in the lake."""
        given = os.environ.get("REGULARS_KEY")
        if given:
            if len(given) < SHORTEST_KEY:
                raise InputError(
                    f"REGULARS_KEY is shorter than {SHORTEST_KEY} characters; set a longer one or unset it"
                )
            return given
        path = self.root / "key"
        if not path.exists():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, secrets.token_hex(32), mode=0o600)
        key = path.read_text(encoding="ascii").strip()
        if len(key) < SHORTEST_KEY:
            raise Fault(f"{path}: the key is cut off; put back the one the warehouse was made with")
        return key

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One run at a time. Raises Busy at once if another holds it."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with FileLock(self.root / "lock", timeout=0):
                yield
        except Timeout:
            raise Busy(f"another run is at work on {self.root}; wait for it to end") from None

    def forget_batches_but(self, fingerprint: str) -> None:
        """Remove rows that were read under other settings or by other code; the raw files they came from stay."""
        for root in (self.root / "batches").glob("*"):
            if root.name != fingerprint:
                shutil.rmtree(root, ignore_errors=True)

    def forget_unredacted(self) -> None:
        """Remove the bytes of files that lie redacted beside them."""
        for redacted in (self.root / "raw").glob("*/*.parquet"):
            redacted.with_suffix("").unlink(missing_ok=True)

    def forget_unknown_files(self) -> None:
        """Remove copies of files that no night has read, and halves of copies. Such a file is copied again."""
        known = {self.text_path(file.sha256) for file in self.known_files()}
        for path in (self.root / "raw").glob("*/*"):
            if path not in known:
                path.unlink()

    def clear_work(self) -> None:
        """Remove what runs that were cut off left behind. Call under the lock."""
        shutil.rmtree(self.root / "work", ignore_errors=True)
        for leftover in (self.root / "batches").glob("*/.*"):
            shutil.rmtree(leftover, ignore_errors=True)


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace `path` with `text` so that a reader, or a crash, meets the old or the new content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(path)
    except OSError as error:
        raise Fault(f"{path}: cannot be written ({error.strerror}); check disk space and permissions") from None
