"""Past days, and who did what around them."""

from datetime import date, timedelta

import polars as pl

from transforms.clv.choice.windows import cut_offs, windows
from transforms.clv.history import purchase_history

UNTIL = date(2026, 11, 16)
CUT = UNTIL - timedelta(days=90)


def test_past_days_lie_ninety_days_apart_with_as_much_before() -> None:
    assert cut_offs(UNTIL - timedelta(days=3 * 365), UNTIL) == [UNTIL - timedelta(days=90 * n) for n in (1, 2, 3, 4)]
    assert cut_offs(UNTIL - timedelta(days=180), UNTIL) == [CUT]
    assert cut_offs(UNTIL - timedelta(days=179), UNTIL) == []


def test_a_window_knows_what_came_before_and_after() -> None:
    bought = [
        ("old", -200), ("old", -89), ("old", -1), ("old", 0), ("old", 1), ("old", 90),
        ("new", -10),
        ("once", -90),
        ("later", 5),
    ]  # fmt: skip
    orders = pl.DataFrame(
        {
            "customer_id": [who for who, _ in bought],
            "happened_date": [CUT + timedelta(days=days) for _, days in bought],
            "spend": [1] * len(bought),
        }
    )
    days = [CUT - timedelta(days=90), CUT, UNTIL]
    histories = {day: purchase_history(orders.lazy(), day).collect() for day in days}
    (window,) = windows([CUT], histories)
    assert window.cut_off == CUT
    assert window.now["customer_id"].to_list() == ["new", "old", "once"]
    assert window.came.tolist() == [0, 2, 0]
    assert window.came_before.tolist() == [1, 3, 0]
    assert window.later.rows() == [(0, 0, 100), (5, 290, 290), (0, 0, 180)]
