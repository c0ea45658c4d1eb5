"""What the owner asks, worked out by hand; parts add up to the whole."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts import value
from transforms.value.shop_kpi import UNITS, shop_kpi

AS_OF = date(2026, 3, 4)
SCHEMA = {
    "customer_id": pl.String,
    "orders": pl.Int64,
    "margin": pl.Int64,
    "acquired_by": pl.String,
    "first_order_date": pl.Date,
    "value_class": pl.String,
    "clv_365d": pl.Int64,
    "clv_3650d": pl.Int64,
    "p_buy_365d": pl.Float64,
}
EARLY, LATE = date(2024, 12, 31), date(2025, 1, 1)
CUSTOMERS = [
    ("a", 3, 50_0000, "search", EARLY, "gold", 60_0000, 200_0000, 0.8),
    ("b", 1, 20_0000, "search", LATE, "rising", 15_0000, 40_0000, 0.5),
    ("c", 1, -5_0000, None, LATE, "core", 5_0000, 10_0000, 0.2),
    # Never bought, but was written to.
    ("d", 0, -1_0000, "fair", None, None, None, None, None),
]
Kpis = dict[tuple[str, str, str], float]


def kpis(rows: list[tuple[object, ...]], new_customer: float | None = 33.5) -> Kpis:
    told = pl.LazyFrame(rows, schema=SCHEMA, orient="row")
    found = value.SHOP_KPI.conform(shop_kpi(told, new_customer, AS_OF, "EUR")).collect()
    assert found.sort(value.SHOP_KPI.key).equals(found)
    assert found["unit"].to_list() == [UNITS[metric] for metric in found["metric"]]
    assert set(found["currency"]) == {"EUR"}
    return {
        (metric, dimension, member): number
        for metric, dimension, member, number in found.select(
            "metric", "dimension", "member", "metric_value"
        ).iter_rows()
    }


def of_all(found: Kpis) -> dict[str, float]:
    return {metric: number for (metric, dimension, _), number in found.items() if dimension == "all"}


def test_the_whole_shop() -> None:
    assert of_all(kpis(CUSTOMERS)) == {
        "customers": 3,
        "historic_value": 64.0,
        "customer_equity": 80.0,
        "customer_equity_3650d": 250.0,
        "retention_365d": pytest.approx(0.5),
        # 80.00 come of 1.5 customers who buy; 5 % of three customers are 0.15 more.
        "five_points_retention": pytest.approx(0.15 * 80 / 1.5),
        "new_customer_value_3650d": 33.5,
    }


def test_parts() -> None:
    found = kpis(CUSTOMERS)
    by_source = {member: number for (metric, _, member), number in found.items() if metric == "customer_equity"}
    assert by_source == {
        "all": 80.0,
        "search": 75.0,
        "unknown": 5.0,
        "2024": 60.0,
        "2025": 20.0,
        "gold": 60.0,
        "rising": 15.0,
        "core": 5.0,
    }
    assert found["historic_value", "acquired_by", "fair"] == -1.0
    assert found["customers", "acquired_by", "fair"] == 0
    assert found["historic_value", "cohort_year", "unknown"] == -1.0
    assert found["retention_365d", "cohort_year", "2025"] == pytest.approx(0.35)
    assert ("retention_365d", "acquired_by", "fair") not in found


def test_the_top_percents_of_few_are_one_customer() -> None:
    shares = {member: number for (metric, _, member), number in kpis(CUSTOMERS).items() if metric == "value_share"}
    assert shares == {"1": 0.75, "5": 0.75, "10": 0.75, "20": 0.75, "50": pytest.approx(75 / 80)}


def test_the_top_percents_of_many() -> None:
    rows = [(str(n), 1, 0, None, LATE, "core", n, n, 0.5) for n in range(1, 201)]
    shares = {member: number for (metric, _, member), number in kpis(rows).items() if metric == "value_share"}
    total = 200 * 201 / 2
    assert shares["1"] == (200 + 199) / total
    assert shares["50"] == sum(range(101, 201)) / total


def test_without_a_model_only_what_was_is_told() -> None:
    rows = [(*row[:5], None, None, None, None) for row in CUSTOMERS]
    found = kpis(rows, None)
    assert of_all(found) == {"customers": 3, "historic_value": 64.0}
    assert {metric for metric, *_ in found} == {"customers", "historic_value"}
    assert found["customers", "value_class", "unknown"] == 3


def test_a_shop_that_will_lose_money_has_no_shares() -> None:
    rows = [("a", 1, 0, None, LATE, "core", -5, -9, 0.0)]
    found = kpis(rows)
    assert found["customer_equity", "all", "all"] == -0.0005
    assert not [metric for metric, *_ in found if metric in {"value_share", "five_points_retention"}]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(-(10**12), 10**12),
            st.sampled_from(["search", "fair", "all", "unknown", None]),
            st.sampled_from([EARLY, LATE]),
            st.sampled_from(["gold", "rising", "core"]),
            st.integers(-(10**12), 10**12),
            st.floats(0, 1),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_parts_add_up_to_the_whole(told: list[tuple[object, ...]]) -> None:
    rows = [
        (str(n), orders, margin, source, day, klass, *((clv, clv, risk) if orders else (None, None, None)))
        for n, (orders, margin, source, day, klass, clv, risk) in enumerate(told)
    ]
    found = kpis(rows)
    for metric in ("customers", "historic_value", "customer_equity", "customer_equity_3650d"):
        for dimension in ("acquired_by", "cohort_year", "value_class"):
            parts = [number for (name, of, _), number in found.items() if (name, of) == (metric, dimension)]
            assert sum(parts) == pytest.approx(found.get((metric, "all", "all"), 0.0), abs=1e-3)
