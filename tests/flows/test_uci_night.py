"""The whole night on UCI Online Retail as it lies, on both warehouses."""

import csv
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.io.warehouse import open_warehouse
from tests.flows.conftest import Run
from tests.flows.published import assert_same, tables, whatever_came_before
from tests.transforms.clv.pasts import past_of
from transforms.clv.choice.ladder import Gate, learn
from transforms.contracts.table import Schema

pytestmark = [pytest.mark.night, pytest.mark.xdist_group("uci_night")]

EXAMPLE = Path(__file__).parents[2] / "examples" / "uci-online-retail.toml"
LAST, HALF = date(2011, 12, 9), date(2011, 6, 9)
DAYS = 10
NOT_GOODS = {"POST", "DOT", "C2", "M", "D", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "B"}


def _run(regulars: Run, cwd: Path, exports: Path, warehouse: str = "w.duckdb", as_of: date = LAST) -> None:
    done = regulars(
        "run", "--config", EXAMPLE, "--exports", exports, "--as-of", as_of, "--warehouse", warehouse, "--lake", "lake",
        cwd=cwd,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def source(uci: Path) -> list[dict[str, str]]:
    """Every row of the files, read by the standard library."""
    rows = []
    for path in sorted(uci.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            rows += [{**row, "file": path.name} for row in csv.DictReader(handle)]
    return rows


@pytest.fixture(scope="module")
def night(regulars: Run, uci: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the published night."""
    folder = tmp_path_factory.mktemp("uci")
    _run(regulars, folder, uci)
    return folder


def _total(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum())


def test_every_row_is_accounted_for(night: Path, source: list[dict[str, str]]) -> None:
    account = open_warehouse(str(night / "w.duckdb")).read("quality.row_account", LAST)
    by_file = Counter(row["file"] for row in source)
    assert dict(account.select("file_name", "lines_read").iter_rows()) == dict(by_file)
    assert len(source) == 541_909
    assert _total(account, "merged") == 5_268
    assert _total(account, "quarantined") == 1_336 + 2
    assert _total(account, "loaded") + 5_268 + 1_338 == len(source)
    parts = ("loaded", "merged", "quarantined", "erased")
    assert account.filter(pl.col("lines_read") != pl.sum_horizontal(parts)).is_empty()


def test_counts_by_rule_agree_with_the_source(night: Path, source: list[dict[str, str]]) -> None:
    read = open_warehouse(str(night / "w.duckdb")).read
    is_bad = {
        "quantity_negative": lambda row: int(row["Quantity"]) < 0 and not row["InvoiceNo"].startswith("C"),
        "price_negative": lambda row: float(row["UnitPrice"]) < 0,
    }
    expected = {rule: sum(map(test, source)) for rule, test in is_bad.items()}
    found = dict(read("quality.quarantine", LAST).group_by("rule").len().iter_rows())
    assert found == expected == {"quantity_negative": 1_336, "price_negative": 2}

    kept = {tuple(row.values()) for row in source if not any(test(row) for test in is_bad.values())}
    names = list(source[0])
    invoice, code, customer = (names.index(name) for name in ("InvoiceNo", "StockCode", "CustomerID"))
    refunds = [row for row in kept if row[invoice].startswith("C")]
    assert read("mart.refund").height == len(refunds) == 9_251
    lines = [row for row in kept if not row[invoice].startswith("C")]
    purchase_lines = read("mart.purchase_line")
    assert purchase_lines.height == len(lines)
    assert purchase_lines["customer_id"].null_count() == sum(not row[customer] for row in lines)
    other = sum(row[code].upper() in NOT_GOODS or row[code].lower().startswith("gift_0001_") for row in lines)
    assert purchase_lines.filter(~pl.col("is_goods")).height == other
    assert read("mart.customer").height == len({row["CustomerID"] for row in source} - {""}) == 4_372


def test_money_agrees_with_the_source(night: Path, source: list[dict[str, str]]) -> None:
    read = open_warehouse(str(night / "w.duckdb")).read
    value = {tuple(row.values()): round(float(row["UnitPrice"]) * 10_000) * int(row["Quantity"]) for row in source}
    prices_below_zero = -2 * 110_620_600
    net = _total(read("mart.purchase_line"), "amount") - _total(read("mart.refund"), "amount")
    assert net == sum(value.values()) - prices_below_zero
    assert _total(read("mart.purchase_order"), "customer_paid") == _total(read("mart.purchase_line"), "amount")


def test_scores_cover_every_customer(night: Path) -> None:
    read = open_warehouse(str(night / "w.duckdb")).read
    scores, buyers = read("mart.customer_score", LAST), read("mart.customer").filter(pl.col("orders") > 0)
    assert scores["customer_id"].to_list() == read("mart.customer")["customer_id"].to_list()
    assert scores.filter(pl.col("model") != "none").height == buyers.height == 4_339
    without = scores.filter(pl.col("model") == "none").select("churn_risk_90d", "frequency", "tier")
    assert without.null_count().row(0) == (33, 33, 33)
    listed = read("contact.contact_list", LAST)["customer_id"].to_list()
    held = read("contact.contact_hold", LAST)["customer_id"].to_list()
    assert sorted(listed + held) == scores["customer_id"].to_list()


def test_cohorts_agree_with_the_source(night: Path, source: list[dict[str, str]]) -> None:
    read = open_warehouse(str(night / "w.duckdb")).read
    cohorts, customers = read("mart.cohort_retention"), read("mart.customer")
    months: dict[str, set[str]] = {}
    for row in source:
        is_order = not row["InvoiceNo"].startswith("C") and int(row["Quantity"]) >= 0 and float(row["UnitPrice"]) >= 0
        if is_order and row["CustomerID"]:
            months.setdefault(row["CustomerID"], set()).add(row["file"][:7])
    sizes = Counter(min(bought) for bought in months.values())
    started = cohorts.filter(month_number=0).select(pl.col("cohort_month").dt.strftime("%Y-%m"), "customers")
    assert dict(started.iter_rows()) == dict(sizes)
    active = Counter((min(bought), month) for bought in months.values() for month in bought)
    month = pl.col("cohort_month").dt.offset_by(pl.format("{}mo", "month_number"))
    by_month = cohorts.select(
        pl.col("cohort_month").dt.strftime("%Y-%m"), month.dt.strftime("%Y-%m").alias("month"), "active"
    )
    assert {(start, then): number for start, then, number in by_month.iter_rows() if number} == dict(active)
    assert cohorts.height == sum(range(1, 14))
    assert _total(cohorts, "net_revenue") == _total(customers.filter(pl.col("orders") > 0), "net_revenue")


def test_postgresql_holds_the_same_rows(
    night: Path, regulars: Run, uci: Path, tmp_path: Path, postgres_url: str
) -> None:
    _run(regulars, tmp_path, uci, warehouse=postgres_url)
    assert_same(tables(postgres_url), tables(str(night / "w.duckdb")))


@pytest.mark.slow
def test_the_same_night_again_changes_no_row(night: Path, regulars: Run, uci: Path) -> None:
    every_schema = (*Schema,)
    before = tables(str(night / "w.duckdb"), schemas=every_schema)
    batches = sorted((night / "lake" / "batches").rglob("*.parquet"))
    _run(regulars, night, uci)
    after = tables(str(night / "w.duckdb"), schemas=every_schema)
    run_before, run_after = before.pop("ops.run"), after.pop("ops.run")
    assert_same(before, after)
    assert sorted((night / "lake" / "batches").rglob("*.parquet")) == batches
    of_attempt = ("run_id", "published_run_id", "started_at", "finished_at", "published_at")
    assert run_after.drop(of_attempt).equals(run_before.drop(of_attempt))


@pytest.mark.slow
def test_days_fed_one_by_one_end_in_the_same_night(night: Path, regulars: Run, uci: Path, tmp_path: Path) -> None:
    files = sorted(uci.glob("*.csv"))
    exports = tmp_path / "exports"
    exports.mkdir()
    for path in files[:-DAYS]:
        shutil.copyfile(path, exports / path.name)
    for path in files[-DAYS:]:
        shutil.copyfile(path, exports / path.name)
        _run(regulars, tmp_path, exports, as_of=date.fromisoformat(path.stem))
    fed = open_warehouse(str(tmp_path / "w.duckdb"))
    assert fed.read("ops.run").filter(status="published").height == DAYS
    by_day, at_once = (tables(str(folder / "w.duckdb"), LAST) for folder in (tmp_path, night))
    assert_same(whatever_came_before(by_day), whatever_came_before(at_once))


def test_the_night_says_how_well_its_model_foretold(night: Path) -> None:
    warehouse = open_warehouse(str(night / "w.duckdb"))
    quality, tenths = (warehouse.read(f"mart.{name}", LAST) for name in ("model_quality", "score_calibration"))
    champion = quality.filter("is_champion")
    assert set(champion["baseline"]) >= {"last_period", "own_rate"}
    assert champion.filter(metric="log_loss_90d", baseline="own_rate")["verdict"].to_list() == ["better"]
    risk = tenths.filter(score="churn_risk_90d").sort("bin")
    assert risk["observed"].is_sorted()
    assert risk["customers"].sum() == tenths.filter(score="expected_orders_90d")["customers"].sum()
    used = set(warehouse.read("mart.customer_score", LAST)["model"]) - {"none"}
    assert {name.partition("+")[0] for name in used} == set(champion["model"])


def test_half_a_year_seen_is_too_short_for_a_season(night: Path) -> None:
    orders = open_warehouse(str(night / "w.duckdb")).read("mart.purchase_order").drop_nulls("customer_id")
    bought = orders.select("customer_id", happened_date="order_date", spend="customer_paid")
    half = learn(past_of(bought, HALF), Gate(500, 180, 30, 10), HALF)
    assert half.season.kind == "off"
    assert [(each.reason, each.figure) for each in half.reasons if each.part == "season"] == [("under_a_year", 190)]
