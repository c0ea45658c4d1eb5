"""Stores that fall silent, and orders that come in cents."""

from datetime import date, timedelta

import polars as pl
import pytest

from checks.gate.stores import FEWEST_ORDERS, SILENCES, store_results

TONIGHT = date(2026, 3, 14)
FRESH, WORTH = "stores_as_fresh_as_usual", "order_values_as_usual(customer_paid)"
NEVER_SILENT = pl.DataFrame(schema=SILENCES)


def orders(*, back: range, paid: int = 100_000, store: str = "web", each: int = 1) -> pl.DataFrame:
    """Orders of a store on the days so many before tonight, of about that value."""
    days = [TONIGHT - timedelta(days=days) for days in back for _ in range(each)]
    values = [paid + 10 * number for number in range(len(days))]
    schema = {"store_id": pl.String(), "happened_date": pl.Date(), "customer_paid": pl.Int64()}
    return pl.DataFrame(
        {"store_id": [store] * len(days), "happened_date": days, "customer_paid": values}, schema=schema
    )


def judged(check: str, *parts: pl.DataFrame, silences: pl.DataFrame = NEVER_SILENT) -> tuple[bool, int, int, str]:
    results = store_results(pl.concat(parts).lazy(), silences, TONIGHT)
    return results.filter(check_name=check).select("is_passed", "rows_checked", "rows_failed", "meaning").row(0)


def silence_of(last: date, longest: int, store: str = "web") -> pl.DataFrame:
    return pl.DataFrame([(store, last, longest)], schema=SILENCES, orient="row")


@pytest.mark.parametrize(
    ("silence", "usual_gap", "passes"), [(2, 1, True), (3, 1, False), (9, 6, True), (10, 6, False)]
)
def test_a_store_is_silent_when_it_never_was_for_so_long(silence: int, usual_gap: int, passes: bool) -> None:
    told = judged(FRESH, orders(back=range(silence, silence + 20 * usual_gap, usual_gap)))
    assert told[:3] == (passes, 1, 0 if passes else 1)


def test_the_store_is_named_with_its_days_and_the_others_are_not() -> None:
    told = judged(FRESH, orders(back=range(5, 40)), orders(back=range(40), store="till"))
    assert told[:3] == (False, 2, 1)
    assert "lately, web (5 days, at most 1 before): fetch" in told[3]
    assert "till" not in told[3]


def test_a_file_that_comes_once_a_week_is_waited_for() -> None:
    before = silence_of(TONIGHT - timedelta(days=13), 6)
    assert judged(FRESH, orders(back=range(6, 60)), silences=before)[0]
    assert not judged(FRESH, orders(back=range(10, 60)), silences=before)[0]


def test_a_silence_that_goes_on_is_no_usage() -> None:
    going_on = silence_of(TONIGHT - timedelta(days=10), 9)
    assert not judged(FRESH, orders(back=range(10, 60)), silences=going_on)[0]


def test_new_and_closed_stores_are_not_compared() -> None:
    assert judged(FRESH, orders(back=range(30, 35)))[:3] == (True, 0, 0)
    assert judged(FRESH, orders(back=range(366, 466)))[:3] == (True, 0, 0)


@pytest.mark.parametrize("times", [100, 7, 1 / 7, 0.01])
@pytest.mark.parametrize("days", [1, 7])
def test_cents_and_other_currencies_are_seen_on_the_first_day_and_in_the_first_week(times: float, days: int) -> None:
    each = FEWEST_ORDERS if days == 1 else 3
    before = orders(back=range(days, 60), each=2)
    recent = orders(back=range(days), paid=int(100_000 * times), each=each)
    told = judged(WORTH, before, recent, orders(back=range(60), each=30, store="till"))
    assert told[:3] == (False, 2, 1)
    assert "less, web (" in told[3]


@pytest.mark.parametrize("times", [4, 1, 0.25])
def test_a_sale_is_no_slip(times: float) -> None:
    before, recent = orders(back=range(7, 60), each=2), orders(back=range(7), paid=int(100_000 * times), each=30)
    assert judged(WORTH, before, recent)[:3] == (True, 1, 0)


def test_few_orders_and_free_ones_tell_nothing() -> None:
    few = orders(back=range(1), paid=10**9, each=FEWEST_ORDERS - 1)
    assert judged(WORTH, orders(back=range(7, 60)), few)[:3] == (True, 0, 0)
    free = orders(back=range(7), each=9).with_columns(customer_paid=pl.lit(0, pl.Int64))
    assert judged(WORTH, orders(back=range(60)), free)[0]


def test_no_order_at_all_is_no_store() -> None:
    assert judged(FRESH, orders(back=range(0)))[:3] == (True, 0, 0)
    assert judged(WORTH, orders(back=range(0)))[:3] == (True, 0, 0)
