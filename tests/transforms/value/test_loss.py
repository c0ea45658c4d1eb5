"""What losing a customer costs, by hand."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.value.loss import losses

Told = dict[str, tuple[int | None, str | None]]
"""Customer -> own value of ten years and who brought them."""


def found(told: Told, new_customer: int) -> dict[str, int | None]:
    rows = [(who, value, referrer) for who, (value, referrer) in told.items()]
    schema = {"customer_id": pl.String, "clv_3650d": pl.Int64, "referred_by_customer_id": pl.String}
    frame = pl.LazyFrame(rows, schema=schema, orient="row")
    scores, profiles = frame.select("customer_id", "clv_3650d"), frame.drop("clv_3650d")
    return dict(losses(scores, profiles, new_customer).collect().iter_rows())


def test_own_value_that_of_those_brought_and_a_new_one() -> None:
    told: Told = {
        "a": (100, None),
        "b": (40, "a"),
        "c": (-10, "a"),
        "d": (7, "b"),
        "e": (None, "a"),
        "f": (5, "gone"),
        "g": (None, None),
    }
    assert found(told, 12) == {"a": 142, "b": 59, "c": 2, "d": 19, "e": None, "f": 17, "g": None}


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 9)), min_size=1, max_size=10), st.integers(0, 9))
def test_everybody_counts_for_themselves_and_for_who_brought_them(told: list[tuple[int, int]], new: int) -> None:
    by_name: Told = {
        str(n): (value, str(referrer) if referrer < len(told) and referrer != n else None)
        for n, (value, referrer) in enumerate(told)
    }
    total = sum(value or 0 for value in found(by_name, new).values())
    assert total == sum((value or 0) * (1 + bool(referrer)) + new for value, referrer in by_name.values())
