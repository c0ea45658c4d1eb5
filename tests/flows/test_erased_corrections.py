"""The corrections kept with a night are personal data: those of an erased person leave every record."""

from pathlib import Path

import polars as pl
import pytest

from flows.erasing.records import clear_records
from flows.io.erasures import Erasures, Receipt
from flows.steps.collect import Collected
from flows.steps.corrections import FILE, HEADER
from flows.steps.read import read
from tests.flows.steps.conftest import Shop
from transforms.identity.marks import mark

WHO = "c" + "0" * 20
KEPT = (
    ",,main,order_line,O2,,quantity,x,2,set,1,typing error,Ann,2026-03-02",
    "o.csv,4,,,,,quantity,x,2,set,1,typing error,Ann,2026-03-02",
    ",,main,customer_account,8,,email,b@x,b@x.example,set,1,typing error,Ann,2026-03-02",
)
THEIRS = (
    ",,main,order_line,O1,,quantity,x,2,set,1,typing error,Ann,2026-03-02",
    "o.csv,2,,,,,quantity,x,2,set,1,typing error,Ann,2026-03-02",
    ",,main,customer_account,7,,is_business,x,yes,set,1,typing error,Ann,2026-03-02",
    ",,main,customer_account,8,,email,b@x,A@x.example,set,1,typing error,Ann,2026-03-02",
    ",,main,customer_account,8,,phone,+86 138,1,set,1,typing error,Ann,2026-03-02",
    ",,main,order_line,O3,,account_id,7,9,set,1,typing error,Ann,2026-03-02",
)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop with an order of the person, line 2, and one of somebody else."""
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")
    made = Shop(tmp_path)
    made.export("o.csv", "O1,2026-03-01 10:00,7,P,1,1", "", "O2,2026-03-01 10:00,8,P,1,1")
    made.stage()
    return made


@pytest.mark.parametrize("form", ["{}", '"{}"', " {} "])
def test_corrections_of_the_person_leave_every_record_and_others_stay(shop: Shop, form: str) -> None:
    run = shop.night()
    barred = {"account_key": "main/7", "email": "a@x.example", "phone": "86138"}
    marks = [pl.DataFrame({name: [text]}).select(mark=mark(name, run.lake.key())) for name, text in barred.items()]
    Erasures(run.lake).bar(pl.concat(marks).with_columns(customer_id=pl.lit(WHO)).select("customer_id", "mark"))
    records = [run.lake.night(run.as_of) / name / FILE for name in ("first", "second")]
    for record in records:
        record.parent.mkdir(parents=True)
        lines = (",".join(map(form.format, line.split(","))) for line in (",".join(HEADER).upper(), *THEIRS, *KEPT))
        record.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8-sig")
    read(run, Collected(run.lake.known_files(), {}))
    clear_records(run, Receipt(WHO, "", ""))
    for record in records:
        assert record.read_text().splitlines() == [",".join(HEADER), *KEPT]
        assert record.stat().st_mode & 0o777 == 0o600
