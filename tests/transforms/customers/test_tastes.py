"""Categories, brands and price bands, worked out by hand."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.customers.tables import by_customer
from transforms.customers.price_bands import price_counts, price_thirds, with_band
from transforms.customers.tastes import tastes

LINES = {
    "customer_id": pl.String,
    "category": pl.String,
    "brand": pl.String,
    "unit_price": pl.Int64,
    "amount": pl.Int64,
    "is_goods": pl.Boolean,
}
Line = tuple[str | None, str | None, str | None, int, int, bool]


def frame(lines: list[Line]) -> pl.LazyFrame:
    return pl.LazyFrame(lines, schema=LINES, orient="row")


def thirds(*lines: Line) -> pl.LazyFrame:
    return price_thirds(price_counts(frame(list(lines))).collect().lazy()).collect().lazy()


def priced(category: str | None, *prices: int) -> list[Line]:
    return [("c9", category, None, price, price, True) for price in prices]


def test_the_favourites_are_those_with_most_money_spent_on_goods() -> None:
    lines: list[Line] = [
        ("c1", "Tea", "Hill", 400, 400, True),
        ("c1", "Pots", "Kiln", 300, 300, True),
        ("c1", "Pots", "Hill", 200, 200, True),
        ("c1", "Postage", None, 9000, 9000, False),
        ("c1", None, None, 8000, 8000, True),
        ("c2", "Tea", "Kiln", 100, 100, True),
        ("c2", "Cups", "Hill", 100, 100, True),
        (None, "Tea", "Kiln", 100, 100, True),
    ]
    found = by_customer(tastes(frame(lines), thirds()))
    assert {name: (row["favourite_category"], row["favourite_brand"]) for name, row in found.items()} == {
        "c1": ("Pots", "Hill"),
        "c2": ("Cups", "Hill"),
    }


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ((10, 20, 30), (10, 20)),
        ((10, 20, 30, 40, 50, 60), (20, 40)),
        ((10, 20, 30, 40), (20, 30)),
        ((10, 10, 10, 10, 99), (10, 10)),
        ((10, 99, 99, 99), (99, 99)),
        ((10, 10), None),
        ((10, 10, 0, 0), None),
    ],
)
def test_thirds_end_at_the_lowest_price_that_so_many_lines_do_not_exceed(
    prices: tuple[int, ...], expected: tuple[int, int] | None
) -> None:
    found = thirds(*priced("Tea", *prices)).collect().rows()
    assert found == ([] if expected is None else [("Tea", *expected)])


def test_every_category_has_its_own_prices_and_untold_is_one_too() -> None:
    limits = thirds(*priced("Tea", 10, 20, 30), *priced(None, 100, 200, 300))
    lines: list[Line] = [
        ("c1", "Tea", None, 30, 30, True),
        ("c2", None, None, 30, 30, True),
        ("c3", "Pots", None, 30, 30, True),
    ]
    found = by_customer(tastes(frame(lines), limits))
    assert {name: row["price_band"] for name, row in found.items() if row["price_band"]} == {"c1": "high", "c2": "low"}


@pytest.mark.parametrize(
    ("prices", "expected"),
    [((10, 10, 30), "low"), ((10, 30), "high"), ((20,), "middle"), ((0, 0, 30), "high"), ((10, 20, 30), "high")],
)
def test_the_band_is_that_of_most_lines_then_of_most_money(prices: tuple[int, ...], expected: str) -> None:
    lines: list[Line] = [("c1", "Tea", None, price, price, True) for price in prices]
    limits = thirds(*priced("Tea", 10, 20, 30))
    assert by_customer(tastes(frame(lines), limits))["c1"]["price_band"] == expected


def test_of_equals_the_lower_band_counts() -> None:
    lines: list[Line] = [("c1", "Tea", None, 30, 20, True), ("c1", "Tea", None, 10, 20, True)]
    limits = thirds(*priced("Tea", 10, 20, 30))
    assert by_customer(tastes(frame(lines), limits))["c1"]["price_band"] == "low"


@given(st.lists(st.tuples(st.sampled_from(["Tea", "Pots"]), st.integers(1, 50)), min_size=2, max_size=40))
def test_no_band_but_the_lowest_holds_more_than_a_third_but_for_its_last_price(told: list[tuple[str, int]]) -> None:
    lines = [line for category, price in told for line in priced(category, price)]
    banded = with_band(frame(lines), thirds(*lines)).collect()
    for (category,), mine in banded.filter(pl.col("price_band").is_not_null()).group_by("category"):
        prices = sorted(price for name, price in told if name == category)
        low, middle = (sorted(mine.filter(price_band=name)["unit_price"]) for name in ("low", "middle"))
        # All below the last price of a band are less than its share: else the band would end earlier.
        assert 3 * sum(price < low[-1] for price in low) < len(prices)
        if middle:
            assert 3 * sum(price < middle[-1] for price in prices) < 2 * len(prices)
        assert (low + middle)[-1] >= prices[-(-2 * len(prices) // 3) - 1]


def test_counts_of_shards_add_up() -> None:
    lines = [*priced("Tea", 10, 20, 30, 40, 50), *priced(None, 5, 6)]
    parts = pl.concat([price_counts(frame(lines[:3])).collect(), price_counts(frame(lines[3:])).collect()])
    assert price_thirds(parts.lazy()).collect().equals(thirds(*lines).collect())
