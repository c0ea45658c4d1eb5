"""The customer file and health of a whole demo shop: what the contracts promise, however the customers are sharded."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.demo_world import SHOP, Wanted, write_demo_world
from flows.io.lake import Stage
from flows.night import open_night
from flows.settings import Settings
from flows.steps.collect import collect
from flows.steps.customers import customers
from flows.steps.health import health
from flows.steps.identify import identify
from flows.steps.read import read
from flows.steps.stage import stage
from tests.flows.steps.conftest import Shop
from transforms.contracts import contact, mart, staged
from transforms.contracts.health import PRODUCT_HEALTH, SERVICE_HEALTH
from transforms.contracts.table import Column, Table

pytestmark = pytest.mark.xdist_group("customer_file")

UNTIL = date(2026, 11, 20)
TABLES = [
    mart.CUSTOMER,
    mart.CUSTOMER_CHANNEL,
    contact.CUSTOMER_ATTRIBUTE,
    contact.CUSTOMER_CARD,
    contact.CONTACT_POINT,
    PRODUCT_HEALTH,
    SERVICE_HEALTH,
]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Stage]:
    """Tables of the night that ends a small demo shop, by number of shards."""
    folder = tmp_path_factory.mktemp("world")
    demo = write_demo_world(folder / "exports", Wanted(600, UNTIL, 11, "standard"))
    done = dict[int, Stage]()

    def run(shards: int) -> Stage:
        if shards not in done:
            settings = Settings(shop=SHOP)
            paths = settings.paths.model_copy(update={"exports": demo.directory, "lake": folder / f"lake{shards}"})
            running = settings.running.model_copy(update={"shards": shards})
            settings = settings.model_copy(update={"paths": paths, "running": running})
            done[shards] = _tables_of(settings)
        return done[shards]

    return run


def _tables_of(settings: Settings) -> Stage:
    night = open_night(settings, UNTIL, datetime(2026, 11, 21, 1, tzinfo=UTC))
    stage(night, *read(night, collect(night)))
    identify(night, mart.CUSTOMER_LINK.empty())
    customers(night)
    health(night)
    return night.work


@pytest.fixture(autouse=True, scope="module")
def key() -> object:
    """One key for all lakes, so that customers have the same ids."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGULARS_KEY", "a key for tests only")
        yield


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_row_a_key_and_no_value_outside_the_contract(table: Table, work: Callable[[int], Stage]) -> None:
    frame = work(1).scan(table).collect()
    assert frame.height > 20
    assert frame.select(table.key).is_unique().all()
    assert {column.name for column in table.columns if _is_outside(frame[column.name], column)} == set()


def _is_outside(values: pl.Series, column: Column) -> bool:
    told = values.drop_nulls()
    has_null = not column.nullable and told.len() < values.len()
    is_new = bool(column.values) and not told.is_in(list(column.values)).all()
    below = column.minimum is not None and (told < column.minimum).any()
    above = column.maximum is not None and (told > column.maximum).any()
    return has_null or is_new or below or above


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_shards_change_nothing(table: Table, work: Callable[[int], Stage]) -> None:
    one, three = (work(shards).scan(table).sort(table.key).collect() for shards in (1, 3))  # type: ignore[arg-type]
    assert_frame_equal(one, three)


def test_the_file_adds_up_to_what_was_read(work: Callable[[int], Stage]) -> None:
    night = work(1)
    file = night.scan(mart.CUSTOMER).collect()
    known = night.scan(staged.CUSTOMER_ACCOUNT).select("account_key")

    def of_accounts(table: Table) -> pl.DataFrame:
        return night.scan(table).join(known, on="account_key", how="semi").collect()

    tickets, events = night.scan(staged.TICKET).collect(), of_accounts(staged.CONTACT_EVENT)
    buyers = dict(night.scan(staged.PURCHASE_ORDER).select("order_key", "account_key").collect().rows())
    accounts = set(known.collect()["account_key"])
    of_somebody = [
        ticket
        for ticket in tickets.iter_rows(named=True)
        if ticket["account_key"] in accounts or buyers.get(ticket["order_key"])
    ]
    counted = file.select("inquiries", "complaints", "service_requests").sum().sum_horizontal().item()
    assert counted == len(of_somebody) > 50
    assert file["reviews"].sum() == of_accounts(staged.REVIEW).height > 100
    assert file["contacts_sent"].sum() == events.filter(event_type="sent").height > 50
    assert 0 < file["contacts_answered"].sum() < file["contacts_sent"].sum()
    cards = night.scan(contact.CUSTOMER_CARD).collect()
    assert cards["customer_id"].equals(file["customer_id"])
    has_complaint = file.filter(pl.col("open_complaints") > 0)["customer_id"]
    assert cards.filter(pl.col("open_complaint_at").is_not_null())["customer_id"].equals(has_complaint)
    assert cards["next_birthday_date"].drop_nulls().is_between(UNTIL, date(2027, 12, 11), closed="right").all()


def test_every_column_that_the_demo_shop_can_tell_is_told(work: Callable[[int], Stage]) -> None:
    untold = {"is_business", "language", "paid_level", "paid_until_date", "contract_end_date"}
    file = work(1).scan(mart.CUSTOMER).collect()
    assert {name for name in file.columns if file[name].null_count() == file.height} == untold


def test_health_adds_up_to_what_was_sold_and_given_back(work: Callable[[int], Stage]) -> None:
    night = work(1)
    products, goods = night.scan(PRODUCT_HEALTH).collect(), night.scan(mart.PURCHASE_LINE).filter("is_goods").collect()
    assert products["amount"].sum() == goods["amount"].sum()
    assert products["units"].sum() == goods["quantity"].sum()
    back = (products["refund_rate"] * products["amount"]).sum()
    refunded = night.scan(mart.REFUND).select(pl.col("amount").sum()).collect().item()
    # The rest was given back for shipping.
    assert 0.9 * refunded < back <= refunded


def test_a_shop_that_tells_orders_alone_has_a_file_and_articles_but_no_service(shop: Shop) -> None:
    shop.export("orders.csv", "O1,2026-03-01 10:00:00,1,P1,1,2.50")
    night = shop.night()
    stage(night, *read(night, collect(night)))
    identify(night, mart.CUSTOMER_LINK.empty())
    customers(night)
    health(night)
    heights = {table.name: night.work.scan(table).collect().height for table in TABLES}
    assert heights == {
        "customer": 1,
        "customer_channel": 0,
        "customer_attribute": 0,
        "customer_card": 1,
        "contact_point": 0,
        "product_health": 1,
        "service_health": 0,
    }
    assert all(night.work.parts(table) for table in TABLES)


def test_an_account_with_orders_without_time_of_day_has_no_hour(shop: Shop) -> None:
    shop.export("orders.csv", *(f"O{day},2026-03-0{day},1,P1,1,2.50" for day in (1, 2, 4)))
    night = shop.night()
    stage(night, *read(night, collect(night)))
    identify(night, mart.CUSTOMER_LINK.empty())
    customers(night)
    found = night.work.scan(mart.CUSTOMER).select("favourite_hour", "usual_gap_days", "units_per_order").collect()
    assert found.rows() == [(None, 1.5, 1.0)]


def test_addresses_stand_as_they_are_written_to_and_hidden_ones_not_at_all(shop: Shop) -> None:
    shop.export("orders.csv", "O1,2026-03-01 10:00:00,1,P1,1,2.50")
    accounts = ("1,2026-01-01, Anna@X.example ,138****1234", "2,2026-01-02,,+49 171 1234567")
    shop.export("accounts.csv", *accounts, header="account_id,opened_at,email,phone")
    night = shop.night()
    stage(night, *read(night, collect(night)))
    identify(night, mart.CUSTOMER_LINK.empty())
    customers(night)
    points = night.work.scan(contact.CONTACT_POINT).select("channel", "address").collect()
    assert sorted(points.rows()) == [("email", "anna@x.example"), ("sms", "+491711234567")]
