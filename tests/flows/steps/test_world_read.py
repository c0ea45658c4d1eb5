"""The full demo world, read as a shop's exports are, is what its truth says: no row more in quarantine, no cent off."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.check import check
from flows.demo_folder import DemoShop
from flows.demo_world import SHOP, Wanted, write_demo_world
from flows.io.lake import Stage
from flows.night import open_night
from flows.settings import Settings
from flows.steps.collect import collect
from flows.steps.read import read
from flows.steps.stage import stage
from transforms.contracts import staged
from transforms.contracts.table import Table

UNTIL = date(2026, 11, 20)
SETTINGS = Settings(shop=SHOP)


@pytest.fixture(scope="module", params=["standard", "hard"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DemoShop:
    """Exports of a small full shop, and its truth."""
    folder = tmp_path_factory.mktemp("world") / "exports"
    return write_demo_world(folder, Wanted(1_500, UNTIL, 11, request.param))


@pytest.fixture(scope="module")
def work(demo: DemoShop, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The staged tables of the night that ends the shop."""
    paths = SETTINGS.paths.model_copy(
        update={"exports": demo.directory, "lake": tmp_path_factory.mktemp("lake") / "lake"}
    )
    settings = SETTINGS.model_copy(update={"paths": paths})
    night = open_night(settings, UNTIL, datetime(2026, 11, 21, 1, tzinfo=UTC))
    stage(night, *read(night, collect(night)))
    return night.work


def truth(demo: DemoShop, name: str) -> pl.DataFrame:
    """One table of the truth."""
    return pl.read_parquet(demo.truth_directory / f"{name}.parquet")


def undamaged(demo: DemoShop) -> pl.DataFrame:
    """Paid orders no row of which is damaged, with `order_key`, under the names of the staged table."""
    damaged = truth(demo, "damaged_row").select("order_id", store_id=pl.col("file").str.split("/").list.first())
    paid = truth(demo, "order").filter("is_paid").join(damaged, on=["store_id", "order_id"], how="anti")
    return paid.with_columns(order_key=pl.concat_str("store_id", pl.lit("/"), "order_id")).sort("order_key")


def test_exactly_the_damaged_rows_are_quarantined(demo: DemoShop) -> None:
    checked = check(SETTINGS, [demo.directory])
    damaged = truth(demo, "damaged_row")
    assert damaged.height > 10
    assert set(checked.rejected.select("file_name", "line_number").iter_rows()) == set(
        damaged.select("file", "line_number").iter_rows()
    )
    assert checked.failure is None
    assert (
        checked.account["lines_read"].sum()
        == checked.account.select("loaded", "merged", "quarantined").sum().sum_horizontal().item()
    )


def test_every_undamaged_order_is_staged_with_what_was_paid(demo: DemoShop, work: Stage) -> None:
    expected = undamaged(demo)
    told = work.scan(staged.PURCHASE_ORDER).sort("order_key").collect()
    assert_frame_equal(
        told.select("order_key", "customer_paid").join(expected, on="order_key", how="semi"),
        expected.select("order_key", customer_paid="paid"),
    )
    unpaid = truth(demo, "order").filter(~pl.col("is_paid")).select("store_id", "order_id")
    assert told.join(unpaid, on=["store_id", "order_id"]).is_empty()


def test_what_was_given_back_is_staged_as_refunds(demo: DemoShop, work: Stage) -> None:
    expected = undamaged(demo).filter(pl.col("refunded") > 0).select("order_key", amount="refunded")
    told = work.scan(staged.REFUND).group_by("order_key").agg(pl.col("amount").sum()).sort("order_key").collect()
    assert_frame_equal(told.join(undamaged(demo), on="order_key", how="semi"), expected)


def test_orders_stand_under_the_account_that_the_files_show(demo: DemoShop, work: Stage) -> None:
    shown = pl.when(pl.col("account_id").is_not_null()).then(pl.concat_str("store_id", pl.lit("/"), "account_id"))
    expected = undamaged(demo).select("order_key", account_key=shown)
    told = work.scan(staged.PURCHASE_ORDER).select("order_key", "account_key").sort("order_key").collect()
    assert_frame_equal(told.join(expected, on="order_key", how="semi"), expected)


@pytest.mark.parametrize(
    ("table", "file"),
    [(staged.REVIEW, "reviews.csv"), (staged.TICKET, "tickets.csv"), (staged.REFERRAL, "referrals.csv")],
)
def test_the_further_tables_come_through_whole(table: Table, file: str, demo: DemoShop, work: Stage) -> None:
    written = pl.read_csv(demo.directory / file, infer_schema=False).height
    assert work.scan(table).select(pl.len()).collect().item() == written > 0
