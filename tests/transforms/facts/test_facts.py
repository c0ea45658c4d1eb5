"""Facts up to a night: nothing from the day after, refunds on their orders, a row for every day."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.contracts import mart, staged
from transforms.facts.calendar import calendar
from transforms.facts.costs import Costs
from transforms.facts.margin import with_margin
from transforms.facts.purchases import freshness, line_facts, order_facts, refund_facts, with_customer

AS_OF = date(2026, 3, 4)
IDS = pl.LazyFrame({"account_key": ["web/7"], "customer_id": ["c7"]})
DAY = timedelta(days=1)


def staged_rows(table: object, *told: dict[str, object]) -> pl.LazyFrame:
    """Rows of a staged table, dated by `day` (days after `as_of`)."""
    defaults = {"store_id": "web", "currency": "EUR", "original_currency": "EUR", "line_count": 1, "units": 1}
    filled = []
    for row in told:
        day = AS_OF + int(str(row.get("day", 0))) * DAY
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        filled.append({**defaults, "happened_date": day, "happened_at": noon, "known_at": noon, **row})
    schema = table.polars_schema  # type: ignore[attr-defined]
    return pl.LazyFrame([{name: row.get(name) for name in schema} for row in filled], schema=schema)


def order(key: str, **more: object) -> dict[str, object]:
    return {
        "order_key": key,
        "order_id": key,
        "customer_paid": 100,
        "deductions": 0,
        "discount": 0,
        "original_amount": 100,
        **more,
    }


def refund(key: str, **more: object) -> dict[str, object]:
    return {"refund_key": key, "product_key": "web/P", "quantity": 1, "amount": 30, "is_goods": True, **more}


def test_nothing_that_happens_after_the_night_is_a_fact() -> None:
    orders = staged_rows(staged.PURCHASE_ORDER, order("a", day=-1), order("b", day=0), order("c", day=1))
    assert with_customer(orders, IDS, AS_OF).collect()["order_key"].to_list() == ["a", "b"]


def test_facts_stand_under_their_customer_and_those_without_account_under_none() -> None:
    told = [order("a", account_key="web/7"), order("b"), order("c", account_key="web/unknown")]
    found = with_customer(staged_rows(staged.PURCHASE_ORDER, *told), IDS, AS_OF).sort("order_key").collect()
    assert found["customer_id"].to_list() == ["c7", None, None]


def test_a_linked_refund_lowers_its_order_from_its_day_on_and_an_unlinked_one_none() -> None:
    orders = staged_rows(staged.PURCHASE_ORDER, order("a", day=-5), order("b", day=-5))
    refunds = staged_rows(
        staged.REFUND,
        refund("1", order_key="a", day=-1),
        refund("2", order_key="a", day=0, amount=20),
        refund("3", order_key="a", day=1, amount=50),
        refund("4", order_key=None, day=-1, amount=99),
    )
    facts = order_facts(with_customer(orders, IDS, AS_OF), with_customer(refunds, IDS, AS_OF))
    without_costs = pl.LazyFrame(schema={"order_key": pl.String, "goods_cost": pl.Int64})
    found = mart.PURCHASE_ORDER.conform(with_margin(facts, without_costs, Costs())).collect()
    assert found.select("goods_cost", "other_costs", "margin").rows() == [(None, 0, 50), (None, 0, 100)]
    assert found.select("order_key", "customer_paid", "refunded", "net_revenue", "order_date").rows() == [
        ("a", 100, 50, 50, AS_OF - 5 * DAY),
        ("b", 100, 0, 100, AS_OF - 5 * DAY),
    ]


def net_revenue(paid: int, deductions: int, *back: int) -> int:
    bought = order("a", customer_paid=paid, deductions=deductions)
    given = [refund(str(place), order_key="a", amount=amount) for place, amount in enumerate(back)]
    facts = order_facts(staged_rows(staged.PURCHASE_ORDER, bought), staged_rows(staged.REFUND, *given))
    found: int = facts.select("net_revenue").collect().item()
    return found


def test_shipping_and_tax_leave_net_revenue_and_what_the_platform_pays_joins_it() -> None:
    assert net_revenue(100, 30) == 70
    assert net_revenue(100, -20) == 120
    assert net_revenue(100, 100) == 0


def test_what_is_given_back_is_taken_off_the_goods_first() -> None:
    # Who keeps nothing of the goods pays for no less shipping.
    assert net_revenue(100, 30, 20) == 50
    assert net_revenue(100, 30, 70) == 0
    assert net_revenue(100, 30, 40, 45) == 0
    # What the platform paid on top goes back in proportion.
    assert net_revenue(100, -20, 50) == 60


@given(st.integers(0, 10**12), st.integers(-(10**12), 10**12))
def test_all_given_back_leaves_nothing_of_any_payment(paid: int, deductions: int) -> None:
    if paid:
        assert net_revenue(paid, min(deductions, paid), paid) == 0


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**12), max_size=3))
def test_without_deductions_net_revenue_is_what_was_paid_less_what_was_given_back(paid: int, back: list[int]) -> None:
    assert net_revenue(paid, 0, *back) == paid - sum(back)


@given(st.integers(1, 10**12), st.integers(-(10**12), 10**12), st.data())
def test_net_revenue_falls_with_what_is_given_back_and_not_below_zero(
    paid: int, deductions: int, data: st.DataObject
) -> None:
    less, more = sorted(data.draw(st.lists(st.integers(0, paid), min_size=2, max_size=2)))
    kept = [net_revenue(paid, min(deductions, paid), back) for back in (0, less, more)]
    assert kept[0] == paid - min(deductions, paid)
    assert kept == sorted(kept, reverse=True)
    assert kept[-1] >= 0


def test_lines_and_refunds_keep_their_own_dates() -> None:
    line = {"order_key": "a", "line_index": 1, "product_key": "web/P", "quantity": 1, "unit_price": 5, "amount": 5}
    lines = with_customer(staged_rows(staged.ORDER_LINE, {**line, "day": -2, "is_goods": True}), IDS, AS_OF)
    assert mart.PURCHASE_LINE.conform(line_facts(lines)).collect()["order_date"].to_list() == [AS_OF - 2 * DAY]
    refunds = with_customer(staged_rows(staged.REFUND, refund("1", day=-1, account_key="web/7")), IDS, AS_OF)
    found = mart.REFUND.conform(refund_facts(refunds)).collect()
    assert found.select("refund_date", "refunded_at", "customer_id").rows() == [
        (AS_OF - DAY, datetime(2026, 3, 3, 12, tzinfo=UTC), "c7")
    ]


def test_freshness_is_the_age_of_each_stores_newest_order_up_to_the_night() -> None:
    told = [order("a", day=-9), order("b", day=-3), order("c", day=2), order("d", day=0, store_id="app")]
    found = mart.FRESHNESS.conform(freshness(staged_rows(staged.PURCHASE_ORDER, *told), AS_OF)).collect()
    assert found.rows() == [(AS_OF, "app", AS_OF, 0), (AS_OF, "web", AS_OF - 3 * DAY, 3)]


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.integers(0, 800))
def test_the_calendar_has_every_day_of_every_year_touched_once(first: date, days: int) -> None:
    last = first + days * DAY
    found = mart.CALENDAR.conform(calendar(first, last)).collect()
    begin, end = date(first.year, 1, 1), date(last.year, 12, 31)
    assert found["date"].to_list() == [begin + n * DAY for n in range((end - begin).days + 1)]
    day = found.row(by_predicate=pl.col("date") == last, named=True)
    _, week, weekday = last.isocalendar()
    assert (day["year_number"], day["month_number"], day["quarter_number"]) == (
        last.year,
        last.month,
        (last.month + 2) // 3,
    )
    assert (day["week_number"], day["weekday_number"], day["is_weekend"]) == (week, weekday, weekday > 5)
    assert day["month_start_date"] == last.replace(day=1)
