"""From a model down to no score: what a shop has decides, and every choice says why."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tests.transforms.clv.pasts import past_of
from transforms.clv.choice.ladder import Gate, Learned, learn
from transforms.clv.choice.recency_bands import LEAST_CUSTOMERS

MONDAY = date(2026, 11, 16)
GATE = Gate(min_customers=500, min_history_days=180, last_purchase_within_days=30, min_with_three=10)


def orders(bought: list[tuple[str, int]]) -> pl.DataFrame:
    """Customers and the days before the Monday on which they bought."""
    schema = {"customer_id": pl.String, "happened_date": pl.Date, "spend": pl.Int64}
    rows = [(who, MONDAY - timedelta(days=days), 10_0000) for who, days in bought]
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture(scope="module")
def shop() -> pl.DataFrame:
    """1,200 MBG/NBD customers who came over two years, purchase by purchase."""
    random = np.random.default_rng(3)
    bought = []
    for customer in range(1_200):
        rate, leaves = random.gamma(1.2, 1 / 60), random.beta(0.8, 2.0)
        day = float(random.integers(0, 730))
        while day >= 0:
            bought.append((f"c{customer:04}", int(day)))
            if random.uniform() < leaves:
                break
            day -= random.exponential(1 / rate)
    return orders(bought).unique().sort("customer_id", "happened_date")


def reasons(learned: Learned, part: str) -> dict[str, tuple[str, float | None, float | None]]:
    return {each.reason: (each.candidate, each.figure, each.needed) for each in learned.reasons if each.part == part}


def test_a_healthy_shop_gets_the_model_that_foretold_best(shop: pl.DataFrame) -> None:
    learned = learn(past_of(shop, MONDAY), GATE, MONDAY)
    assert learned.purchases is not None
    champion = learned.purchases.name
    loglik = dict(learned.quality.filter(metric="loglik").select("model", "metric_value").iter_rows())
    assert max(loglik, key=lambda model: loglik[model]) == champion
    assert learned.quality.filter("is_champion")["model"].unique().to_list() == [champion]
    _, gained, next_best = reasons(learned, "purchases")["best_out_of_sample"]
    assert gained is not None
    assert next_best is not None
    assert gained >= next_best
    assert learned.quality["cut_offs"].unique().to_list() == [4]
    assert learned.bands is None


def test_what_it_foretold_is_what_came(shop: pl.DataFrame) -> None:
    calibration = learn(past_of(shop, MONDAY), GATE, MONDAY).calibration.filter(score="churn_risk_90d")
    off = (calibration["predicted"] - calibration["observed"]).abs()
    assert (off * calibration["customers"]).sum() / calibration["customers"].sum() < 0.03


def test_forty_customers_get_counted_bands_and_the_reasons(shop: pl.DataFrame) -> None:
    few = shop.filter(pl.col("customer_id") < "c0040")
    learned = learn(past_of(few, MONDAY), GATE, MONDAY)
    assert learned.purchases is None
    assert learned.bands is not None
    assert reasons(learned, "purchases")["too_few_customers"] == ("none", 40, 500)
    assert learned.quality.is_empty()
    assert learned.calibration.is_empty()


def test_a_handful_gets_nothing_but_an_honest_word(shop: pl.DataFrame) -> None:
    learned = learn(past_of(shop.filter(pl.col("customer_id") < "c0005"), MONDAY), GATE, MONDAY)
    assert learned.purchases is None
    assert learned.bands is None
    _, had, needed = reasons(learned, "purchases")["too_few_to_count"]
    assert had is not None
    assert had < LEAST_CUSTOMERS == needed
    assert "no_model" in reasons(learned, "season")


def test_a_shop_under_half_a_year_is_too_young_to_count(shop: pl.DataFrame) -> None:
    young = shop.filter(pl.col("happened_date") > MONDAY - timedelta(days=150))
    learned = learn(past_of(young, MONDAY), GATE, MONDAY)
    assert learned.bands is None
    assert reasons(learned, "purchases")["too_young_to_count"] == ("recency_bands", 149, 180)


def leaving_alike(seed: int, customers: int = 900, days: int = 560) -> pl.DataFrame:
    """Customers who buy at like rates and leave with about a twentieth after a purchase: clear, but flat in a and b."""
    random = np.random.default_rng(seed)
    bought = []
    for customer in range(customers):
        rate, leaves = random.gamma(1.2, 1 / 40), random.beta(0.35, 6.0)
        day = float(random.integers(0, days))
        while day >= 0:
            bought.append((f"c{customer:04}", int(day)))
            if random.uniform() < leaves:
                break
            day -= random.exponential(1 / rate)
    return orders(bought).unique().sort("customer_id", "happened_date")


@pytest.mark.parametrize("seed", [8, 9])
def test_where_the_data_do_not_tell_how_people_leave_a_prior_stands_in(seed: int) -> None:
    learned = learn(past_of(leaving_alike(seed), MONDAY), GATE, MONDAY)
    assert learned.purchases is not None
    assert not learned.quality.is_empty()
    assert learned.quality["cut_offs"].max() >= 3


def test_what_was_not_seen_on_the_latest_past_day_is_not_tried(shop: pl.DataFrame) -> None:
    dealers = orders([(f"d{n}", day) for n in range(60) for day in range(n % 3, 60 + n % 20, 4)])
    learned = learn(past_of(pl.concat([shop, dealers]), MONDAY), GATE, MONDAY)
    absent = {each.candidate for each in learned.reasons if each.reason == "no_fit_then"}
    assert "mbg_nbd_2" in absent
    assert learned.quality.filter(pl.col("model").is_in(absent)).is_empty()
    assert learned.quality["cut_offs"].unique().to_list() == [4]


def test_no_customer_at_all_is_no_error() -> None:
    learned = learn(past_of(orders([]), MONDAY), GATE, MONDAY)
    assert learned.purchases is None
    assert learned.bands is None
    assert reasons(learned, "purchases")["no_recent_purchase"] == ("none", None, 30)


def many(days_before: Callable[[int], list[int]]) -> pl.DataFrame:
    return orders([(f"c{n:04}", days) for n in range(600) for days in days_before(n)])


@pytest.mark.parametrize(
    ("bought", "lacking"),
    [
        (lambda n: [n % 170, n % 170 // 2, 0], "too_short_history"),
        (lambda n: [31 + n % 400, 31 + n % 400 // 2, 31], "no_recent_purchase"),
        (lambda n: [n % 400, 0], "too_few_with_three"),
    ],
    ids=["young", "silent", "twice at most"],
)
def test_what_is_lacking_is_named(bought: Callable[[int], list[int]], lacking: str) -> None:
    assert set(reasons(learn(past_of(many(bought), MONDAY), GATE, MONDAY), "purchases")) & _LACKS == {lacking}


_LACKS = {"too_few_customers", "too_short_history", "no_recent_purchase", "too_few_with_three"}


def test_constant_histories_end_in_bands_not_in_an_error() -> None:
    alike = learn(past_of(many(lambda _: [300, 200, 100, 0]), MONDAY), GATE, MONDAY)
    assert alike.purchases is None
    assert alike.bands is not None
    assert {"no_fit", "nothing_gained"} & set(reasons(alike, "purchases"))


def test_a_season_needs_a_year_and_then_a_past_to_prove_it(shop: pl.DataFrame) -> None:
    half = shop.filter(pl.col("happened_date") > MONDAY - timedelta(days=200))
    assert reasons(learn(past_of(half, MONDAY), GATE, MONDAY), "season") == {"under_a_year": ("ratio", 199, 365)}
    year = shop.filter(pl.col("happened_date") > MONDAY - timedelta(days=370))
    assert "no_past_to_compare" in reasons(learn(past_of(year, MONDAY), GATE, MONDAY), "season")
    assert {"gain", "no_gain"} & set(reasons(learn(past_of(shop, MONDAY), GATE, MONDAY), "season"))


def test_nothing_after_the_monday_is_looked_at(shop: pl.DataFrame) -> None:
    earlier = MONDAY - timedelta(days=140)
    cut = shop.filter(pl.col("happened_date") <= earlier)
    assert learn(past_of(shop, earlier), GATE, MONDAY).reasons == learn(past_of(cut, earlier), GATE, MONDAY).reasons


def test_the_same_past_teaches_the_same(shop: pl.DataFrame) -> None:
    once, again = (learn(past_of(each, MONDAY), GATE, MONDAY) for each in (shop, shop.reverse()))
    assert once.purchases is not None
    assert again.purchases is not None
    assert once.purchases.model.to_json() == again.purchases.model.to_json()
    assert once.quality.equals(again.quality)
    assert once.calibration.equals(again.calibration)
