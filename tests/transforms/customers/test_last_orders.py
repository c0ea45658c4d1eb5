from datetime import UTC, date, datetime

import polars as pl

from transforms.contracts import mart
from transforms.customers.last_orders import last_orders


def frame(table, rows: list[dict[str, object]]) -> pl.LazyFrame:
    schema = table.polars_schema
    return pl.LazyFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def order(key: str, day: int, hour: int = 9, customer: str = "a") -> dict[str, object]:
    at = datetime(2026, 3, day, hour, tzinfo=UTC)
    return {"order_key": key, "customer_id": customer, "order_date": date(2026, 3, day), "ordered_at": at}


def line(key: str, index: int, product: str, quantity: int, amount: int, is_goods: bool = True) -> dict[str, object]:
    told = {"product_key": product, "quantity": quantity, "amount": amount, "is_goods": is_goods}
    return {"order_key": key, "line_index": index, **told}


PRODUCTS = [{"product_key": "s/1", "product_name": "teapot"}, {"product_key": "s/2", "product_name": None}]


def test_the_newest_come_first_with_the_dearest_of_their_goods() -> None:
    orders = [order("s/A", 1), order("s/B", 3, 8), order("s/C", 3, 9), order("s/D", 2), order("s/E", 9, customer="b")]
    lines = [
        line("s/B", 1, "s/2", 1, 5),
        line("s/B", 2, "s/1", 2, 90),
        line("s/B", 3, "s/(shipping)", 1, 99, is_goods=False),
        line("s/E", 1, "s/1", 0, 5),
    ]
    products = frame(mart.PRODUCT, PRODUCTS)
    found = last_orders(frame(mart.PURCHASE_ORDER, orders), frame(mart.PURCHASE_LINE, lines), products, 3).collect()
    assert found.select("customer_id", "order_key", "goods").rows() == [
        ("a", "s/C", []),
        ("a", "s/B", ["2 × teapot", "2"]),
        ("a", "s/D", []),
        ("b", "s/E", ["teapot"]),
    ]
