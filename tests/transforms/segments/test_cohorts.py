"""Cohorts: counted month by month since the first order, and adding up to the facts."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts import mart
from transforms.segments.cohorts import cohort_months, cohort_retention

AS_OF = date(2026, 3, 4)
ORDER = {"customer_id": pl.String, "order_date": pl.Date, "net_revenue": pl.Int64}
REFUND = {"customer_id": pl.String, "order_key": pl.String, "refund_date": pl.Date, "amount": pl.Int64}
Order = tuple[str | None, date, int]
Refund = tuple[str | None, str | None, date, int]


def months(orders: list[Order], refunds: list[Refund]) -> pl.LazyFrame:
    return cohort_months(
        pl.LazyFrame(orders, schema=ORDER, orient="row"), pl.LazyFrame(refunds, schema=REFUND, orient="row")
    )


def retention(orders: list[Order], refunds: list[Refund] | None = None, as_of: date = AS_OF) -> pl.DataFrame:
    told = cohort_retention(months(orders, refunds or []), as_of, "EUR")
    return mart.COHORT_RETENTION.conform(told).collect()


def rows(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.drop("currency").rows()


def test_each_month_since_the_first_order_has_a_row_and_the_last_is_not_over() -> None:
    orders = [
        ("a", date(2025, 12, 31), 100),
        ("b", date(2025, 12, 1), 50),
        ("a", date(2026, 1, 1), 10),
        ("a", date(2026, 1, 31), 20),
        ("b", date(2026, 3, 4), 5),
        ("c", date(2026, 2, 2), 7),
    ]
    december, february = date(2025, 12, 1), date(2026, 2, 1)
    assert rows(retention(orders)) == [
        (december, 0, 2, 2, 150, True),
        (december, 1, 2, 1, 30, True),
        (december, 2, 2, 0, 0, True),
        (december, 3, 2, 1, 5, False),
        (february, 0, 1, 1, 7, True),
        (february, 1, 1, 0, 0, False),
    ]


def test_a_month_is_over_on_its_last_day() -> None:
    orders = [("a", date(2026, 1, 5), 1)]
    assert retention(orders, as_of=date(2026, 2, 27))["is_complete"].to_list() == [True, False]
    assert retention(orders, as_of=date(2026, 2, 28))["is_complete"].to_list() == [True, True]


def test_a_refund_without_order_lowers_its_own_month_and_wakes_nobody() -> None:
    orders = [("a", date(2026, 1, 5), 100)]
    refunds = [("a", None, date(2026, 2, 7), 30), ("a", "web/1", date(2026, 2, 7), 9)]
    assert rows(retention(orders, refunds))[1] == (date(2026, 1, 1), 1, 1, 0, -30, True)


def test_a_refund_from_before_the_first_order_counts_in_the_first_month() -> None:
    orders, refunds = [("a", date(2026, 2, 5), 100)], [("a", None, date(2025, 7, 7), 30)]
    assert rows(retention(orders, refunds))[0] == (date(2026, 2, 1), 0, 1, 1, 70, True)


def test_who_has_no_account_or_only_a_refund_is_in_no_cohort() -> None:
    orders, refunds = [(None, date(2026, 2, 5), 100)], [("b", None, date(2026, 2, 7), 30)]
    assert retention(orders, refunds).is_empty()


DAYS = st.integers(0, 500).map(lambda days: AS_OF - timedelta(days))
PEOPLE = st.sampled_from([None, *"abcdefgh"])
ORDERS = st.lists(st.tuples(PEOPLE, DAYS, st.integers(-9, 99)), max_size=30)
REFUNDS = st.lists(st.tuples(PEOPLE, st.sampled_from([None, "web/1"]), DAYS, st.integers(0, 50)), max_size=8)


@given(ORDERS, REFUNDS)
def test_cohorts_add_up_to_the_facts(orders: list[Order], refunds: list[Refund]) -> None:
    found = retention(orders, refunds)
    buyers = {name for name, *_ in orders if name}
    assert found.filter(month_number=0)["customers"].sum() == len(buyers)
    assert found.filter(pl.col("month_number") == 0, pl.col("active") != pl.col("customers")).is_empty()
    assert found.filter(pl.col("active") > pl.col("customers")).is_empty()
    customer_months = {(name, day.year, day.month) for name, day, _ in orders if name}
    assert found["active"].sum() == len(customer_months)
    came_in = sum(money for name, _, money in orders if name)
    went_back = sum(money for name, key, _, money in refunds if name in buyers and key is None)
    assert found["net_revenue"].sum() == came_in - went_back


@given(ORDERS)
def test_no_month_is_missing_and_only_the_last_is_not_over(orders: list[Order]) -> None:
    for (start,), cohort in retention(orders).group_by("cohort_month"):
        passed = 12 * (AS_OF.year - start.year) + AS_OF.month - start.month  # type: ignore[attr-defined]
        assert cohort["month_number"].to_list() == list(range(passed + 1))
        assert cohort["is_complete"].to_list() == [True] * passed + [False]
        assert cohort["customers"].n_unique() == 1


@given(ORDERS, REFUNDS)
def test_shards_of_customers_add_up_to_the_whole(orders: list[Order], refunds: list[Refund]) -> None:
    parts = [
        months(*([row for row in facts if (row[0] or "a") in people] for facts in (orders, refunds)))  # type: ignore[arg-type]
        for people in ("abcd", "efgh")
    ]
    together = mart.COHORT_RETENTION.conform(cohort_retention(pl.concat(parts), AS_OF, "EUR")).collect()
    assert together.equals(retention(orders, refunds))
