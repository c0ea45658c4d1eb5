"""What articles do to customers, worked out by hand."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.transforms.customers.tables import AS_OF, Row, at, table
from transforms.contracts import health, mart, staged
from transforms.health.products import product_health, product_summaries

SETTLED, RECENT = -180, -89


def order(key: str, customer: str | None, day: int, **of_articles: int) -> list[Row]:
    """Lines of one order, an article for a price; pieces are one."""
    return [
        {
            "order_key": key,
            "customer_id": customer,
            "order_date": AS_OF + timedelta(days=day),
            "product_key": f"web/{article}",
            "quantity": 1,
            "amount": amount,
            "is_goods": article != "POST",
        }
        for article, amount in of_articles.items()
    ]


def refund(day: int, amount: int, article: str = "(not itemised)", order_key: str | None = None) -> Row:
    return {
        "refund_date": AS_OF + timedelta(days=day),
        "amount": amount,
        "product_key": f"web/{article}",
        "order_key": order_key,
    }


def review(article: str, day: int, rating: int, state: str | None = None) -> Row:
    return {"product_key": f"web/{article}", "rating": rating, "review_state": state, **at(day)}


def found(
    lines: list[Row], refunds: list[Row] | None = None, reviews: list[Row] | None = None, as_of: date = AS_OF
) -> pl.DataFrame:
    """mart.product_health of articles A, B, C and postage, the customers in two shards."""
    parts = []
    for shard in (0, 1):
        mine = [line for line in lines if (line["customer_id"] == "c2") == bool(shard)]
        paid: dict[object, Row] = {}
        for line in mine:
            of_order = paid.setdefault(line["order_key"], {**line, "customer_paid": 0})
            of_order["customer_paid"] = int(str(of_order["customer_paid"])) + int(str(line["amount"]))
        orders = table(mart.PURCHASE_ORDER, list(paid.values()))
        told = table(mart.REFUND, refunds or [])
        parts.append(product_summaries(table(mart.PURCHASE_LINE, mine), orders, told, as_of).collect())
    products = table(
        mart.PRODUCT,
        [{"product_key": f"web/{name}", "is_goods": name != "POST"} for name in ("POST", "C", "B", "A")],
    )
    told = (table(mart.REFUND, refunds or []), table(staged.REVIEW, reviews or []))
    return health.PRODUCT_HEALTH.conform(
        product_health(products, pl.concat(parts).lazy(), *told, as_of, "EUR")
    ).collect()


def column(frame: pl.DataFrame, name: str) -> dict[str, object]:
    return dict(zip(frame["product_key"].str.strip_prefix("web/"), frame[name], strict=True))


def test_buyers_pieces_and_money_of_every_article_that_is_goods() -> None:
    lines = [
        *order("1", "c1", -9, A=500, B=300, POST=60),
        *order("2", "c1", -3, A=400),
        *order("3", "c2", -2, A=500),
        *order("4", None, -1, B=200),
    ]
    frame = found(lines)
    assert frame.select("product_key", "buyers", "units", "amount", "currency").rows() == [
        ("web/A", 2, 3, 1400, "EUR"),
        ("web/B", 1, 2, 500, "EUR"),
        ("web/C", 0, 0, 0, "EUR"),
    ]
    assert column(frame, "refund_rate") == {"A": 0.0, "B": 0.0, "C": None}


def test_a_refund_of_a_whole_order_counts_for_its_articles_in_proportion() -> None:
    lines = [*order("1", "c1", -9, A=600, B=300, POST=100), *order("2", "c2", -9, A=400), *order("3", None, -9, C=80)]
    refunds = [
        refund(-1, 500, order_key="1"),
        refund(-1, 100, "A", order_key="2"),
        refund(-1, 20, "C"),
        refund(-1, 40, order_key="3"),
        refund(-1, 70),
        refund(-1, 50, "POST", order_key="1"),
        refund(1, 400, "A", order_key="2"),
        refund(1, 500, order_key="1"),
    ]
    # Half of order 1: 300 of A, 150 of B, 50 of postage.
    assert column(found(lines, refunds), "refund_rate") == {"A": 400 / 1000, "B": 0.5, "C": 60 / 80}


def test_reviews_and_their_trend() -> None:
    reviews = [
        *(review("A", RECENT, stars) for stars in (1, 2, 3)),
        *(review("A", RECENT - 1, stars) for stars in (5, 4, 4)),
        review("A", 0, 1, "spam"),
        review("A", 1, 1),
        *(review("B", 0, stars) for stars in (5, 5, 5)),
        *(review("B", RECENT - 1, stars) for stars in (1, 1)),
        review("X", 0, 1),
    ]
    frame = found([], reviews=reviews)
    assert column(frame, "reviews") == {"A": 6, "B": 5, "C": 0}
    assert column(frame, "mean_rating") == {"A": pytest.approx(19 / 6), "B": pytest.approx(17 / 5), "C": None}
    assert column(frame, "rating_trend") == {"A": pytest.approx(2 - 13 / 3), "B": None, "C": None}


def test_who_left_after_an_article() -> None:
    lines = [
        *order("1", "c1", SETTLED - 9, A=100),
        *order("2", "c1", SETTLED, B=100),  # the last of c1, just long enough ago
        *order("3", "c2", SETTLED - 9, A=100, B=100),  # the last of c2
        *order("4", "c3", SETTLED - 9, B=100),
        *order("5", "c3", SETTLED + 1, A=100),  # c3 may still come
        *order("6", "c4", SETTLED - 9, A=100),
        *order("7", "c4", SETTLED - 9, B=100),  # two orders on one day are one occasion
        *order("8", None, SETTLED - 9, A=100),
    ]
    frame = found(lines)
    assert column(frame, "settled_buyers") == {"A": 3, "B": 4, "C": 0}
    assert column(frame, "last_bought") == {"A": 2, "B": 3, "C": 0}
    assert column(frame, "lost_rate") == {"A": pytest.approx(2 / 3), "B": 0.75, "C": None}
    assert set(column(frame, "shop_lost_rate").values()) == {5 / 7}


def test_a_shop_that_is_too_young_has_no_rate_to_compare_with() -> None:
    assert set(column(found(order("1", "c1", -9, A=1)), "shop_lost_rate").values()) == {None}


DAY = st.integers(-6, 3)
ORDERS = st.lists(
    st.tuples(st.sampled_from(["c1", "c2", None]), DAY.map(lambda day: day * 60), st.sampled_from("ABC")), max_size=8
)
REVIEWS = st.lists(st.tuples(st.sampled_from("AB"), DAY.map(lambda day: day * 30), st.integers(1, 5)), max_size=8)


@given(ORDERS, REVIEWS, st.lists(st.tuples(DAY, st.integers(1, 100)), max_size=4), st.integers(-200, 0))
def test_an_earlier_night_is_that_of_rows_cut_at_it(
    orders: list[tuple[str | None, int, str]],
    reviews: list[tuple[str, int, int]],
    refunds: list[tuple[int, int]],
    back: int,
) -> None:
    def night(until: int) -> pl.DataFrame:
        lines = [
            line
            for n, (who, day, article) in enumerate(orders)
            if day <= until
            for line in order(str(n), who, day, **{article: 100})
        ]
        told = [review(*row) for row in reviews if row[1] <= until]
        given_back = [refund(day, amount, order_key="0") for day, amount in refunds if day <= until]
        return found(lines, given_back, told, AS_OF + timedelta(days=back))

    assert_frame_equal(night(999), night(back))
