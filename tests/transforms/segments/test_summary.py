"""Segments add up."""

from datetime import date
from statistics import fmean

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts import mart
from transforms.segments.summary import segment_summary

AS_OF = date(2026, 3, 4)
TIERS = ("platinum", "silver", "member")
SCORE = {
    "customer_id": pl.String,
    "tier": pl.String,
    "value_class": pl.String,
    "clv_365d": pl.Int64,
    "churn_risk_90d": pl.Float64,
}
Score = tuple[str, str | None, str | None, int | None, float | None]


def summary(scores: list[Score], revenue: dict[str, int]) -> dict[tuple[str, str], tuple[object, ...]]:
    profiles = pl.LazyFrame(
        list(revenue.items()), schema={"customer_id": pl.String, "net_revenue": pl.Int64}, orient="row"
    )
    told = segment_summary(pl.LazyFrame(scores, schema=SCORE, orient="row"), profiles, TIERS, AS_OF, "EUR")
    found = mart.SEGMENT_SUMMARY.conform(told).collect()
    columns = ("scheme", "segment", "customers", "net_revenue", "clv_365d", "mean_churn_risk_90d")
    return {(scheme, segment): tuple(rest) for scheme, segment, *rest in found.select(columns).iter_rows()}


def test_each_scheme_counts_those_with_a_segment_in_it() -> None:
    scores: list[Score] = [
        ("a", "silver", "gold", 900, 0.2),
        ("b", "member", "core", 100, 0.6),
        ("c", "member", None, None, None),
        ("d", None, None, None, None),
    ]
    assert summary(scores, {"a": 50, "b": 30, "c": -20, "d": 0}) == {
        ("tier", "member"): (2, 10, 100, pytest.approx(0.6)),
        ("tier", "silver"): (1, 50, 900, pytest.approx(0.2)),
        ("value", "core"): (1, 30, 100, pytest.approx(0.6)),
        ("value", "gold"): (1, 50, 900, pytest.approx(0.2)),
    }


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_mean_risk_does_not_depend_on_the_order_of_customers_in_its_last_digit(
    risks: list[float], random: object
) -> None:
    scores: list[Score] = [(f"c{n}", "member", None, None, risk) for n, risk in enumerate(risks)]
    shuffled = list(scores)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    revenue = {name: 0 for name, *_ in scores}
    found = summary(scores, revenue)
    assert found == summary(shuffled, revenue)
    mean = found["tier", "member"][-1]
    assert mean == pytest.approx(fmean(risks), abs=1e-9)
    assert 0 <= float(str(mean)) <= 1


def test_without_a_model_the_value_of_a_segment_is_unknown_not_zero() -> None:
    assert summary([("a", "member", None, None, None)], {"a": 5}) == {("tier", "member"): (1, 5, None, None)}


def test_segments_of_a_scheme_keep_their_order_also_where_one_has_nobody() -> None:
    scores = pl.LazyFrame(
        [("a", "member", "core", 1, 0.5), ("b", "platinum", "gold", 9, 0.5)], schema=SCORE, orient="row"
    )
    profiles = pl.LazyFrame({"customer_id": ["a", "b"], "net_revenue": [1, 2]})
    found = mart.SEGMENT_SUMMARY.conform(segment_summary(scores, profiles, TIERS, AS_OF, "EUR")).collect()
    assert found.select("scheme", "segment", "segment_rank").rows() == [
        ("tier", "member", 3),
        ("tier", "platinum", 1),
        ("value", "core", 3),
        ("value", "gold", 1),
    ]
