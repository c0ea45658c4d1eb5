from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from transforms.platforms import generic
from transforms.simulator.damage import MISSING_PRODUCT, NEGATIVE_QUANTITY, REASONS, UNREADABLE_DATE, plant
from transforms.simulator.plain import plain_shop
from transforms.simulator.process import draw_customers, draw_occasions
from transforms.simulator.world import PlainWorld, Shop

FIRST, UNTIL = date(2023, 11, 23), date(2026, 11, 21)
FRAMES = ("order_lines", "customer_accounts", "consents")


@pytest.fixture(scope="module")
def shop() -> Shop:
    return plain_shop(7, 2_000, FIRST, UNTIL)


def buyers(shop: Shop) -> pl.DataFrame:
    return shop.truth["customer"].filter("is_buyer")


def test_headers_are_those_of_the_generic_layouts(shop: Shop) -> None:
    for name, layout in zip(FRAMES, (generic.ORDER_LINES, generic.CUSTOMER_ACCOUNTS, generic.CONSENTS), strict=True):
        # The textbook knows one store, no brands, and no number of a buyer beyond the account's.
        headers = [header for header in layout.columns.values() if header not in ("store_id", "brand", "buyer_key")]
        assert sorted(getattr(shop, name).columns) == sorted(headers)


@pytest.mark.parametrize("name", FRAMES)
def test_the_same_seed_gives_the_same_frame_and_another_seed_another(shop: Shop, name: str) -> None:
    assert getattr(plain_shop(7, 2_000, FIRST, UNTIL), name).equals(getattr(shop, name))
    assert not getattr(plain_shop(8, 2_000, FIRST, UNTIL), name).equals(getattr(shop, name))


@pytest.mark.parametrize("customers", [1, 10])
def test_small_shops_have_orders_of_every_buyer(customers: int) -> None:
    small = plain_shop(1, customers, FIRST, UNTIL)
    assert len(small.customer_accounts) == customers
    assert small.order_lines["account_id"].n_unique() == customers
    assert len(small.truth["damaged_row"]) == 0


def test_a_shop_of_one_day_has_first_orders_only() -> None:
    one_day = plain_shop(1, 50, UNTIL, UNTIL)
    assert one_day.truth["customer"].filter("is_buyer")["occasions"].to_list() == [1] * 49
    assert one_day.order_lines["ordered_at"].dt.date().unique().to_list() == [UNTIL]


@pytest.mark.parametrize(("customers", "seed", "first"), [(0, 1, FIRST), (5, -1, FIRST), (5, 1, date(2026, 11, 22))])
def test_no_customer_no_day_or_a_negative_seed_is_refused(customers: int, seed: int, first: date) -> None:
    with pytest.raises(ValueError, match=r"needs a customer and a day|is negative"):
        plain_shop(seed, customers, first, UNTIL)


@pytest.mark.parametrize("wrong", [{"alpha": 0.0}, {"q": 1.0}, {"damaged_share": 1.5}, {"arrival_growth": -1.0}])
def test_a_world_without_meaning_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be positive|lies between"):
        PlainWorld(**wrong)  # type: ignore[arg-type]


def test_everything_happens_between_the_customers_arrival_and_the_last_date(shop: Shop) -> None:
    arrival = shop.truth["customer"].select("account_id", "arrival_date", "death_date")
    for name, instant in zip(FRAMES, ("ordered_at", "opened_at", "said_at"), strict=True):
        happened = getattr(shop, name).join(arrival, on="account_id").with_columns(pl.col(instant).dt.date())
        assert happened.filter((pl.col(instant) < pl.col("arrival_date")) | (pl.col(instant) > UNTIL)).is_empty()
    ordered = shop.order_lines.join(arrival, on="account_id")
    assert ordered.filter(pl.col("ordered_at").dt.date() > pl.col("death_date")).is_empty()
    assert shop.truth["customer"].filter((pl.col("arrival_date") < FIRST) | (pl.col("death_date") > UNTIL)).is_empty()


def test_a_buyer_arrives_with_the_first_order_and_opens_the_account_just_before(shop: Shop) -> None:
    first_order = shop.order_lines.group_by("account_id").agg(first_at=pl.col("ordered_at").min())
    joined = buyers(shop).join(first_order, on="account_id").join(shop.customer_accounts, on="account_id")
    assert len(joined) == len(buyers(shop)) == 1_960
    assert joined.filter(pl.col("first_at").dt.date() != pl.col("arrival_date")).is_empty()
    assert joined.filter(pl.col("opened_at") >= pl.col("first_at")).is_empty()


def test_no_instant_lies_in_the_hours_when_clocks_change(shop: Shop) -> None:
    assert shop.order_lines["ordered_at"].dt.hour().min() == 5
    assert shop.customer_accounts["opened_at"].dt.hour().min() in {4, 5}


def test_the_truth_counts_what_the_lines_hold(shop: Shop) -> None:
    counted = shop.order_lines.group_by("account_id").agg(
        occasions=pl.col("ordered_at").dt.date().n_unique().cast(pl.Int64),
        orders=pl.col("order_id").n_unique().cast(pl.Int64),
        paid=(pl.col("quantity") * pl.col("unit_price") - pl.col("discount")).sum(),
    )
    told = buyers(shop).select("account_id", "occasions", "orders", "paid")
    assert told.equals(counted.sort("account_id"))
    assert told["orders"].sum() > told["occasions"].sum()
    never = shop.truth["customer"].filter(~pl.col("is_buyer"))
    assert len(never) == 40
    assert never.select(pl.sum_horizontal("occasions", "orders", "paid").sum()).item() == 0
    assert never["lambda_per_day"].null_count() == 40


def test_the_lines_of_an_occasion_add_up_to_its_spend(shop: Shop) -> None:
    world = PlainWorld()
    customers = draw_customers(7, 2_000, FIRST, UNTIL, world)
    occasions = draw_occasions(7, customers, world)
    drawn = pl.DataFrame(
        {
            "account_id": shop.truth["customer"]["account_id"].gather(occasions.customer),
            "day": np.datetime64(FIRST, "D") + occasions.day.astype("timedelta64[D]"),
            "spend_cents": occasions.spend_cents,
        }
    )
    assert drawn.select("account_id", "day").is_unique().all()
    lines = shop.order_lines.group_by("account_id", pl.col("ordered_at").dt.date().alias("day")).agg(
        paid_cents=(pl.col("quantity") * pl.col("unit_price") - pl.col("discount")).sum() // 100,
        pieces=pl.col("quantity").sum(),
    )
    both = drawn.join(lines, on=["account_id", "day"], how="full", coalesce=True)
    assert both.null_count().sum_horizontal().item() == 0
    assert both.filter(2 * (pl.col("spend_cents") - pl.col("paid_cents")).abs() > pl.col("pieces")).is_empty()


def test_lines_are_what_a_shop_could_have_sold(shop: Shop) -> None:
    lines = shop.order_lines
    assert lines.filter(~pl.col("quantity").is_between(1, 5)).is_empty()
    assert lines.filter((pl.col("unit_price") % 100 != 0) | (pl.col("discount") % 100 != 0)).is_empty()
    assert lines.filter(pl.col("discount") < 0).is_empty()
    assert lines.filter(pl.col("discount") > 0.3 * pl.col("quantity") * pl.col("unit_price") + 100).is_empty()
    facts = ("account_id", "ordered_at", "region", "acquired_by", "currency")
    assert lines.group_by("order_id").agg(pl.struct(facts).n_unique().alias("n"))["n"].max() == 1
    assert lines.join(shop.truth["product"], on=["product_id", "product_name", "category"], how="anti").is_empty()
    ratio = lines.join(shop.truth["product"], on="product_id").select(pl.col("unit_price") / pl.col("list_price"))
    assert ratio.to_series().is_between(0.88, 1.13).sum() > 0.99 * len(lines)


def test_orders_are_numbered_as_they_come_in(shop: Shop) -> None:
    orders = shop.order_lines.unique("order_id", keep="first", maintain_order=True)
    assert orders["ordered_at"].is_sorted()
    assert orders["order_id"].to_list() == [f"O{number:08d}" for number in range(1, len(orders) + 1)]
    assert shop.order_lines["order_id"].is_sorted()


def test_people_are_invented_and_their_addresses_distinct(shop: Shop) -> None:
    email, phone = shop.customer_accounts["email"].drop_nulls(), shop.customer_accounts["phone"].drop_nulls()
    assert email.str.contains(r"^[a-z.0-9]+@example\.(com|org)$").all()
    assert phone.str.contains(r"^(\+1\d{3}55501\d\d|\+447700900\d{3}|\+3363998\d{4})$").all()
    assert email.n_unique() == len(email) > 1_800
    assert phone.n_unique() == len(phone) > 600


def test_phones_run_out_rather_than_repeat() -> None:
    phone = plain_shop(1, 30_000, FIRST, UNTIL).customer_accounts["phone"].drop_nulls()
    assert phone.n_unique() == len(phone) < 14_000


def test_consent_is_a_word_on_a_channel_the_customer_has(shop: Shop) -> None:
    known = shop.consents.join(shop.customer_accounts, on="account_id")
    address = pl.when(pl.col("channel") == "email").then("email").otherwise("phone")
    assert known.filter(address.is_null()).is_empty()
    words = known.sort("said_at").group_by("account_id", "channel", maintain_order=True).agg("consent_state")
    assert {tuple(states) for states in words["consent_state"]} == {("granted",), ("refused",), ("granted", "refused")}
    assert 0 < len(set(shop.customer_accounts["account_id"]) - set(shop.consents["account_id"])) < 1_000


def test_damage_is_planted_in_the_rows_of_the_truth_and_nowhere_else(shop: Shop) -> None:
    damage = shop.truth["damaged_row"]
    assert len(damage) == round(0.002 * len(shop.order_lines))
    assert damage["order_id"].is_unique().all()
    assert set(damage["reason"]) == set(REASONS)
    clean = shop.order_lines.cast(pl.String)
    spoilt = plant(clean, damage)
    sound = ~pl.Series(np.isin(np.arange(len(clean)), damage["row"]))
    assert spoilt.filter(sound).equals(clean.filter(sound))
    rows = spoilt[damage["row"]].with_columns(damage["reason"])
    assert rows["order_id"].equals(damage["order_id"])
    assert set(rows.filter(reason=UNREADABLE_DATE)["ordered_at"]) == {"0000-00-00 00:00:00"}
    assert rows.filter(reason=NEGATIVE_QUANTITY)["quantity"].cast(pl.Int64).lt(0).all()
    assert rows.filter(reason=MISSING_PRODUCT)["product_id"].null_count() == len(rows.filter(reason=MISSING_PRODUCT))
    within = pl.int_range(pl.len()).over("order_id") + 1
    assert clean.select(within.alias("n"))["n"].gather(damage["row"]).equals(damage["line_index"].alias("n"))


def test_a_part_drawn_differently_leaves_the_others_alone(shop: Shop) -> None:
    undamaged = plain_shop(7, 2_000, FIRST, UNTIL, replace(PlainWorld(), damaged_share=0.0, business_share=0.5))
    assert undamaged.order_lines.equals(shop.order_lines)
    assert len(undamaged.truth["damaged_row"]) == 0
