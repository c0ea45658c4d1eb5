"""What was bought and given back, worked out by hand."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.customers.tables import Row, by_customer, table
from transforms.contracts import mart
from transforms.customers.purchases import purchases
from transforms.customers.returns import returns

JANUARY, FEBRUARY = date(2026, 1, 5), date(2026, 2, 5)


def order(customer: str | None, paid: int, day: date = JANUARY, refunded: int = 0, costs: int = 0) -> Row:
    return {
        "margin": paid - refunded - costs,
        "customer_id": customer,
        "order_date": day,
        "customer_paid": paid,
        "refunded": refunded,
        "net_revenue": paid - refunded,
    }


def refund(customer: str | None, amount: int, order_key: str | None = None, day: date = FEBRUARY) -> Row:
    return {"customer_id": customer, "amount": amount, "order_key": order_key, "refund_date": day}


def both(orders: list[Row], refunds: list[Row]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    return table(mart.PURCHASE_ORDER, orders), table(mart.REFUND, refunds)


def spent(*rows: tuple[str, int]) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema={"customer_id": pl.String, "spent": pl.Int64}, orient="row")


ORDERS = [
    order("c1", 900, FEBRUARY, costs=700),
    order("c1", 1100, refunded=300),
    order("c2", 400),
    order("c3", 0),
    order(None, 5000),
]
REFUNDS = [
    refund("c1", 200),
    refund("c1", 300, "web/1", JANUARY),
    refund("c4", 50),
    refund(None, 7000),
]


SPENT = spent(("c1", 60), ("c1", 40), ("c2", 500), ("c4", -30), ("c5", 7))


def test_revenue_is_lowered_by_refunds_of_orders_and_by_those_that_name_none() -> None:
    found = by_customer(purchases(*both(ORDERS, REFUNDS), SPENT).filter(pl.col("customer_id").is_not_null()))
    assert found["c1"] == {
        "margin": 2000 - 300 - 200 - 700 - 100,
        "first_order_date": JANUARY,
        "last_order_date": FEBRUARY,
        "orders": 2,
        "customer_paid": 2000,
        "net_revenue": 2000 - 300 - 200,
    }
    assert (found["c2"]["orders"], found["c2"]["net_revenue"]) == (1, 400)
    assert (found["c4"]["orders"], found["c4"]["net_revenue"]) == (None, -50)
    # Service dearer than the order; goods that came back with the refund; a message to somebody who never bought.
    assert [found[who]["margin"] for who in ("c2", "c4", "c5")] == [-100, -20, -7]


def test_the_refund_rate_is_of_what_was_paid() -> None:
    found = by_customer(returns(*both(ORDERS, REFUNDS)).filter(pl.col("customer_id").is_not_null()))
    assert {name: tuple(row.values()) for name, row in found.items()} == {
        "c1": (0.25, 1, FEBRUARY),
        "c2": (0.0, 0, None),
        "c3": (None, 0, None),
        "c4": (None, None, FEBRUARY),
    }


@given(
    st.lists(st.tuples(st.sampled_from(["c1", "c2"]), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=10),
    st.lists(st.tuples(st.sampled_from(["c1", "c2"]), st.integers(0, 10**6)), max_size=5),
)
def test_net_revenue_of_all_customers_is_what_was_paid_less_what_went_back(
    orders: list[tuple[str, int, int]], refunds: list[tuple[str, int]]
) -> None:
    told = both(
        [order(who, paid, refunded=back) for who, paid, back in orders],
        [refund(who, back) for who, back in refunds],
    )
    net = purchases(*told, spent()).collect()["net_revenue"].sum()
    assert net == sum(paid - back for _, paid, back in orders) - sum(back for _, back in refunds)
