"""Decide: who was written to lately rests, whatever their id was then."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.io.warehouse import Publication, Warehouse, open_warehouse
from flows.steps.decide import decide
from tests.flows.steps.conftest import AS_OF, Shop
from transforms.contracts import contact, mart
from transforms.contracts.table import Table

NOW, BEFORE, OTHER = "c" + "1" * 20, "c" + "2" * 20, "c" + "3" * 20
YESTERDAY = AS_OF - timedelta(days=1)
SILENT = {"frequency": 4, "age_days": 100, "recency_days": 40, "churn_risk_90d": 0.6, "model": "none"}
LISTED = {
    "as_of_date": YESTERDAY,
    "occasion": "back_from_silence",
    "campaign": "-",
    "channel": "email",
    "message": "-",
    "send_on": AS_OF,
    "send_from_at": datetime(2026, 3, 4, 9, tzinfo=UTC),
    "send_until_at": datetime(2026, 3, 4, 20, tzinfo=UTC),
    "reason": "-",
    "arm": "treated",
}
POINT = {"channel": "email", "address": "a@x.example", "purpose": "marketing", "consent_state": "granted"}


def frame(table: Table, *rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([dict.fromkeys(table.column_names) | row for row in rows], schema=table.polars_schema)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Yesterday's night wrote to one customer, under the id of one of their accounts."""
    made = open_warehouse(str(tmp_path / "w.duckdb"))
    made.migrate()
    frame(contact.CONTACT_LIST, {"customer_id": BEFORE, **LISTED}).write_parquet(tmp_path / "list.parquet")
    made.publish(Publication(YESTERDAY, {contact.CONTACT_LIST.full_name: [tmp_path / "list.parquet"]}))
    return made


@pytest.mark.parametrize(("verdict", "reasons"), [("joined", {NOW: "cap_reached"}), ("parted", {})])
def test_whose_account_was_written_to_rests(
    verdict: str, reasons: dict[str, str], shop: Shop, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")
    night = shop.night()
    scores = [{"as_of_date": AS_OF, "customer_id": one, "currency": "EUR", **SILENT} for one in (NOW, OTHER)]
    night.work.write(mart.CUSTOMER_SCORE, frame(mart.CUSTOMER_SCORE, *scores))
    night.work.write(
        contact.CONTACT_POINT, frame(contact.CONTACT_POINT, *({"customer_id": one, **POINT} for one in (NOW, OTHER)))
    )
    link = {"old_customer_id": BEFORE, "new_customer_id": NOW, "verdict": verdict, "evidence": "phone"}
    night.work.write(
        mart.CUSTOMER_LINK, frame(mart.CUSTOMER_LINK, {**link, "link_date": date(2026, 3, 4), "accounts": 2})
    )
    decide(night, warehouse)
    held = night.work.scan(contact.CONTACT_HOLD).select("customer_id", "reason").collect()
    assert dict(held.iter_rows()) == reasons
    listed = night.work.scan(contact.CONTACT_LIST).collect()["customer_id"]
    assert set(listed) == {NOW, OTHER} - reasons.keys()
