"""Tiers: earned by payments in a window, reviewed at order dates and month starts only."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.segments.tiers import (
    DEFAULT_TIERS,
    Tier,
    missing_to_next_tier,
    next_tier,
    paid_in_window,
    thresholds,
    tier_of,
)

DAY = timedelta(days=1)
Order = tuple[str, date, int]
SCHEMA = {"customer_id": pl.String, "happened_date": pl.Date, "customer_paid": pl.Int64}
MEMBER = Tier(name="member", top_share=1.0)


def window(orders: list[Order], as_of: date) -> dict[str, tuple[int, int]]:
    found = paid_in_window(pl.LazyFrame(orders, schema=SCHEMA, orient="row"), as_of).collect()
    return {name: (paid, at_month_start) for name, paid, at_month_start in found.iter_rows()}


def tiers(orders: list[Order], as_of: date, levels: tuple[Tier, ...] = DEFAULT_TIERS) -> dict[str, str]:
    found = paid_in_window(pl.LazyFrame(orders, schema=SCHEMA, orient="row"), as_of).collect()
    limits = thresholds(found["month_start_paid"], levels)
    return dict(found.select("customer_id", tier_of(pl.col("window_paid"), limits)).iter_rows())


def limits_of(paid: list[int], *levels: Tier) -> dict[str, int | None]:
    return thresholds(pl.Series(paid, dtype=pl.Int64), (*levels, MEMBER))


def test_payments_count_from_a_year_before_the_month_start_to_the_night() -> None:
    start = date(2026, 3, 1)
    orders = [("a", start - 365 * DAY, 1000), ("a", start - 364 * DAY, 100), ("a", start + 19 * DAY, 1)]
    assert window(orders, start + 18 * DAY)["a"] == (100, 100)
    assert window(orders, start + 19 * DAY)["a"] == (101, 100)


def test_a_purchase_never_costs_a_tier() -> None:
    month_old = [("a", date(2025, 3, 5), 1000)]
    assert window(month_old, date(2026, 3, 20))["a"] == (1000, 1000)
    assert window([*month_old, ("a", date(2026, 3, 20), 1)], date(2026, 3, 20))["a"] == (1001, 1000)


def test_without_an_order_since_payments_count_for_a_year_that_ends_with_the_month_start() -> None:
    start = date(2026, 3, 1)
    orders = [("a", start - 364 * DAY, 10), ("a", start - 365 * DAY, 100)]
    assert window(orders, date(2026, 3, 15))["a"] == (10, 10)
    assert window(orders, date(2026, 2, 28))["a"] == (110, 110)


def test_thresholds_and_own_payments_are_measured_in_the_same_window() -> None:
    # The customer who sets a threshold and buys nothing since must reach it.
    start = date(2026, 3, 1)
    orders = [(f"c{n}", start - (365 - n % 2) * DAY, 100 + n) for n in range(20)]
    found = tiers(orders, date(2026, 3, 10))
    buyers = [n for n in range(20) if n % 2]
    assert {name for name, tier in found.items() if tier == "silver"} == {f"c{n}" for n in buyers[-2:]}


@pytest.mark.parametrize(
    ("share", "buyers", "places"), [(0.29, 100, 29), (0.05, 20, 1), (0.05, 19, 0), (0.1, 30, 3), (0.07, 100, 7)]
)
def test_a_share_takes_as_many_places_as_a_person_would_count(share: float, buyers: int, places: int) -> None:
    paid = list(range(1, buyers + 1))
    limit = limits_of(paid, Tier(name="top", top_share=share))["top"]
    assert sum(limit is not None and amount >= limit for amount in paid) == places


def test_who_paid_as_much_as_the_last_of_a_tier_is_in_it() -> None:
    limits = limits_of([50, 50, 50, 10, 10, 10, 10, 10, 10, 10], Tier(name="top", top_share=0.1))
    assert limits == {"top": 50, "member": 0}
    found = pl.Series("paid", [50, 49, 0, None]).to_frame().select(tier_of(pl.col("paid"), limits)).to_series()
    assert found.to_list() == ["top", "member", "member", None]


def test_a_tier_with_too_few_buyers_takes_nobody_and_the_lowest_everyone() -> None:
    assert limits_of([], Tier(name="top", top_share=0.5)) == {"top": None, "member": 0}
    assert limits_of([0, 0, 0, 7], Tier(name="top", top_share=0.5)) == {"top": None, "member": 0}
    assert tiers([("a", date(2026, 3, 2), 10**9)], date(2026, 3, 5)) == {"a": "member"}


def test_who_earns_two_tiers_at_one_limit_has_the_higher() -> None:
    assert tiers([(f"c{n}", date(2026, 2, 2), 5) for n in range(40)], date(2026, 3, 5)) == {
        f"c{n}": "platinum" for n in range(40)
    }


@given(st.lists(st.integers(0, 60), max_size=40), st.randoms(use_true_random=False))
def test_a_higher_tier_never_costs_less_and_the_order_of_buyers_does_not_matter(
    paid: list[int], random: object
) -> None:
    shuffled = list(paid)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    limits = thresholds(pl.Series(paid, dtype=pl.Int64), DEFAULT_TIERS)
    assert limits == thresholds(pl.Series(shuffled, dtype=pl.Int64), DEFAULT_TIERS)
    told = [limit for limit in limits.values() if limit is not None]
    assert told == sorted(told, reverse=True)


ORDERS = st.lists(
    st.tuples(
        st.sampled_from([f"c{n}" for n in range(25)]),
        st.integers(0, 500).map(lambda days: date(2025, 1, 1) + days * DAY),
        st.integers(0, 99),
    ),
    min_size=1,
    max_size=40,
)


@given(ORDERS, st.integers(366, 520))
def test_no_tier_changes_on_a_day_on_which_nothing_happened_and_no_month_starts(orders: list[Order], days: int) -> None:
    today = date(2025, 1, 1) + days * DAY
    if today.day == 1:
        today += DAY
    quiet = [order for order in orders if order[1] != today]
    if any(order[1] < today for order in quiet):
        assert tiers(quiet, today) == tiers(quiet, today - DAY)


@given(ORDERS, st.integers(366, 520))
def test_an_order_changes_the_tier_of_nobody_else(orders: list[Order], days: int) -> None:
    today = date(2025, 1, 1) + days * DAY
    if today.day == 1:
        today += DAY
    before = tiers([*orders, ("c0", date(2025, 1, 1), 1)], today)
    after = tiers([*orders, ("c0", date(2025, 1, 1), 1), ("c0", today, 10_000)], today)
    assert {name: tier for name, tier in after.items() if name != "c0"} == {
        name: tier for name, tier in before.items() if name != "c0"
    }


@given(ORDERS, st.integers(0, 520))
def test_orders_after_the_night_change_nothing(orders: list[Order], days: int) -> None:
    as_of = date(2025, 1, 1) + days * DAY
    told = [order for order in orders if order[1] <= as_of]
    assert window(orders, as_of) == window(told, as_of)


def progress(paid: list[int | None], limits: dict[str, int | None]) -> list[tuple[str | None, str | None, int | None]]:
    money = pl.col("paid")
    told = (tier_of(money, limits), next_tier(money, limits).alias("next"), missing_to_next_tier(money, limits))
    return pl.DataFrame({"paid": pl.Series(paid, dtype=pl.Int64)}).select(*told[:2], told[2].alias("missing")).rows()


def test_what_is_missing_leads_to_the_next_tier_that_anybody_can_reach() -> None:
    limits = {"diamond": None, "platinum": 900, "gold": 500, "silver": 500, "member": 0}
    assert progress([0, 499, 500, 899, 900, None], limits) == [
        ("member", "gold", 500),
        ("member", "gold", 1),
        ("gold", "platinum", 400),
        ("gold", "platinum", 1),
        ("platinum", None, None),
        (None, None, None),
    ]


def test_where_everyone_is_in_the_one_tier_nothing_is_missing() -> None:
    assert progress([0, 7], {"platinum": None, "member": 0}) == [("member", None, None)] * 2


@given(ORDERS, st.integers(366, 520))
def test_paying_what_is_missing_earns_the_tier_and_a_ten_thousandth_less_does_not(
    orders: list[Order], days: int
) -> None:
    today = date(2025, 1, 1) + days * DAY
    if today.day == 1:
        today += DAY
    orders = [*orders, ("c0", date(2025, 1, 1), 1)]
    found = paid_in_window(pl.LazyFrame(orders, schema=SCHEMA, orient="row"), today).collect()
    limits = thresholds(found["month_start_paid"], DEFAULT_TIERS)
    mine = found.filter(customer_id="c0")["window_paid"].to_list()
    ((tier, following, missing),) = progress(mine, limits)
    if following is None:
        assert tier == next(name for name, limit in limits.items() if limit is not None)
        return
    assert tiers([*orders, ("c0", today, missing)], today)["c0"] == following
    assert tiers([*orders, ("c0", today, missing - 1)], today)["c0"] == tier
