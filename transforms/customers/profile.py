"""mart.customer: the customer file without personal data, put together from its parts. Shard-local by customer."""

from collections.abc import Iterable

import polars as pl

from transforms.contracts import mart
from transforms.contracts.table import Type

_COUNTS = [
    column.name
    for column in mart.CUSTOMER.columns
    if column.type in {Type.INTEGER, Type.MONEY} and not column.nullable and column.name != "accounts"
]


def customer_profiles(persons: pl.LazyFrame, parts: Iterable[pl.LazyFrame], currency: str) -> pl.LazyFrame:
    """mart.customer, one row a customer of `persons`; where a part tells nothing of one, counts and amounts are zero.

    `persons`: `transforms.customers.person.persons`. `parts`: frames of at most one row a `customer_id`, each with
    columns of its own.
    """
    joined = persons
    for part in parts:
        joined = joined.join(part, on="customer_id", how="left")
    return joined.with_columns(pl.col(_COUNTS).fill_null(0), currency=pl.lit(currency)).sort("customer_id")
