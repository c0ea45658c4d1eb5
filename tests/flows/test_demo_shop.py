import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.demo_shop import write_demo_shop

UNTIL = date(2026, 11, 21)
ORDER_HEADER = (
    "order_id,ordered_at,account_id,product_id,product_name,category,quantity,unit_price,discount,currency,region,"
    "acquired_by"
)


def contents(directory: Path) -> dict[str, bytes]:
    both = (directory, directory.with_name(directory.name + ".truth"))
    return {f"{folder.suffix}/{path.name}": path.read_bytes() for folder in both for path in folder.iterdir()}


def read(directory: Path, pattern: str) -> pl.DataFrame:
    return pl.concat(pl.read_csv(path, infer_schema=False) for path in sorted(directory.glob(pattern)))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo") / "exports"
    write_demo_shop(directory, 2_000, UNTIL, seed=7)
    return directory


def test_the_same_arguments_give_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    write_demo_shop(tmp_path / "again", 2_000, UNTIL, seed=7)
    write_demo_shop(tmp_path / "other", 2_000, UNTIL, seed=8)
    assert contents(tmp_path / "again") == contents(demo)
    other = contents(tmp_path / "other")
    constant = {".truth/product.parquet", ".truth/parameter.parquet"}
    assert {name for name, data in contents(demo).items() if other[name] == data} == constant


def test_the_files_are_one_of_orders_a_year_customers_and_consents(demo: Path) -> None:
    years = [f"orders-{year}.csv" for year in (2023, 2024, 2025, 2026)]
    assert sorted(path.name for path in demo.iterdir()) == ["consents.csv", "customers.csv", *years]
    for year in years:
        text = (demo / year).read_text(encoding="utf-8")
        assert text.startswith(ORDER_HEADER + "\n")
        assert text.endswith("\n")
        assert "\r" not in text


def test_cells_are_written_as_a_back_office_writes_them(demo: Path) -> None:
    lines = read(demo, "orders-*.csv")
    assert lines["ordered_at"].str.contains(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$").all()
    for money in ("unit_price", "discount"):
        assert lines[money].str.contains(r"^\d+\.\d\d$").all()
    assert lines["order_id"].str.contains(r"^O\d{8}$").all()
    assert lines["account_id"].str.contains(r"^C\d{6}$").all()
    assert set(read(demo, "customers.csv")["is_business"]) == {"true", "false"}


def test_the_summary_and_the_truth_agree_with_the_files(tmp_path: Path) -> None:
    written = write_demo_shop(tmp_path / "exports", 300, UNTIL, seed=3)
    lines = read(written.directory, "orders-*.csv")
    assert (written.customers, written.buyers) == (300, 294)
    assert written.order_lines == len(lines)
    assert written.orders == lines["order_id"].n_unique()
    assert sorted(written.files) == sorted(path.name for path in written.directory.iterdir())
    told = json.loads((written.truth_directory / "demo-shop.json").read_text())
    assert (told["seed"], told["until"], told["first"]) == (3, "2026-11-21", "2023-11-23")
    customers = pl.read_parquet(written.truth_directory / "customer.parquet")
    money = lines.select(pl.col("quantity", "unit_price", "discount").cast(pl.Decimal(18, 2)))
    paid = money.select((pl.col("quantity").abs() * pl.col("unit_price")).sum() - pl.col("discount").sum()).item()
    assert paid * 10_000 == customers["paid"].sum()


def test_damaged_rows_lie_on_the_lines_the_truth_names(demo: Path) -> None:
    damaged = pl.read_parquet(demo.with_name("exports.truth") / "damaged_row.parquet")
    spoilt = set()
    for path in demo.glob("orders-*.csv"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], start=2):
            order_id, ordered_at, _, product_id, *_ = line.split(",")
            reasons = {
                "unreadable_date": ordered_at.startswith("0000"),
                "negative_quantity": ",-" in line,
                "missing_product": not product_id,
            }
            spoilt |= {(path.name, number, order_id, reason) for reason, broken in reasons.items() if broken}
    assert len(spoilt) > 10
    assert set(damaged.select("file", "line_number", "order_id", "reason").iter_rows()) == spoilt


def test_an_earlier_demo_shop_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write_demo_shop(tmp_path / "exports", 200, UNTIL, seed=1)
    (tmp_path / "exports" / "customers.csv.part").write_text("left by a run that broke")
    write_demo_shop(tmp_path / "exports", 20, date(2020, 6, 30), seed=2)
    write_demo_shop(tmp_path / "fresh", 20, date(2020, 6, 30), seed=2)
    assert contents(tmp_path / "exports") == contents(tmp_path / "fresh")


def test_orders_are_in_the_currency_asked_for(tmp_path: Path) -> None:
    write_demo_shop(tmp_path / "exports", 10, UNTIL, seed=1, currency="CNY")
    assert set(read(tmp_path / "exports", "orders-*.csv")["currency"]) == {"CNY"}


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    assert write_demo_shop(tmp_path / "exports", 1, UNTIL, seed=1).buyers == 1


@pytest.mark.parametrize("foreign", ["exports/orders-2024.csv", "exports/notes.txt", "exports.truth/customer.parquet"])
def test_a_folder_of_somebody_else_is_refused_and_left_alone(tmp_path: Path, foreign: str) -> None:
    path = tmp_path / foreign
    path.parent.mkdir()
    path.write_text("mine")
    with pytest.raises(ValueError, match="name a"):
        write_demo_shop(tmp_path / "exports", 10, UNTIL, seed=1)
    assert path.read_text() == "mine"
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


def test_a_foreign_file_beside_a_demo_shop_is_refused(tmp_path: Path) -> None:
    write_demo_shop(tmp_path / "exports", 10, UNTIL, seed=1)
    (tmp_path / "exports" / "mine.parquet").write_text("mine")
    before = contents(tmp_path / "exports")
    with pytest.raises(ValueError, match=r"no demo shop wrote \(mine\.parquet\)"):
        write_demo_shop(tmp_path / "exports", 10, UNTIL, seed=2)
    assert contents(tmp_path / "exports") == before


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("mine")
    with pytest.raises(ValueError, match="is a file"):
        write_demo_shop(tmp_path / "exports", 10, UNTIL, seed=1)


@pytest.mark.parametrize(("customers", "until", "seed"), [(0, UNTIL, 1), (5, UNTIL, -1), (5, date(2, 1, 1), 1)])
def test_arguments_without_meaning_leave_no_folder_behind(
    tmp_path: Path, customers: int, until: date, seed: int
) -> None:
    with pytest.raises(ValueError, match=r"customer|seed|later date"):
        write_demo_shop(tmp_path / "exports", customers, until, seed)
    assert list(tmp_path.iterdir()) == []
