"""The customer file, worked out by hand for a shop of a few orders."""

from datetime import UTC, date, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts import contact, mart
from transforms.customers.profile import attributes_of_customers, customer_profiles

DATES = {1: date(2026, 1, 5), 2: date(2026, 2, 5)}
LINES = {
    "customer_id": pl.String,
    "category": pl.String,
    "amount": pl.Int64,
    "is_goods": pl.Boolean,
}


def profiles(
    customers: list[str],
    orders: list[dict[str, object]] | None = None,
    lines: list[tuple[object, ...]] | None = None,
    refunds: list[dict[str, object]] | None = None,
    points: list[tuple[str, str, str, str]] | None = None,
) -> dict[str, dict[str, object]]:
    """mart.customer by customer. `points`: customer, channel, purpose, state."""
    attributes = {"customer_id": customers, "region": None, "acquired_by": None, "is_business": None}
    point_rows = [
        {"customer_id": who, "channel": channel, "address": f"{channel}{n}", "purpose": purpose, "consent_state": word}
        for n, (who, channel, purpose, word) in enumerate(points or [])
    ]
    found = customer_profiles(
        pl.LazyFrame(attributes, schema_overrides={"customer_id": pl.String}),
        _frame(mart.PURCHASE_ORDER.polars_schema, orders or []),
        pl.LazyFrame(lines or [], schema=LINES, orient="row"),
        _frame(mart.REFUND.polars_schema, refunds or []),
        _frame(contact.CONTACT_POINT.polars_schema, point_rows),
        "EUR",
    )
    return {row["customer_id"]: row for row in mart.CUSTOMER.conform(found).collect().iter_rows(named=True)}


def _frame(schema: dict[str, pl.DataType], told: list[dict[str, object]]) -> pl.LazyFrame:
    return pl.LazyFrame([{name: row.get(name) for name in schema} for row in told], schema=schema)


def order(customer: str | None, paid: int, day: int = 1, refunded: int = 0, discount: int = 0) -> dict[str, object]:
    return {
        "customer_id": customer,
        "order_date": DATES[day],
        "customer_paid": paid,
        "refunded": refunded,
        "net_revenue": paid - refunded,
        "discount": discount,
    }


def test_a_customer_with_orders_refunds_and_discounts() -> None:
    found = profiles(
        ["c1"],
        [order("c1", 900, day=2, discount=100), order("c1", 1100, refunded=300), order(None, 5000)],
        refunds=[
            {"customer_id": "c1", "order_key": None, "amount": 200},
            {"customer_id": "c1", "order_key": "web/1", "amount": 300},
            {"customer_id": None, "order_key": None, "amount": 7000},
        ],
    )["c1"]
    assert found == {
        "customer_id": "c1",
        "first_order_date": DATES[1],
        "last_order_date": DATES[2],
        "orders": 2,
        "customer_paid": 2000,
        "net_revenue": 2000 - 300 - 200,
        "currency": "EUR",
        "refund_rate": 0.25,
        "discount_share": 100 / 2100,
        "favourite_category": None,
        "region": None,
        "reachable_by": None,
        "acquired_by": None,
        "is_business": None,
    }


def test_a_customer_without_a_purchase_has_a_row_of_zeros_and_nulls() -> None:
    found = profiles(["c1"], refunds=[{"customer_id": "c1", "order_key": None, "amount": 200}])["c1"]
    assert (found["orders"], found["customer_paid"], found["net_revenue"]) == (0, 0, -200)
    told = ("first_order_date", "refund_rate", "discount_share", "favourite_category", "reachable_by")
    assert [found[name] for name in told] == [None] * 5


def test_the_favourite_category_is_the_one_with_most_money_spent_on_goods() -> None:
    lines = [
        ("c1", "Tea", 400, True),
        ("c1", "Pots", 300, True),
        ("c1", "Pots", 200, True),
        ("c1", "Postage", 9000, False),
        ("c1", None, 8000, True),
        ("c2", "Tea", 100, True),
        ("c2", "Cups", 100, True),
    ]
    found = profiles(["c1", "c2", "c3"], lines=lines)
    assert {name: row["favourite_category"] for name, row in found.items()} == {"c1": "Pots", "c2": "Cups", "c3": None}


CHANNEL = st.sampled_from(["sms", "email", "post", "wechat"])
POINTS = st.lists(
    st.tuples(
        st.sampled_from([f"c{n}" for n in range(8)]),
        CHANNEL,
        st.sampled_from(["marketing", "service"]),
        st.sampled_from(["granted", "refused", "unknown"]),
    ),
    max_size=40,
)


@given(POINTS)
def test_reachable_by_names_each_granted_marketing_channel_once_the_preferred_first(
    points: list[tuple[str, str, str, str]],
) -> None:
    customers = [f"c{n}" for n in range(8)]
    found = profiles(customers, points=points)
    for customer in customers:
        granted = {
            (who, channel) for who, channel, purpose, word in points if (purpose, word) == ("marketing", "granted")
        }
        expected = [name for name in ("email", "sms", "post", "wechat") if (customer, name) in granted]
        assert found[customer]["reachable_by"] == ("+".join(expected) or None)


def test_each_attribute_comes_from_the_oldest_account_that_tells_it() -> None:
    accounts = pl.LazyFrame(
        [
            ("a/1", datetime(2026, 2, 1, tzinfo=UTC), "Kent", None, True),
            ("a/2", datetime(2026, 1, 1, tzinfo=UTC), None, "search", None),
            ("a/3", None, "York", "friend", False),
            ("a/4", None, None, None, None),
        ],
        schema=["account_key", "happened_at", "region", "acquired_by", "is_business"],
        orient="row",
    )
    ids = pl.LazyFrame({"account_key": ["a/1", "a/2", "a/3", "a/4"], "customer_id": ["c1", "c1", "c1", "c2"]})
    found = attributes_of_customers(accounts, ids).collect()
    assert found.rows() == [("c1", "Kent", "search", True), ("c2", None, None, None)]


@given(
    st.lists(st.tuples(st.sampled_from(["c1", "c2"]), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=10),
    st.lists(st.tuples(st.sampled_from(["c1", "c2"]), st.integers(0, 10**6)), max_size=5),
)
def test_net_revenue_of_all_customers_is_what_was_paid_less_what_went_back(
    orders: list[tuple[str, int, int]], refunds: list[tuple[str, int]]
) -> None:
    found = profiles(
        ["c1", "c2"],
        [order(who, paid, refunded=back) for who, paid, back in orders],
        refunds=[{"customer_id": who, "order_key": None, "amount": back} for who, back in refunds],
    )
    net = sum(int(str(row["net_revenue"])) for row in found.values())
    assert net == sum(paid - back for _, paid, back in orders) - sum(back for _, back in refunds)
