from datetime import date

import polars as pl
import pytest

from tests.transforms.simulator.full_shops import FIRST, UNTIL, is_share, shop, stage, truth
from transforms.simulator.full import full_shop
from transforms.simulator.full_world import HARD, STANDARD, FullWorld, Noise
from transforms.simulator.setting import setting

WORLDS = (("standard", 1.0), ("hard", 2.0))


def leavers(world: str = "standard") -> pl.DataFrame:
    return truth("person", world=world).filter(pl.col("cause").is_not_null())


def orders_of(people: pl.DataFrame, world: str = "standard") -> pl.DataFrame:
    return truth("order", world=world).filter("is_paid").join(people, on="person")


@pytest.mark.parametrize(("world", "factor"), WORLDS)
def test_the_noise_has_the_shares_it_is_said_to_have(world: str, factor: float) -> None:
    people, accounts = truth("person", world=world), truth("account", world=world)
    assert is_share(~leavers(world)["has_traces"], 0.30 * factor)
    assert is_share(people.filter("is_stayer")["has_traces"], 0.20 * factor)
    assert round(people["is_shared"].mean(), 4) == 0.05 * factor
    assert is_share(accounts.filter(pl.col("store_id") != "shopify")["is_masked"], 0.25 * factor)
    assert not accounts.filter(pl.col("store_id") == "shopify")["is_masked"].any()
    assert is_share(accounts["is_name_misspelt"], 0.03 * factor)
    assert is_share(accounts["is_address_misspelt"], 0.03 * factor)


def test_hard_doubles_the_noise_and_leaves_everything_else() -> None:
    assert HARD.noise == Noise(0.6, 0.4, 0.1, 0.5, 0.06)
    assert FullWorld(noise=STANDARD.noise) == STANDARD
    assert {name: value for name, value in truth("parameter").iter_rows() if "share" not in name} == {
        name: value for name, value in truth("parameter", world="hard").iter_rows() if "share" not in name
    }
    told = ("arrival_date", "death_date", "cause", "cause_date", "is_stayer", "is_business", "birthday")
    assert truth("person", world="hard").select(told).equals(truth("person").select(told))


@pytest.mark.parametrize("wrong", [{"masked_share": 1.2}, {"misspelt_share": -0.1}])
def test_noise_without_meaning_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Noise(**wrong)


def test_the_same_arguments_give_the_same_shop_and_another_seed_another() -> None:
    again = full_shop(stage(), 20_000, "USD")
    other = shop(seed=6)
    assert again.ledger.orders.equals(shop().ledger.orders)
    assert again.ledger.accounts.equals(shop().ledger.accounts)
    assert not other.ledger.orders.equals(shop().ledger.orders)
    for name, drawn in shop().generic.items():
        assert drawn().equals(again.generic[name]())
        assert name == "product_costs.csv" or not drawn().equals(other.generic[name]())


@pytest.mark.parametrize("people", [1, 2, 3, 30, 500])
@pytest.mark.parametrize("seed", [1, 2])
def test_small_shops_work(people: int, seed: int) -> None:
    small = full_shop(stage(seed), people, "USD")
    assert small.truth["person"]()["person"].to_list() == list(range(people))
    assert [len(drawn()) for drawn in small.generic.values()][-1] > 0


def test_a_shop_of_one_day_works() -> None:
    one_day = full_shop(setting(1, UNTIL, UNTIL, STANDARD), 50, "USD")
    assert one_day.ledger.orders["ordered_at"].dt.date().unique().to_list() == [UNTIL]


@pytest.mark.parametrize(("people", "seed", "first"), [(0, 1, FIRST), (5, -1, FIRST), (5, 1, date(2026, 11, 22))])
def test_nobody_no_day_or_a_negative_seed_is_refused(people: int, seed: int, first: date) -> None:
    with pytest.raises(ValueError, match=r"needs a customer and a day|needs a day|is negative"):
        full_shop(setting(seed, first, UNTIL, STANDARD), people, "USD")


def test_enough_people_leave_for_each_cause_to_be_examined() -> None:
    counts = dict(leavers()["cause"].value_counts().iter_rows())
    assert set(counts) == {"quality", "service", "assortment", "price"}
    assert min(counts.values()) > 100
    assert 0.1 < len(leavers()) / len(truth("person")) < 0.3


def test_who_left_for_a_cause_buys_nothing_later_and_is_alive_until_then() -> None:
    later = orders_of(leavers()).filter(pl.col("ordered_at").dt.date() > pl.col("cause_date"))
    assert later.is_empty()
    last = (
        orders_of(leavers()).group_by("person").agg(pl.col("ordered_at").max().dt.date(), pl.col("cause_date").first())
    )
    waited = last.select((pl.col("cause_date") - pl.col("ordered_at")).dt.total_days()).to_series()
    assert waited.is_between(10, 30).all()
    assert leavers()["cause_date"].max() <= UNTIL
    assert leavers()["death_date"].null_count() == len(leavers())
    dead = truth("person").filter(pl.col("death_date").is_not_null())
    assert orders_of(dead).filter(pl.col("ordered_at").dt.date() > pl.col("death_date")).is_empty()


def test_traces_lie_between_the_last_order_and_the_cause_date() -> None:
    traces = truth("trace").join(leavers().drop("traces_of"), on="person")
    assert len(traces) > 1000
    day = pl.col("happened_at").dt.date()
    late = traces.filter((day > pl.col("cause_date")) | (day < pl.col("changed_date")))
    assert late.is_empty()
    assert traces.filter(pl.col("traces_of") != pl.col("cause")).is_empty()


@pytest.mark.parametrize(("cause", "kinds"), [("quality", {"refund", "review", "ticket"}), ("service", {"ticket"})])
def test_every_traced_person_shows_what_the_cause_leaves_behind(cause: str, kinds: set[str]) -> None:
    traced = truth("person").filter(pl.col("traces_of") == cause)
    traces = truth("trace").filter(pl.col("traces_of") == cause)
    assert set(traces["kind"]) == kinds
    sure = traces.filter(pl.col("kind") == ("refund" if cause == "quality" else "ticket"))
    assert set(sure["person"]) == set(traced["person"])


def test_no_trace_is_planted_on_those_without() -> None:
    bare = truth("person").filter(~pl.col("has_traces"))
    assert truth("trace").join(bare, on="person", how="semi").is_empty()
    assert bare.select(pl.col("anchor_date", "traces_of").null_count()).row(0) == (len(bare), len(bare))


def test_price_traces_are_full_price_then_promotion_alone() -> None:
    people = truth("person").filter((pl.col("traces_of") == "price") & pl.col("cause").is_not_null())
    orders = orders_of(people.select("person", "changed_date")).with_columns(day=pl.col("ordered_at").dt.date())
    before, after = (
        orders.filter(pl.col("day") < pl.col("changed_date")),
        orders.filter(pl.col("day") >= pl.col("changed_date")),
    )
    assert before["discount"].sum() == 0
    assert (after["discount"] > 0).all()
    assert before["person"].n_unique() == after["person"].n_unique() == len(people)
    assert not people["is_promotion_only"].any()


def test_assortment_traces_narrow_to_a_favourite_category_without_news() -> None:
    people = truth("person").filter((pl.col("traces_of") == "assortment") & pl.col("cause").is_not_null())
    newest = truth("product").group_by("category").agg(pl.col("listed_date").max(), pl.col("is_stale_category").first())
    stale = people.join(newest, left_on="favourite_category", right_on="category")
    assert stale["is_stale_category"].all()
    assert (stale["anchor_date"] - stale["listed_date"]).dt.total_days().min() >= 60
    ledger = shop().ledger
    category = ledger.products["category"].gather(ledger.lines["product"])
    lines = pl.DataFrame(
        {
            "person": ledger.orders["person"].gather(ledger.lines["order"]).cast(pl.Int64),
            "day": ledger.orders["ordered_at"].dt.date().gather(ledger.lines["order"]),
            "category": category,
        }
    ).join(people, on="person")
    narrow = lines.filter(pl.col("day") >= pl.col("changed_date"))
    assert (narrow["category"] == narrow["favourite_category"]).all()
    assert (
        lines.filter(pl.col("day") < pl.col("changed_date"))
        .select((pl.col("category") == pl.col("favourite_category")).mean())
        .item()
        < 0.8
    )


def test_products_are_sold_from_the_day_they_are_listed() -> None:
    ledger = shop().ledger
    listed = ledger.products["listed_date"].gather(ledger.lines["product"])
    assert (ledger.orders["ordered_at"].dt.date().gather(ledger.lines["order"]) >= listed).all()
    assert (ledger.products["unit_cost"] < ledger.products["list_price"]).all()


def test_who_only_buys_on_promotion_never_pays_the_full_price() -> None:
    only = orders_of(truth("person").filter("is_promotion_only").select("person"))
    assert len(only) > 1000
    assert (only["discount"] > 0).all()
    assert (
        0.15
        < orders_of(truth("person").filter(~pl.col("is_promotion_only")).select("person"))
        .select((pl.col("discount") > 0).mean())
        .item()
        < 0.35
    )


def test_bad_service_is_slow_and_threats_come_from_hagglers() -> None:
    tickets = (
        shop()
        .generic["tickets.csv"]()
        .with_columns(wait_hours=(pl.col("first_reply_at") - pl.col("opened_at")).dt.total_minutes() / 60)
    )
    slow = truth("trace").filter((pl.col("traces_of") == "service") & (pl.col("kind") == "ticket"))
    waited = tickets.join(slow, left_on="ticket_id", right_on="subject_id")
    assert waited["wait_hours"].min() > 40
    assert waited["resolved_at"].null_count() > len(waited) / 2
    others = tickets.join(slow, left_on="ticket_id", right_on="subject_id", how="anti")
    assert others["wait_hours"].median() < 6
    hagglers = set(truth("person").filter("is_haggler")["person"])
    threatening = tickets.filter(pl.col("tags").str.contains("threat|haggle"))
    person = shop().ledger.orders["person"].gather(threatening["order"])
    assert set(person) <= hagglers
    assert len(set(person)) > 100


def test_referrers_bring_people_to_a_store_they_already_use() -> None:
    referrals = shop().generic["referrals.csv"]()
    accounts = truth("account").select("account", "store_id", "person", "opened_at", "account_id")
    told = referrals.join(accounts, left_on="referrer_account", right_on="account", suffix="_by").join(
        accounts, on="account", suffix="_new"
    )
    assert len(told) == len(referrals) > 500
    assert (told["store_id_by"] == told["store_id_new"]).all()
    assert (told["opened_at"].dt.date() < told["opened_at_new"].dt.date()).all()
    assert (told["person"] != told["person_new"]).all()
    referrers = set(truth("person").filter("is_referrer")["person"])
    assert set(told["person"]) <= referrers


def test_accounts_of_a_person_are_joined_by_clear_keys_as_the_truth_tells() -> None:
    accounts = truth("account")
    assert 0.1 < (accounts.group_by("person").len()["len"] > 1).mean() < 0.2
    for key in ("clear_phone", "clear_email"):
        owners = accounts.filter(pl.col(key).is_not_null()).group_by(key).agg(pl.col("person").n_unique())
        assert owners["person"].max() == 1
    assert accounts.filter("has_clear_key").group_by("person").len()["len"].min() > 1
    assert accounts.filter(pl.col("store_id") != "youzan").group_by("store_id", "account_id").len()["len"].max() == 1
    shared = accounts.filter((pl.col("store_id") == "youzan") & ~pl.col("is_shared"))
    assert shared["account_id"].drop_nulls().is_unique().all()
    assert (
        accounts.filter(pl.col("account_id").is_null())
        .select((pl.col("is_masked") & (pl.col("store_id") == "youzan")).all())
        .item()
    )


def test_misspelt_names_differ_from_the_true_one_by_one_letter_twice() -> None:
    people = truth("person").select("person", true_name="customer_name")
    both = truth("account").filter(pl.col("store_id") != "taobao").join(people, on="person")
    longer = both["customer_name"].str.len_chars() - both["true_name"].str.len_chars().cast(pl.Int64)
    assert longer.equals(both["is_name_misspelt"].cast(pl.Int64), check_names=False)


def test_addresses_reach_nobody() -> None:
    people = truth("person")
    assert people["email"].str.contains(r"^[a-z.0-9]+@(example\.(com|net|org)|mail\.example)$").all()
    assert people["email"].is_unique().all()
    assert people["phone"].str.contains(r"^13\d{9}$").all()
    assert people.filter(~pl.col("is_shared"))["phone"].is_unique().all()
    behind = people.filter("is_shared").group_by("phone").len()
    assert behind["len"].min() >= 2
    assert behind["len"].max() >= 20
    assert (people["phone"] == people["phone"].gather(people["phone_owner"])).all()


def test_consents_belong_to_an_address_that_can_be_named() -> None:
    said = shop().generic["consents.csv"]()
    assert set(said["channel"]) == {"email", "sms", "wechat"}
    assert said["account_id"].null_count() == 0
    known = said.join(truth("account").select("account", "opened_at", "email", "phone", "is_masked"), on="account")
    assert (known["said_at"] >= known["opened_at"]).all()
    assert known.filter((pl.col("channel") == "sms") & (pl.col("is_masked") | pl.col("phone").is_null())).is_empty()
    assert known.filter((pl.col("channel") == "email") & pl.col("email").is_null()).is_empty()
    assert said["said_at"].max().date() <= UNTIL


def test_nothing_happens_after_the_last_date_or_at_night() -> None:
    generic = {name: drawn() for name, drawn in shop().generic.items()}
    for frame in (*generic.values(), shop().ledger.orders):
        for name, instants in frame.select(pl.col(pl.Datetime)).to_dict().items():
            known = instants.drop_nulls()
            assert known.max().date() <= UNTIL, name
            assert known.dt.hour().min() >= 4, name
    assert generic["reviews.csv"]["review_text"].str.contains("\n").any()
    assert generic["reviews.csv"]["rating"].is_between(1, 5).all()
