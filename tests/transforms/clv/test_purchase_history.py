"""Tiny tables in, answers out: from orders to the history the models see."""

from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from transforms.clv.history import distinct_histories, distinct_spends, occasions, purchase_counts, purchase_history

ORDERS = pl.DataFrame(
    [
        ("ann", date(2024, 1, 1), 100_000),
        ("ann", date(2024, 1, 1), 50_000),  # a second order of her first day: spend of that day, no occasion
        ("ann", date(2024, 1, 11), 200_000),
        ("ann", date(2024, 1, 11), 100_000),
        ("ann", date(2024, 1, 21), 0),
        ("bob", date(2024, 1, 5), 80_000),
        ("cat", date(2024, 2, 1), 70_000),
        (None, date(2024, 1, 2), 10_000),
    ],
    schema={"customer_id": pl.String, "happened_date": pl.Date, "spend": pl.Int64},
    orient="row",
)
AS_OF = date(2024, 1, 31)


def history_of(orders: pl.DataFrame, as_of: date = AS_OF) -> pl.DataFrame:
    return purchase_history(orders.lazy(), as_of).sort("customer_id").collect()


def test_an_occasion_is_a_customer_day() -> None:
    assert occasions(ORDERS.lazy()).sort("customer_id", "happened_date").collect().rows() == [
        ("ann", date(2024, 1, 1), 150_000),
        ("ann", date(2024, 1, 11), 300_000),
        ("ann", date(2024, 1, 21), 0),
        ("bob", date(2024, 1, 5), 80_000),
        ("cat", date(2024, 2, 1), 70_000),
    ]


def test_history_of_a_tiny_shop() -> None:
    expected = pl.DataFrame(
        [
            ("ann", 2, 20, 30, 15.0, 15.0, date(2024, 1, 1), date(2024, 1, 21)),
            ("bob", 0, 0, 26, None, 8.0, date(2024, 1, 5), date(2024, 1, 5)),
        ],
        schema={
            "customer_id": pl.String,
            "x": pl.Int64,
            "t_x_days": pl.Int64,
            "age_days": pl.Int64,
            "mean_spend": pl.Float64,
            "first_spend": pl.Float64,
            "first_date": pl.Date,
            "last_date": pl.Date,
        },
        orient="row",
    )
    assert_frame_equal(history_of(ORDERS), expected)


def test_ids_may_be_numbers() -> None:
    numbers = {"ann": -3, "bob": 2**42 - 1, "cat": 7}
    orders = ORDERS.with_columns(pl.col("customer_id").replace_strict(numbers, default=None, return_dtype=pl.Int64))
    earlier = pl.DataFrame({"customer_id": [7], "happened_date": [date(1066, 10, 14)], "spend": [10_000]})
    found = history_of(pl.concat([orders, earlier]))
    assert found["customer_id"].to_list() == [-3, 7, 2**42 - 1]
    assert_frame_equal(
        found.filter(pl.col("customer_id") != 7).drop("customer_id"), history_of(ORDERS).drop("customer_id")
    )
    assert found["first_date"][1] == date(1066, 10, 14)
    with pytest.raises(pl.exceptions.InvalidOperationError):
        history_of(orders.with_columns(pl.col("customer_id") * 4))


def test_orders_after_as_of_do_not_exist() -> None:
    earlier = history_of(ORDERS, date(2024, 1, 20)).row(0, named=True)
    assert (earlier["x"], earlier["t_x_days"], earlier["age_days"], earlier["mean_spend"]) == (1, 10, 19, 30.0)
    assert history_of(ORDERS, date(2024, 2, 1))["customer_id"].to_list() == ["ann", "bob", "cat"]
    assert history_of(ORDERS, date(2023, 12, 31)).height == 0


def test_the_day_itself_counts() -> None:
    assert history_of(ORDERS, date(2024, 1, 21)).row(0, named=True)["x"] == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    shuffled = ORDERS.sample(fraction=1.0, shuffle=True, seed=seed)
    assert_frame_equal(history_of(shuffled), history_of(ORDERS))
    twice = pl.concat([history_of(ORDERS), history_of(ORDERS)]).sample(fraction=1.0, shuffle=True, seed=seed)
    assert distinct_histories(twice).rows() == [(0, 0, 26, 2), (2, 20, 30, 2)]


def test_distinct_histories_of_shards_add_up() -> None:
    history = history_of(ORDERS, date(2024, 2, 1))
    shards = [distinct_histories(history[:1]), distinct_histories(history[1:])]
    assert_frame_equal(distinct_histories(pl.concat(shards)), distinct_histories(history))


def test_distinct_histories_have_one_order() -> None:
    columns = {"x": [1, 0, 1, 0, 1], "t_x_days": [9, 0, 2, 0, 9], "age_days": [9, 7, 9, 3, 9]}
    assert distinct_histories(pl.DataFrame(columns)).rows() == [(0, 0, 3, 1), (0, 0, 7, 1), (1, 2, 9, 1), (1, 9, 9, 2)]


@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.sampled_from([1.5, 2.0, 30.25]), st.integers(1, 4)), max_size=30),
    is_weighted=st.booleans(),
)
def test_distinct_spends_are_counted(rows: list[tuple[int, float, int]], is_weighted: bool) -> None:
    schema = {"x": pl.Int64, "mean_spend": pl.Float64, "weight": pl.Int64}
    history = pl.DataFrame(rows, schema=schema, orient="row")
    counted = Counter[tuple[int, float]]()
    for x, spend, weight in rows:
        counted[x, spend] += weight if is_weighted else 1
    distinct = distinct_spends(history if is_weighted else history.drop("weight"))
    assert distinct.rows() == [(*pair, weight) for pair, weight in sorted(counted.items())]


@given(
    rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(2, 3), st.integers(1, 4)), max_size=30),
    far=st.sampled_from([0, 2_000, 2**40]),
    is_weighted=st.booleans(),
)
def test_distinct_histories_are_counted(rows: list[tuple[int, ...]], far: int, is_weighted: bool) -> None:
    schema = dict.fromkeys(("x", "t_x_days", "age_days", "weight"), pl.Int64)
    allowed = [(x, t_x if x else 0, age + far, weight) for x, t_x, age, weight in rows]
    history = pl.DataFrame(allowed, schema=schema, orient="row")
    counted = Counter[tuple[int, ...]]()
    for *counts, weight in allowed:
        counted[tuple(counts)] += weight if is_weighted else 1
    distinct = distinct_histories(history if is_weighted else history.drop("weight"))
    assert distinct.rows() == [(*counts, weight) for counts, weight in sorted(counted.items())]


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ((1, 8, 7), "1 of 3 histories: t_x_days > age_days"),
        ((0, 3, 7), "1 of 3 histories: x = 0 with t_x_days > 0"),
        ((-1, 3, 7), "1 of 3 histories: x is negative or not whole"),
        ((1.5, 3, 7), "1 of 3 histories: x is negative or not whole"),
        ((1, 3, float("nan")), "1 of 3 histories: age_days is missing or not a number"),
        ((1, None, 7), "1 of 3 histories: t_x_days is missing or not a number"),
        ((1, 3, float("inf")), "1 of 3 histories: age_days is missing or not a number"),
    ],
)
def test_an_impossible_history_is_refused_by_rule_and_count(broken: tuple[float | None, ...], rule: str) -> None:
    rows = [(2, 5, 9), broken, (0, 0, 9)]
    history = pl.DataFrame(rows, schema=dict.fromkeys(("x", "t_x_days", "age_days"), pl.Float64), orient="row")
    with pytest.raises(ValueError, match=rule):
        purchase_counts(history.with_columns(customer_id=pl.lit("c-secret")))


def test_a_refusal_names_no_customer() -> None:
    history = pl.DataFrame({"customer_id": ["c-secret"], "x": [0], "t_x_days": [4], "age_days": [9]})
    with pytest.raises(ValueError, match=r"^1 of 1 histories: x = 0 with t_x_days > 0$"):
        purchase_counts(history)
