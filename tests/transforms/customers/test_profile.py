"""The customer file put together: a row for everybody, zeros and nulls where nothing is told."""

import polars as pl

from tests.transforms.customers.tables import by_customer
from transforms.contracts import mart
from transforms.contracts.table import Type
from transforms.customers.profile import customer_profiles

PERSONS = {
    "customer_id": ["c1", "c2"],
    "accounts": [2, 1],
    "region": ["Kent", None],
    "language": [None, "zh"],
    "acquired_by": ["search", None],
    "referred_by_customer_id": [None, "c1"],
    "is_business": [None, True],
}


def parts(**of_c1: object) -> list[pl.LazyFrame]:
    """Every other column of the file, told of the first customer alone, in two parts."""
    others = [column for column in mart.CUSTOMER.columns if column.name not in {*PERSONS, "currency"}]
    half = len(others) // 2
    return [
        pl.LazyFrame(
            [{"customer_id": "c1", **{column.name: of_c1.get(column.name) for column in columns}}],
            schema={name: mart.CUSTOMER.polars_schema[name] for name in ["customer_id", *(c.name for c in columns)]},
        )
        for columns in (others[:half], others[half:])
    ]


def test_who_has_done_nothing_has_a_row_of_zeros_and_nulls() -> None:
    file = customer_profiles(pl.LazyFrame(PERSONS), parts(orders=3, reviews=1, mean_rating=4.0), "EUR")
    found = by_customer(mart.CUSTOMER.conform(file))
    assert list(found) == ["c1", "c2"]
    assert (found["c1"]["orders"], found["c1"]["reviews"], found["c1"]["mean_rating"]) == (3, 1, 4.0)
    told = {"accounts": 1, "language": "zh", "referred_by_customer_id": "c1", "is_business": True, "currency": "EUR"}
    for column in mart.CUSTOMER.columns[1:]:
        nothing = None if column.nullable else 0
        assert found["c2"][column.name] == told.get(column.name, nothing), column.name


def test_no_count_is_ever_null() -> None:
    file = mart.CUSTOMER.conform(customer_profiles(pl.LazyFrame(PERSONS), parts(), "EUR")).collect()
    needed = [column.name for column in mart.CUSTOMER.columns if not column.nullable and column.type is not Type.TEXT]
    assert file.select(needed).null_count().sum_horizontal().item() == 0
