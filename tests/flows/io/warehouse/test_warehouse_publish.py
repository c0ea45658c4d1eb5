import traceback
from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.io.warehouse import Publication, Warehouse, WarehouseFault, open_warehouse
from flows.io.warehouse.tables import CUSTOMER_CURRENT
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Replace

NIGHT = date(2026, 3, 1)
BY_NIGHT = [name for name, table in WAREHOUSE.items() if table.replaces is Replace.NIGHT]
LATEST = [name for name, table in WAREHOUSE.items() if table.replaces is Replace.LATEST]


def assert_holds(warehouse: Warehouse, frames: dict[str, pl.DataFrame], as_of: date = NIGHT) -> None:
    for name, frame in frames.items():
        found = warehouse.read(name, as_of if name in BY_NIGHT else None)
        assert_frame_equal(found, frame.sort(WAREHOUSE[name].key), check_exact=True)


def test_what_was_published_is_read_back_to_the_bit(warehouse, nasty_night, publication) -> None:
    frames = nasty_night(NIGHT, tables=WAREHOUSE)
    written = warehouse.publish(publication(NIGHT, frames))
    assert written == {name: frame.height for name, frame in frames.items()}
    assert_holds(warehouse, frames)


@pytest.mark.night
def test_both_warehouses_read_alike(warehouse_file, postgres_url, nasty_night, publication) -> None:
    embedded, postgres = open_warehouse(f"duckdb:///{warehouse_file}"), open_warehouse(postgres_url)
    for warehouse in (embedded, postgres):
        warehouse.migrate()
        warehouse.publish(publication(NIGHT, nasty_night(NIGHT, tables=WAREHOUSE)))
    for name in (*WAREHOUSE, CUSTOMER_CURRENT.full_name):
        found = embedded.read(name)
        assert found.height
        assert_frame_equal(found, postgres.read(name), check_exact=True)


def test_a_night_published_twice_is_replaced(warehouse, nasty_night, publication) -> None:
    warehouse.publish(publication(NIGHT, nasty_night(NIGHT)))
    second = nasty_night(NIGHT, seed=1)
    warehouse.publish(publication(NIGHT, second))
    assert_holds(warehouse, second)


def test_nights_stand_beside_each_other(warehouse, nasty_night, publication) -> None:
    first, second = nasty_night(NIGHT), nasty_night(NIGHT + timedelta(1), seed=1)
    warehouse.publish(publication(NIGHT, first))
    warehouse.publish(publication(NIGHT + timedelta(1), second))
    assert_holds(warehouse, {name: frame for name, frame in first.items() if name in BY_NIGHT})
    assert_holds(warehouse, second, NIGHT + timedelta(1))
    assert warehouse.read("mart.customer_score").height == 2 * first["mart.customer_score"].height


def test_a_backfill_leaves_the_latest_night_alone(warehouse, nasty_night, publication) -> None:
    latest, earlier = nasty_night(NIGHT), nasty_night(NIGHT - timedelta(1), seed=1)
    warehouse.publish(publication(NIGHT, latest))
    written = warehouse.publish(publication(NIGHT - timedelta(1), earlier))
    assert set(written) == set(earlier) - set(LATEST)
    assert_holds(warehouse, {name: frame for name, frame in latest.items() if name in LATEST})
    assert_holds(
        warehouse, {name: frame for name, frame in earlier.items() if name not in LATEST}, NIGHT - timedelta(1)
    )


def test_a_later_night_that_did_not_publish_does_not_count(warehouse, nasty_night, publication) -> None:
    stopped = {name: frame for name, frame in nasty_night(NIGHT, published=False).items() if name.startswith("ops.")}
    warehouse.publish(publication(NIGHT, stopped))
    earlier = nasty_night(NIGHT - timedelta(1), seed=1)
    assert set(warehouse.publish(publication(NIGHT - timedelta(1), earlier))) == set(earlier)
    assert warehouse.latest_published() == NIGHT - timedelta(1)


def test_tables_that_are_not_named_stay_and_those_without_files_are_emptied(
    warehouse, nasty_night, publication
) -> None:
    frames = nasty_night(NIGHT)
    warehouse.publish(publication(NIGHT, frames))
    assert warehouse.publish(Publication(NIGHT, {"mart.product": []})) == {"mart.product": 0}
    assert_holds(warehouse, frames | {"mart.product": WAREHOUSE["mart.product"].empty()})


def test_the_run_of_a_night_is_told(warehouse, nasty_night, publication) -> None:
    assert warehouse.run(NIGHT) is None
    assert warehouse.latest_published() is None
    frames = nasty_night(NIGHT)
    warehouse.publish(publication(NIGHT, frames))
    assert warehouse.run(NIGHT) == frames["ops.run"].row(0, named=True)
    assert warehouse.latest_published() == NIGHT


def test_the_view_joins_customers_with_their_latest_scores(warehouse, nasty_night, publication) -> None:
    warehouse.publish(publication(NIGHT - timedelta(1), nasty_night(NIGHT - timedelta(1), seed=1)))
    frames = nasty_night(NIGHT)
    warehouse.publish(publication(NIGHT, frames))
    joined = frames["mart.customer"].join(frames["mart.customer_score"].drop("currency"), on="customer_id")
    expected = CUSTOMER_CURRENT.conform(joined.lazy()).sort("customer_id").collect()
    assert_frame_equal(warehouse.read("mart.customer_current"), expected, check_exact=True)


@pytest.mark.parametrize("column", ["is_weekend", "year_number"])
def test_rows_that_are_refused_leave_everything_as_it_was(warehouse, nasty_night, publication, column) -> None:
    frames = nasty_night(NIGHT)
    warehouse.publish(publication(NIGHT, frames))
    broken = nasty_night(NIGHT, seed=1)
    last = broken.pop("mart.calendar")
    broken["mart.calendar"] = last.with_columns(pl.lit(None).cast(last.schema[column]).alias(column))
    with pytest.raises(WarehouseFault, match="must be there") as caught:
        warehouse.publish(publication(NIGHT, broken))
    assert "9223372036854775807" not in "".join(traceback.format_exception(caught.value))
    assert_holds(warehouse, frames)


def test_an_amount_beyond_the_column_is_refused_without_telling_it(warehouse, nasty_night, publication) -> None:
    orders = nasty_night(NIGHT, tables=WAREHOUSE)["mart.purchase_order"].with_columns(refunded=pl.lit(10**18))
    with pytest.raises(WarehouseFault, match="more digits") as caught:
        warehouse.publish(publication(NIGHT, {"mart.purchase_order": orders}))
    assert "1000000" not in str(caught.value)


def test_nul_characters_are_dropped(warehouse, nasty_night, publication) -> None:
    product = nasty_night(NIGHT)["mart.product"].with_columns(category=pl.lit("a\0b\0"))
    warehouse.publish(publication(NIGHT, {"mart.product": product}))
    assert warehouse.read("mart.product")["category"].unique().to_list() == ["ab"]


def test_many_batches_add_up(warehouse, publication) -> None:
    days = pl.DataFrame({"date": pl.date_range(date(1700, 1, 1), date(2026, 1, 1), eager=True)})
    calendar = WAREHOUSE["mart.calendar"]
    others = {name: dtype for name, dtype in calendar.polars_schema.items() if name != "date"}
    frame = days.with_columns(pl.lit(1).cast(dtype).alias(name) for name, dtype in others.items())
    assert warehouse.publish(publication(NIGHT, {"mart.calendar": frame})) == {"mart.calendar": days.height}
    assert_holds(warehouse, {"mart.calendar": frame})


def test_a_warehouse_that_is_not_migrated_says_so(empty_warehouse, nasty_night, publication) -> None:
    with pytest.raises(WarehouseFault, match="run `regulars migrate`"):
        empty_warehouse.publish(publication(NIGHT, nasty_night(NIGHT)))
    with pytest.raises(WarehouseFault, match="run `regulars migrate`"):
        empty_warehouse.latest_published()


def test_readers_name_tables_and_nights_that_exist(warehouse) -> None:
    with pytest.raises(KeyError):
        warehouse.read("mart.nothing")
    with pytest.raises(ValueError, match="not kept by night"):
        warehouse.read("mart.customer", NIGHT)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop("last_order_date"), "last_order_date"),
        (lambda frame: frame.with_columns(last_order_date=pl.lit("today")), "last_order_date"),
        (lambda frame: frame.with_columns(extra=pl.lit(1)), "extra"),
        (lambda frame: frame.with_columns(as_of_date=NIGHT - timedelta(1)), "another night"),
    ],
)
def test_a_part_must_follow_its_contract(nasty_night, publication, change, message) -> None:
    with pytest.raises(ValueError, match=message):
        publication(NIGHT, {"mart.freshness": change(nasty_night(NIGHT, tables=WAREHOUSE)["mart.freshness"])}).check()


def test_a_part_must_be_of_a_table_that_exists() -> None:
    with pytest.raises(ValueError, match="no table"):
        Publication(NIGHT, {"mart.nothing": []}).check()
