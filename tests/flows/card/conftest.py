from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.card.known import Known, look_up
from flows.io.warehouse import Warehouse
from tests.flows.filled import NIGHT, Rows, filled_warehouse

UNHAPPY, REGULAR, NEWCOMER, OLD_ID = ("c" + digit * 20 for digit in "1234")


def at(day: date, hour: int = 4) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def order(number: int, customer: str, day: date, paid: int, refunded: int = 0) -> dict[str, object]:
    key = {"order_key": f"web/{number}", "order_id": str(number), "store_id": "web", "customer_id": customer}
    return {
        **key,
        "order_date": day,
        "ordered_at": at(day),
        "customer_paid": paid * 10_000,
        "refunded": refunded * 10_000,
    }


def line(number: int, index: int, customer: str, product: str, amount: int, quantity: int = 1) -> dict[str, object]:
    key = {"order_key": f"web/{number}", "line_index": index, "customer_id": customer}
    return {**key, "product_key": product, "amount": amount * 10_000, "quantity": quantity, "is_goods": True}


ORDERS = [
    order(1, UNHAPPY, date(2026, 2, 12), 230),
    order(2, UNHAPPY, date(2026, 1, 9), 88, refunded=20),
    *(order(10 + n, REGULAR, NIGHT - timedelta(days=33 + 32 * n), 300) for n in range(7)),
]
LINES = [
    line(1, 1, UNHAPPY, "web/tea", 150, quantity=2),
    line(1, 2, UNHAPPY, "web/cup", 60),
    line(1, 3, UNHAPPY, "web/pot", 20),
    *(line(10 + n, 1, REGULAR, "web/tea", 300) for n in range(7)),
]
UNHAPPY_ONE = {
    "customer_id": UNHAPPY,
    "first_order_date": date(2025, 5, 4),
    "last_order_date": date(2026, 2, 12),
    "orders": 2,
    "customer_paid": 318_0000,
    "region": "上海",
    "favourite_category": "Tea",
    "full_price_share": 0.9,
    "stored_value": 50_0000,
    "open_tickets": 1,
    "open_complaints": 1,
    "reachable_by": "email",
}
REGULAR_ONE = {
    "customer_id": REGULAR,
    "first_order_date": date(2024, 11, 1),
    "last_order_date": NIGHT - timedelta(days=33),
    "orders": 12,
    "customer_paid": 12_345_0000,
    "region": "Berlin",
    "language": "en",
    "is_business": True,
    "favourite_category": "Tea",
    "favourite_brand": "Longfeng",
    "price_band": "high",
    "favourite_weekday": 6,
    "favourite_hour": 20,
    "units_per_order": 3.2,
    "usual_gap_days": 32.0,
    "full_price_share": 0.1,
    "promotion_share": 0.9,
    "stored_value": 120_0000,
    "paid_level": "VIP",
    "paid_until_date": date(2026, 3, 20),
    "mean_rating": 4.6,
    "last_rating": 2,
    "last_review_date": date(2026, 2, 10),
    "reachable_by": "sms+wechat",
    "answers_on": "wechat",
    "last_contact_date": date(2026, 2, 26),
}
SCORES = [
    {"customer_id": UNHAPPY, "tier": "member", "recency_days": 17, "model": "none"},
    {
        "customer_id": REGULAR,
        "tier": "silver",
        "next_tier": "platinum",
        "missing_to_next_tier": 230_0000,
        "monetary_value": 300_0000,
        "recency_days": 33,
        "churn_risk_90d": 0.4321,
        "clv_365d": 987_6543,
        "value_class": "gold",
        "model": "mbg_nbd",
    },
    {"customer_id": NEWCOMER, "model": "none"},
]
CARDS = [
    {
        "customer_id": UNHAPPY,
        "customer_name": "王芳",
        "sex": "female",
        "open_complaint_at": at(date(2026, 2, 20), hour=20),
        "open_complaint_channel": "wechat",
        "open_complaint_tags": "late;broken",
        "open_complaint_order_key": "web/1",
    },
    {
        "customer_id": REGULAR,
        "customer_name": "Ada Byron",
        "next_birthday_date": date(2026, 3, 8),
        "tags": "vip;likes to talk",
        "is_wechat_friend": True,
        "last_review_text": "The pot leaks,\nand nobody writes back.",
    },
    {"customer_id": NEWCOMER},
]
POINTS = [
    {"customer_id": UNHAPPY, "channel": "email", "address": "fang@example.com", "consent_state": "granted"},
    {"customer_id": UNHAPPY, "channel": "sms", "address": "13800138000", "consent_state": "refused"},
    {"customer_id": REGULAR, "channel": "sms", "address": "+8613900001234", "consent_state": "granted"},
    {"customer_id": REGULAR, "channel": "wechat", "address": "wx_ada", "consent_state": "granted"},
    {"customer_id": REGULAR, "channel": "email", "address": "ada@example.com", "consent_state": "unknown"},
]
ROWS: dict[str, Rows] = {
    "mart.customer": [UNHAPPY_ONE, REGULAR_ONE, {"customer_id": NEWCOMER}],
    "mart.customer_score": SCORES,
    "mart.customer_link": [{"old_customer_id": OLD_ID, "new_customer_id": REGULAR, "verdict": "joined"}],
    "contact.customer_card": CARDS,
    "contact.customer_attribute": [
        {"customer_id": REGULAR, "attribute": "family", "attribute_value": "two children", "source": "survey"},
        {"customer_id": REGULAR, "attribute": "birthday", "attribute_value": "1990-03-08", "source": "form"},
    ],
    "contact.contact_point": [{**point, "purpose": "marketing"} for point in POINTS],
    "mart.purchase_order": ORDERS,
    "mart.purchase_line": LINES,
    "mart.product": [
        {"product_key": f"web/{name}", "product_name": words}
        for name, words in {"tea": "Longjing green tea, spring harvest", "cup": "杯子", "pot": "teapot"}.items()
    ],
}


@pytest.fixture(scope="session")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A published night with an unhappy customer, a regular who is a firm, and one who never bought."""
    return filled_warehouse(tmp_path_factory.mktemp("counter") / "shop.duckdb", ROWS)


@pytest.fixture(scope="session")
def known(counter: Warehouse) -> Known:
    """What is known of the regular."""
    return look_up(counter, REGULAR)


@pytest.fixture(scope="session")
def shanghai() -> ZoneInfo:
    return ZoneInfo("Asia/Shanghai")
