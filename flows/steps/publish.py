"""Publish: one transaction replaces the night, or, for a stopped night, records why it stopped."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from importlib.metadata import version

import polars as pl

from checks.gate.account import ACCOUNT_COLUMNS
from flows.faults import Fault, RegularsError
from flows.io.durable import to_disk
from flows.io.lake import RawFile
from flows.io.warehouse import Publication, Warehouse
from flows.night import Night
from flows.steps.corrections import FILE as CORRECTIONS
from flows.steps.decide import LISTS, is_listing
from flows.steps.exchange import RATES
from flows.steps.fit import MODELS
from flows.steps.identify import IDENTITY
from transforms.contracts import WAREHOUSE, contact, mart, ops, quality
from transforms.contracts.table import Schema

STATUS_OF_EXIT = {1: "stopped", 2: "stopped"}


def publish(night: Night, files: list[RawFile], warehouse: Warehouse) -> dict[str, int]:
    """Replace the night's tables and its row in ops.run, once its record is kept; rows written by table."""
    _keep_record(night, files)
    now = datetime.now(UTC)
    published = {"status": "published", "published_run_id": night.run_id, "published_at": now, "message": None}
    _write_ops(night, files, {**published, **_of_stored_lists(night, warehouse), "critical_failures": 0})
    parts = {name: night.work.parts(table) for name, table in WAREHOUSE.items()}
    left_alone = set() if is_listing(night) else LISTS
    missing = sorted(name for name, found in parts.items() if not found and name not in left_alone)
    if missing:
        raise Fault(f"publish: no step wrote {', '.join(missing)}; this is a defect, please report it")
    parts = {name: found for name, found in parts.items() if found}
    return warehouse.publish(Publication(night.as_of, parts))


def record_stop(night: Night, files: list[RawFile], warehouse: Warehouse, error: RegularsError) -> None:
    """Write ops and quality only: what was rejected and why the night stopped. What readers see stays as it is."""
    before = warehouse.run(night.as_of) or {}
    kept = {name: before.get(name) for name in ("published_run_id", "published_at")}
    checks = night.work.scan(quality.CHECK_RESULT).filter(~pl.col("is_passed"), severity="critical")
    failures = checks.select(pl.len()).collect().item()
    stop = {"status": STATUS_OF_EXIT.get(error.exit_code, "failed"), "message": str(error)}
    _write_ops(night, files, {**kept, **stop, "critical_failures": failures})
    tables = {name: table for name, table in WAREHOUSE.items() if table.schema in (Schema.OPS, Schema.QUALITY)}
    parts = {name: parts for name, table in tables.items() if (parts := night.work.parts(table))}
    warehouse.publish(Publication(night.as_of, parts))


def _of_stored_lists(night: Night, warehouse: Warehouse) -> dict[str, object]:
    if is_listing(night):
        return {}
    return {"contacts": (warehouse.run(night.as_of) or {}).get("contacts")}


def _keep_record(night: Night, files: list[RawFile]) -> None:
    """Settings, files, identity, models and exchange rates, under the run's id: why the night says what it says."""
    record = night.lake.night(night.as_of) / night.run_id
    record.mkdir(parents=True, exist_ok=True)
    (record / "code_version").write_text(version("regulars"), encoding="ascii")
    (record / "settings.json").write_text(night.settings.model_dump_json(exclude={"paths"}, indent=1), encoding="utf-8")
    (record / "files.json").write_text(json.dumps([file.as_json() for file in files], indent=0), encoding="utf-8")
    for name in (IDENTITY, MODELS, *([RATES] if (night.work.root / RATES).exists() else [])):
        shutil.copyfile(night.work.root / name, record / name)
    if (night.work.root / CORRECTIONS).exists():
        shutil.copy(night.work.root / CORRECTIONS, record / CORRECTIONS)
    for path in record.iterdir():
        to_disk(path)


def _write_ops(night: Night, files: list[RawFile], outcome: dict[str, object]) -> None:
    work = night.work
    counts = work.scan(quality.ROW_ACCOUNT).select(ACCOUNT_COLUMNS).sum().collect().row(0, named=True)
    is_scored = bool(work.parts(mart.CUSTOMER_SCORE))
    treated = work.scan(contact.CONTACT_LIST).filter(arm="treated").select(pl.len()).collect().item()
    run = {
        "as_of_date": night.as_of,
        "run_id": night.run_id,
        "started_at": night.started_at,
        "finished_at": datetime.now(UTC),
        "files": len(files),
        **(counts if work.parts(quality.ROW_ACCOUNT) else dict.fromkeys(ACCOUNT_COLUMNS)),
        "customers": work.scan(mart.CUSTOMER_SCORE).select(pl.len()).collect().item() if is_scored else None,
        "contacts": treated if is_listing(night) else None,
        "code_version": version("regulars"),
        "settings_hash": night.settings.fingerprint,
        "manifest_hash": manifest_hash(files) if files else None,
        **outcome,
    }
    work.write(ops.RUN, pl.DataFrame([run], schema=ops.RUN.polars_schema))
    if files:
        work.write(ops.EXPORT_FILE, pl.DataFrame([file.as_json() for file in files]).with_columns(_known_at()))


def manifest_hash(files: list[RawFile]) -> str:
    """First 16 hex digits of the hash of the list of files."""
    return hashlib.sha256(" ".join(file.sha256 for file in files).encode()).hexdigest()[:16]


def _known_at() -> pl.Expr:
    return pl.col("known_at").str.to_datetime(time_unit="us", time_zone="UTC")
