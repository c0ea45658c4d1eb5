"""Real shops' data, read with the settings in `examples`, against what is known of them. UCI has a page of its own."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.steps.collect import collect
from flows.steps.identify import IDENTITY, identify
from flows.steps.read import read
from flows.steps.stage import stage
from tests.flows.conftest import SHARED
from tests.flows.steps.conftest import Shop
from tests.flows.steps.native import account
from transforms.contracts import staged
from transforms.contracts.mart import CUSTOMER_LINK

EXAMPLES = Path(__file__).parents[3] / "examples"
Prepared = Callable[[str, str], Shop]


def real(*names: str) -> Path:
    path = SHARED.joinpath("data", *names)
    if not path.exists():
        pytest.skip(f"real data absent: {'/'.join(names)}")
    return path


@pytest.fixture
def prepared(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """A shop with the settings of an example, and the files that its SQL makes of the data."""

    def run(example: str, folder: str) -> Shop:
        for path in real(folder).iterdir():
            (shop.folder / path.name).symlink_to(path)
        monkeypatch.chdir(shop.folder)
        with duckdb.connect() as connection:
            connection.execute((EXAMPLES / f"{example}.sql").read_text(encoding="utf-8"))
        shop.config.write_bytes((EXAMPLES / f"{example}.toml").read_bytes())
        return shop

    return run


def test_cdnow(prepared: Prepared) -> None:
    shop = prepared("cdnow", "cdnow")
    assert account(shop) == {"purchases.csv": (69_659, 69_659, 0, 0)}
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    days = orders.select("account_key", "happened_date")
    assert (orders.height, orders["account_key"].n_unique()) == (69_659, 23_570)
    assert (orders["happened_date"].min(), orders["happened_date"].max()) == (date(1997, 1, 1), date(1998, 6, 30))
    assert orders.filter(pl.col("customer_paid") == 0).height == 80
    assert orders.height - days.n_unique() == 2_068
    assert "cdnow/00001" in orders["account_key"]


def test_olist(prepared: Prepared) -> None:
    shop = prepared("olist", "olist-sample")
    # A review of several orders counts once.
    assert account(shop) == {
        "orders.csv": (8_135, 8_135, 0, 0),
        "items.csv": (8_365, 8_365, 0, 0),
        "reviews.csv": (8_225, 8_191, 34, 0),
    }
    orders, lines, reviews, accounts = shop.tables(
        staged.PURCHASE_ORDER, staged.ORDER_LINE, staged.REVIEW, staged.CUSTOMER_ACCOUNT
    )
    # 625 cancelled, 609 unavailable, 5 only created.
    assert orders.height == 8_135 - 625 - 609 - 5
    # One an order, though there are 8,016 people.
    assert (accounts.height, accounts["buyer_key"].n_unique()) == (8_135, 8_016)
    assert lines["amount"].sum() == orders["customer_paid"].sum()
    source = pl.read_csv(SHARED / "data/olist-sample/olist_order_payments_dataset.csv")
    states = pl.read_csv(shop.exports / "orders.csv").filter(state="paid").select("order_id")
    assert orders["customer_paid"].sum() == round(source.join(states, on="order_id")["payment_value"].sum() * 10_000)
    texts = reviews["review_text"].drop_nulls()
    assert texts.str.contains("\n").any()
    assert texts.str.contains("[\U0001f300-\U0001faff]").any()


def test_olists_people_are_made_of_their_orders(prepared: Prepared) -> None:
    night = prepared("olist", "olist-sample").night()
    stage(night, *read(night, collect(night)))
    identify(night, CUSTOMER_LINK.empty())
    customers = pl.read_parquet(night.work.root / IDENTITY)
    assert (customers.height, customers["customer_id"].n_unique()) == (8_135, 8_016)
    people = pl.read_csv(SHARED / "data/olist-sample/olist_customers_dataset.csv")
    named = customers.with_columns(pl.col("account_key").str.strip_prefix("olist/"))
    told = people.join(named, left_on="customer_id", right_on="account_key")
    assert told.group_by("customer_unique_id").agg(pl.col("customer_id_right").n_unique()).max().row(0)[1] == 1


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("tmall_order_report_original_header.csv", True), ("tmall_order_report_excel_resaved.csv", False)],
)
def test_tmall_report_as_it_came_and_as_excel_saved_it_again(native: Shop, name: str, seconds: bool) -> None:
    source = real("tmall-2020-02", name)
    (native.exports / "taobao").mkdir()
    (native.exports / "taobao" / name).write_bytes(source.read_bytes())
    assert account(native) == {f"taobao/{name}": (28_010, 28_010, 0, 0)}
    orders, back = native.tables(staged.PURCHASE_ORDER, staged.REFUND)
    assert (orders.height, orders["account_key"].null_count()) == (28_010 - 3_923, 28_010 - 3_923)
    assert back.height == 5_646
    assert orders["happened_date"].is_between(date(2020, 2, 1), date(2020, 2, 29)).all()
    assert (orders["happened_at"].dt.second() > 0).any() == seconds
