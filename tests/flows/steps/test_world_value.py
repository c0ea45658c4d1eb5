"""Value in the full demo world: margin as its files of costs tell it, and figures that are the same however sharded."""

import csv
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.demo_folder import DemoShop
from flows.demo_world import SHOP, Wanted, write_demo_world
from flows.io.lake import Stage
from flows.night import open_night
from flows.settings import Settings
from flows.steps.collect import collect
from flows.steps.customers import customers
from flows.steps.fit import fit
from flows.steps.identify import identify
from flows.steps.read import read
from flows.steps.score import score
from flows.steps.stage import stage
from transforms.contracts import mart, value
from transforms.contracts.table import MONEY_SCALE

UNTIL = date(2026, 11, 20)
COSTS = {"payment_fee": "0.006", "shipping_per_order": 2, "new_customer": 30}
Night = Callable[[int], Stage]

pytestmark = pytest.mark.xdist_group("world_value")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoShop:
    """Exports of a small full shop."""
    return write_demo_world(tmp_path_factory.mktemp("world") / "exports", Wanted(900, UNTIL, 5))


@pytest.fixture(scope="module")
def nights(demo: DemoShop, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Stage]:
    """The tables of the night that ends the shop, by number of shards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGULARS_KEY", "a key for tests only")
        return {shards: _scored(demo, tmp_path_factory.mktemp("lake"), shards) for shards in (1, 3)}


def _scored(demo: DemoShop, folder: Path, shards: int) -> Stage:
    paths = {"exports": demo.directory, "lake": folder / "lake"}
    settings = Settings.model_validate({"shop": SHOP, "paths": paths, "costs": COSTS, "running": {"shards": shards}})
    night = open_night(settings, UNTIL, datetime(2026, 11, 21, 1, tzinfo=UTC))
    stage(night, *read(night, collect(night)))
    identify(night, mart.CUSTOMER_LINK.empty())
    customers(night)
    score(night, fit(night))
    return night.work


@pytest.fixture(scope="module")
def work(nights: dict[int, Stage]) -> Stage:
    """The tables of the unsharded night."""
    return nights[1]


def costs_told(demo: DemoShop) -> dict[str, tuple[list[str], list[int]]]:
    """By article: days from which a cost holds, and the costs, from the file as it lies."""
    told: dict[str, list[tuple[str, int]]] = defaultdict(list)
    with (demo.directory / "product_costs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            article = f"{row['store_id']}/{row['product_id']}"
            told[article].append((row["valid_from"][:10], round(float(row["unit_cost"]) * MONEY_SCALE)))
    return {article: tuple(zip(*sorted(rows), strict=True)) for article, rows in told.items()}  # type: ignore[misc]


def test_goods_cost_what_the_file_says_on_the_day(demo: DemoShop, work: Stage) -> None:
    told, expected = costs_told(demo), defaultdict(int)
    lines = work.scan(mart.PURCHASE_LINE).collect()
    for line in lines.filter("is_goods").iter_rows(named=True):
        days, costs = told.get(line["product_key"], ([], []))
        place = bisect_right(days, line["order_date"].isoformat())
        if place:
            expected[line["order_key"]] += line["quantity"] * costs[place - 1]
    goods = {row["order_key"]: 0 for row in lines.iter_rows(named=True)}
    for line in lines.filter("is_goods").iter_rows(named=True):
        goods[line["order_key"]] += line["amount"]
    orders = work.scan(mart.PURCHASE_ORDER).collect()
    assert orders["goods_cost"].null_count() < 0.01 * orders.height
    whole = 0
    for order in orders.iter_rows(named=True):
        is_back = order["refunded"] >= min(goods[order["order_key"]], order["customer_paid"]) > 0
        whole += is_back
        found = order["goods_cost"]
        assert found == (0 if is_back and found is not None else expected.get(order["order_key"]))
        shipped = 2 * MONEY_SCALE if order["units"] else 0
        fee = (order["customer_paid"] * 6 + 500) // 1000
        assert order["other_costs"] == fee + shipped
        assert order["margin"] == order["net_revenue"] - (found or 0) - order["other_costs"]
    assert whole > 10


def test_margin_of_all_customers_is_that_of_their_orders_less_unlinked_refunds(work: Stage) -> None:
    orders = work.scan(mart.PURCHASE_ORDER).filter(pl.col("customer_id").is_not_null())
    unlinked = work.scan(mart.REFUND).filter(pl.col("order_key").is_null(), pl.col("customer_id").is_not_null())
    kept = orders.select(pl.col("margin").sum()).collect().item()
    back = unlinked.select(pl.col("amount").sum()).collect().item()
    assert work.scan(mart.CUSTOMER).select(pl.col("margin").sum()).collect().item() == kept - back


def test_the_night_measures_value_in_margin_and_says_so(work: Stage) -> None:
    scores = work.scan(mart.CUSTOMER_SCORE).collect()
    with_value = scores.drop_nulls("clv_365d")
    assert set(with_value["value_basis"]) == {"margin"}
    assert with_value.filter(pl.col("loss_3650d") < pl.col("clv_3650d") + 30 * MONEY_SCALE).height < scores.height / 50
    assert with_value.filter(pl.col("loss_3650d") > pl.col("clv_3650d") + 30 * MONEY_SCALE).height > 5
    assert set(with_value["value_class"]) == set(value.VALUE_CLASSES)
    choice = work.scan(value.MODEL_CHOICE).filter(part="value").collect()
    assert choice.select("chosen", "candidate", "reason").rows() == [("margin", "margin", "costs_told")]
    assert choice["figure"].item() > 0.99


def test_what_the_owner_asks_agrees_with_the_scores(work: Stage) -> None:
    scores = work.scan(mart.CUSTOMER_SCORE).collect()
    kpis = work.scan(value.SHOP_KPI).filter(dimension="all").collect()
    found = dict(kpis.select("metric", "metric_value").iter_rows())
    assert found["customer_equity"] == pytest.approx(scores["clv_365d"].sum() / MONEY_SCALE)
    margin = work.scan(mart.CUSTOMER).select(pl.col("margin").sum()).collect().item()
    assert found["historic_value"] == pytest.approx(margin / MONEY_SCALE)
    assert 0 < found["retention_365d"] < 1
    # A newcomer has bought once; of all who ever came, many are gone.
    of_all = found["customer_equity_3650d"] / found["customers"]
    assert found["new_customer_value_3650d"] > of_all > 0


@pytest.mark.parametrize(
    "table", [mart.PURCHASE_ORDER, mart.CUSTOMER, mart.CUSTOMER_SCORE, value.SHOP_KPI, mart.SEGMENT_SUMMARY]
)
def test_shards_change_nothing(table, nights: dict[int, Stage]) -> None:
    one, three = (nights[shards].scan(table).sort(table.key).collect() for shards in (1, 3))
    assert_frame_equal(one, three, check_exact=True)
