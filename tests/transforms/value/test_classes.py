"""Gold and rising customers: the smallest groups that bring their share."""

from datetime import date, timedelta
from itertools import accumulate

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.customers.tables import Row, table
from transforms.contracts import mart
from transforms.contracts.value import VALUE_CLASSES
from transforms.value.classes import class_limits, smallest_group, value_class, value_of_last_year

AS_OF = date(2026, 3, 4)
Worth = list[tuple[int | None, int | None]]


def classes(worth: Worth) -> list[str | None]:
    told = pl.DataFrame(worth, schema={"clv_365d": pl.Int64, "last_365d": pl.Int64}, orient="row")
    return told.select(value_class(class_limits(told))).to_series().to_list()


def test_gold_first_then_who_grows_most() -> None:
    worth: Worth = [(900, 2000), (60, 10), (50, 10), (40, 30), (30, None), (20, 90), (None, 5)]
    # Gold brings 900 of 1,100. Outside it growth is 50, 40, 10 and 30: half of 130 takes the first two.
    assert classes(worth) == ["gold", "rising", "rising", "core", "core", "core", None]


def test_whoever_grows_as_much_is_rising_too() -> None:
    assert classes([(900, 0), (60, 10), (60, 10), (40, 30)]) == ["gold", "rising", "rising", "core"]


def test_where_nobody_grows_nobody_is_rising() -> None:
    assert classes([(900, 0), (60, 60), (40, 50)]) == ["gold", "core", "core"]


def test_a_shop_that_will_lose_money_has_no_gold_and_may_have_risers() -> None:
    assert classes([(-90, 0), (50, 20), (10, 10), (0, -70)]) == ["core", "rising", "core", "core"]


def test_who_cost_money_last_year_does_not_grow_by_that() -> None:
    assert classes([(900, 0), (3, -500), (50, 10)]) == ["gold", "core", "rising"]


def test_without_a_model_nobody_has_a_class() -> None:
    assert classes([(None, 5), (None, None)]) == [None, None]


@given(st.lists(st.integers(-1000, 1000), max_size=30), st.sampled_from([0.5, 0.8]))
def test_the_smallest_group_that_brings_a_share(values: list[int], share: float) -> None:
    limit = smallest_group(pl.Series(values, dtype=pl.Int64), share)
    if sum(values) <= 0:
        assert limit is None
        return
    ranked = sorted(values, reverse=True)
    needed = next(n for n, reached in enumerate(accumulate(ranked), 1) if 10 * reached >= 10 * share * sum(values))
    assert limit == ranked[needed - 1]


@given(st.lists(st.tuples(st.integers(-1000, 1000), st.integers(-1000, 1000)), max_size=30))
def test_everybody_with_a_value_has_one_class(worth: Worth) -> None:
    found = classes(worth)
    assert set(found) <= set(VALUE_CLASSES)
    for told, (clv, last) in zip(found, worth, strict=True):
        assert told != "rising" or (clv or 0) > (last or 0)


def order(customer: str | None, day: int, margin: int) -> Row:
    return {"customer_id": customer, "order_date": AS_OF + timedelta(days=day), "margin": margin}


def refund(customer: str | None, day: int, amount: int, order_key: str | None = None) -> Row:
    on = AS_OF + timedelta(days=day)
    return {"customer_id": customer, "refund_date": on, "amount": amount, "order_key": order_key}


def test_the_last_year_is_365_days_with_the_night() -> None:
    orders = [order("a", 0, 10), order("a", -364, 20), order("a", -365, 99), order("b", -9, -5), order(None, 0, 7)]
    refunds = [refund("a", -1, 4), refund("a", -1, 50, "web/1"), refund("a", -365, 8), refund("c", 0, 3)]
    found = value_of_last_year(table(mart.PURCHASE_ORDER, orders), table(mart.REFUND, refunds), AS_OF)
    assert sorted(found.collect().iter_rows()) == [("a", 26), ("b", -5), ("c", -3)]
