"""Reviews of a customer, worked out by hand."""

import polars as pl
import pytest

from tests.transforms.customers.tables import AS_OF, Row, at, by_customer, table
from transforms.contracts import staged
from transforms.customers.reviews import reviews


def review(customer: str, key: str, day: int, rating: int, **told: object) -> Row:
    return {"customer_id": customer, "review_key": key, "rating": rating, "review_text": key, **at(day), **told}


def test_spam_is_no_review_and_the_latest_is_the_last() -> None:
    told = [
        review("c1", "web/3", 0, 1, review_state="spam"),
        review("c1", "web/2", -1, 2, review_state="hidden"),
        review("c1", "web/1", -9, 5, review_state="published"),
        review("c1", "web/4", -30, 4),
        review("c2", "web/5", -1, 3, review_text=None),
        review("c2", "web/6", -2, 4),
        review("c3", "web/7", 0, 5, review_state="spam"),
    ]
    found = by_customer(reviews(table(staged.REVIEW, told, customer_id=pl.String)))
    assert found == {
        "c1": {
            "reviews": 3,
            "mean_rating": pytest.approx(11 / 3),
            "last_rating": 2,
            "last_review_date": AS_OF.replace(day=3),
            "last_review_text": "web/2",
        },
        "c2": {
            "reviews": 2,
            "mean_rating": 3.5,
            "last_rating": 3,
            "last_review_date": AS_OF.replace(day=3),
            "last_review_text": None,
        },
    }
