"""A night as of a date knows nothing of the days after it: exports that end on that date give the same customer file.

What an export tells without a date, such as money given back beside an order, stands in both and counts from the order.
"""

import csv
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.demo_world import SHOP, Wanted, write_demo_world
from flows.night import Night, open_night
from flows.settings import Score, Settings
from flows.steps.collect import collect
from flows.steps.customers import customers
from flows.steps.fit import fit
from flows.steps.health import health
from flows.steps.identify import identify
from flows.steps.read import read
from flows.steps.score import score
from flows.steps.stage import stage
from transforms.contracts import contact, mart, value
from transforms.contracts.health import PRODUCT_HEALTH, SERVICE_HEALTH

UNTIL = date(2026, 3, 14)
FILE = (mart.CUSTOMER, mart.CUSTOMER_CHANNEL, mart.CUSTOMER_LINK, contact.CONTACT_POINT, contact.CUSTOMER_ATTRIBUTE,
        contact.CUSTOMER_CARD, PRODUCT_HEALTH, SERVICE_HEALTH, mart.CUSTOMER_SCORE, *value.TABLES)  # fmt: skip
DATES = [UNTIL - timedelta(days=days) for days in random.Random(20).sample(range(1, 900), 23)]
Cells = dict[str, str]


@dataclass(frozen=True)
class Dated:
    """How a file tells when its rows happened."""

    files: str
    date: str
    """Header."""
    order: str | None = None
    """Header of the order's number, where rows without a date belong to one that has it, here or in another file."""
    later: tuple[str, ...] = ()
    """Headers of what is filled in later."""
    encoding: str = "utf-8"


CUSTOMERS = Dated("youzan/customers.csv", "成为客户时间", encoding="utf-8-sig")
EXPORTS = (
    Dated("shopify/orders_export_*.csv", "Created at", "Name"),
    Dated("taobao/ExportOrderList*.csv", "订单创建时间", "订单编号", encoding="gbk"),
    Dated("taobao/ExportOrderDetailList*.csv", "", "订单编号", encoding="gbk"),
    Dated("youzan/orders_*.csv", "订单创建时间", "订单号", encoding="utf-8-sig"),
    Dated("youzan/order_items_*.csv", "", "订单号", encoding="utf-8-sig"),
    CUSTOMERS,
    Dated("reviews.csv", "reviewed_at"),
    Dated("tickets.csv", "opened_at", later=("first_reply_at", "resolved_at")),
    Dated("consents.csv", "said_at"),
    Dated("contact_events.csv", "occurred_at"),
    Dated("referrals.csv", "referred_at"),
    Dated("product_costs.csv", "valid_from"),
    Dated("customer_attributes.csv", "recorded_at"),
)
UNDATED = {"shopify/customers_export.csv"}


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small shop of three stores, with one row for each number in the list of customers.

    Two people behind one number have two rows there, and of which of them an undated note is, no export tells.
    """
    folder = tmp_path_factory.mktemp("ahead") / "exports"
    write_demo_world(folder, Wanted(400, UNTIL, 7))
    path = folder / CUSTOMERS.files
    header, rows = _opened(path, CUSTOMERS)
    by_number = {cells["客户手机号"]: record for record, cells in reversed(rows)}
    path.write_bytes(header + b"".join(by_number.values()))
    return folder


@pytest.fixture(scope="module")
def night(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night over the whole exports, which are read once for every date."""
    return _night(exports, tmp_path_factory.mktemp("whole") / "lake", UNTIL)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")


def _night(exports: Path, lake: Path, as_of: date) -> Night:
    paths = Settings().paths.model_copy(update={"exports": exports, "lake": lake})
    settings = Settings(shop=SHOP, score=Score(min_customers=50)).model_copy(update={"paths": paths})
    return open_night(settings, as_of, datetime.now(UTC))


def _customer_file(night: Night) -> dict[str, pl.DataFrame]:
    stage(night, *read(night, collect(night)))
    identify(night, mart.CUSTOMER_LINK.empty())
    customers(night)
    health(night)
    score(night, fit(night))
    found = {table.full_name: night.work.scan(table).sort(table.key).collect() for table in FILE}
    shutil.rmtree(night.work.root)
    return found


def _cells(record: str, header: list[str]) -> Cells:
    return dict(zip(header, next(csv.reader(StringIO(record, newline=""))), strict=False))


def _day(cells: Cells, name: str) -> date | None:
    """Shop-local, as all these files are written; null where it is blank or damaged."""
    try:
        return date.fromisoformat(cells.get(name, "")[:10])
    except ValueError:
        return None


def _opened(path: Path, dated: Dated) -> tuple[bytes, list[tuple[bytes, Cells]]]:
    """The header's bytes, and of each row its bytes and cells."""
    first, *records = _records(path.read_bytes())
    header = next(csv.reader([first.decode(dated.encoding).strip()]))
    encoding = dated.encoding.removesuffix("-sig")
    return first, [(record, _cells(record.decode(encoding), header)) for record in records]


def _records(content: bytes) -> Iterator[bytes]:
    """Lines, and together those between which a quote is open."""
    record = b""
    for line in content.splitlines(keepends=True):
        record += line
        if record.count(b'"') % 2 == 0:
            yield record
            record = b""


def _files(exports: Path) -> Iterator[tuple[Path, Dated]]:
    for dated in EXPORTS:
        for path in sorted(exports.glob(dated.files)):
            yield path, dated


def _later_orders(exports: Path, as_of: date) -> set[tuple[str, str]]:
    return {
        (path.parent.name, cells[dated.order])
        for path, dated in _files(exports)
        if dated.order and dated.date
        for _, cells in _opened(path, dated)[1]
        if (_day(cells, dated.date) or as_of) > as_of
    }


def _without_later(line: bytes, cells: Cells, dated: Dated, as_of: date) -> bytes:
    later = [name for name in dated.later if (_day(cells, name) or as_of) > as_of]
    if not later:
        return line
    row = StringIO()
    csv.writer(row, lineterminator="\n").writerow((cells | dict.fromkeys(later, "")).values())
    return row.getvalue().encode(dated.encoding)


def _cut(exports: Path, target: Path, as_of: date) -> None:
    """The exports as they would have been made at the end of `as_of`; a file without a row would not have been."""
    gone = _later_orders(exports, as_of)
    for name in UNDATED:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(exports / name, target / name)
    for path, dated in _files(exports):
        header, rows = _opened(path, dated)
        kept = [
            _without_later(line, cells, dated, as_of)
            for line, cells in rows
            if (_day(cells, dated.date) or as_of) <= as_of
            and (path.parent.name, cells.get(dated.order or "")) not in gone
        ]
        if kept:
            copy = target / path.relative_to(exports)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(header + b"".join(kept))
            shutil.copystat(path, copy)


def test_every_file_of_the_demo_shop_is_cut(exports: Path) -> None:
    cut = {str(path.relative_to(exports)) for path, _ in _files(exports)}
    assert cut | UNDATED == {str(path.relative_to(exports)) for path in exports.rglob("*.csv")}


@pytest.mark.parametrize(
    "as_of",
    [pytest.param(as_of, marks=pytest.mark.night if i < 3 else pytest.mark.slow) for i, as_of in enumerate(DATES)],
)
def test_the_customer_file_knows_nothing_of_later_days(
    as_of: date, night: Night, exports: Path, tmp_path: Path
) -> None:
    _cut(exports, tmp_path / "exports", as_of)
    told = _customer_file(replace(night, as_of=as_of))
    then = _customer_file(_night(tmp_path / "exports", tmp_path / "lake", as_of))
    assert told["mart.customer"].height > 100
    for name, frame in told.items():
        _assert_same(name, frame, then[name])


def _assert_same(name: str, told: pl.DataFrame, then: pl.DataFrame) -> None:
    try:
        assert_frame_equal(told, then)
    except AssertionError as difference:
        raise AssertionError(f"{name} looks ahead: {difference}") from None
