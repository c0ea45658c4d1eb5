"""When it happened: the offset in the cell, else the zone of the row's store, else the shop's. Days are the shop's."""

from datetime import UTC, date, datetime

from tests.flows.steps.conftest import HEADER, Shop
from transforms.contracts import staged

SHANGHAI = '[shop]\ncurrency = "EUR"\ntimezone = "Asia/Shanghai"\n'
STORES = (
    '[[stores]]\nid = "home"\n'
    '[[stores]]\nid = "berlin"\ntimezone = "Europe/Berlin"\n'
    '[[stores]]\nid = "york"\ntimezone = "America/New_York"\n'
)
BY_STORE = f"store_id,{HEADER}"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def days(shop: Shop) -> dict[str, tuple[datetime, date]]:
    """Order -> instant and day, also those of its line."""
    orders, lines = shop.tables(staged.PURCHASE_ORDER, staged.ORDER_LINE)
    told = {key: when for key, *when in orders.select("order_key", "happened_at", "happened_date").rows()}
    assert told == {key: when for key, *when in lines.select("order_key", "happened_at", "happened_date").rows()}
    return {key: (at, day) for key, (at, day) in told.items()}


def test_a_row_is_in_the_zone_of_its_own_store_whatever_file_it_lies_in(shop: Shop) -> None:
    shop.config.write_text(SHANGHAI + STORES)
    # Each a minute before and at midnight in its store.
    shop.export(
        "orders.csv",
        "home,1,2026-03-01 23:59:00,7,P,1,9.00",
        "home,2,2026-03-02 00:00:00,7,P,1,9.00",
        "berlin,1,2026-03-01 23:59:00,7,P,1,9.00",
        "berlin,2,2026-03-01 16:59:00,7,P,1,9.00",
        "berlin,3,2026-03-01 17:00:00,7,P,1,9.00",
        "york,1,2026-03-01 10:59:00,7,P,1,9.00",
        "york,2,2026-03-01 11:00:00,7,P,1,9.00",
        header=BY_STORE,
    )
    assert days(shop) == {
        "home/1": (utc(2026, 3, 1, 15, 59), date(2026, 3, 1)),
        "home/2": (utc(2026, 3, 1, 16), date(2026, 3, 2)),
        "berlin/1": (utc(2026, 3, 1, 22, 59), date(2026, 3, 2)),
        "berlin/2": (utc(2026, 3, 1, 15, 59), date(2026, 3, 1)),
        "berlin/3": (utc(2026, 3, 1, 16), date(2026, 3, 2)),
        "york/1": (utc(2026, 3, 1, 15, 59), date(2026, 3, 1)),
        "york/2": (utc(2026, 3, 1, 16), date(2026, 3, 2)),
    }


def test_the_store_of_a_row_beats_that_of_the_folder_and_an_offset_beats_both(shop: Shop) -> None:
    shop.config.write_text(SHANGHAI + STORES)
    shop.export(
        "berlin/orders.csv",
        ",1,2026-03-01 12:00:00,7,P,1,9.00",
        "berlin,2,2026-03-01 12:00:00,7,P,1,9.00",
        "york,3,2026-03-01 12:00:00,7,P,1,9.00",
        "home,4,2026-03-01 12:00:00,7,P,1,9.00",
        "york,5,2026-03-01 12:00:00 +0000,7,P,1,9.00",
        header=BY_STORE,
    )
    assert {key: at.hour for key, (at, _) in days(shop).items()} == {
        "berlin/1": 11,
        "berlin/2": 11,
        "york/3": 17,
        "home/4": 4,
        "york/5": 12,
    }


def test_every_instant_of_a_row_is_in_the_zone_of_its_store(shop: Shop) -> None:
    shop.config.write_text(SHANGHAI + STORES)
    shop.export("orders.csv", "home,1,2026-03-01 12:00:00,7,P,1,9.00", header=BY_STORE)
    opened, replied = "2026-03-01 12:00:00", "2026-03-01 13:00:00"
    shop.export(
        "tickets.csv",
        f"york,1,{opened},chat,inquiry,{replied}",
        f"home,2,{opened},chat,inquiry,{replied}",
        header="store_id,ticket_id,opened_at,channel,ticket_type,first_reply_at",
    )
    [tickets] = shop.tables(staged.TICKET)
    assert sorted(tickets.select("ticket_key", "happened_at", "first_reply_at").rows()) == [
        ("home/2", utc(2026, 3, 1, 4), utc(2026, 3, 1, 5)),
        ("york/1", utc(2026, 3, 1, 17), utc(2026, 3, 1, 18)),
    ]


def test_clock_changes_are_those_of_the_store(shop: Shop) -> None:
    """On 8 March 2026 New York skips 02:00 to 03:00; on 26 October 2025 Berlin repeats it."""
    shop.as_of, shop.started = date(2026, 3, 9), datetime(2026, 3, 10, 1, tzinfo=UTC)
    shop.config.write_text(SHANGHAI + STORES)
    shop.export(
        "orders.csv",
        "york,1,2026-03-08 01:59:59,7,P,1,9.00",
        "york,2,2026-03-08 02:30:00,7,P,1,9.00",
        "york,3,2026-03-08 03:00:00,7,P,1,9.00",
        "berlin,1,2025-10-26 01:59:59,7,P,1,9.00",
        "berlin,2,2025-10-26 02:30:00,7,P,1,9.00",
        "berlin,3,2025-10-26 03:00:00,7,P,1,9.00",
        "home,1,2026-03-08 02:30:00,7,P,1,9.00",
        header=BY_STORE,
    )
    assert {key: at for key, (at, _) in days(shop).items()} == {
        "york/1": utc(2026, 3, 8, 6, 59, 59),
        "york/2": utc(2026, 3, 8, 7, 30),
        "york/3": utc(2026, 3, 8, 7),
        "berlin/1": utc(2025, 10, 25, 23, 59, 59),
        "berlin/2": utc(2025, 10, 26, 0, 30),
        "berlin/3": utc(2025, 10, 26, 2),
        "home/1": utc(2026, 3, 7, 18, 30),
    }


def test_the_shops_own_clock_change_moves_no_order_to_another_day(shop: Shop) -> None:
    """The day Berlin's clocks go back has 25 hours, and the night of it ends with the last."""
    shop.as_of, shop.started = date(2025, 10, 26), datetime(2025, 10, 27, 1, tzinfo=UTC)
    shop.config.write_text('[shop]\ncurrency = "EUR"\ntimezone = "Europe/Berlin"\n')
    shop.export(
        "orders.csv",
        "1,2025-10-26 00:00:00,7,P,1,9.00",
        "2,2025-10-26 22:59:59 +0000,7,P,1,9.00",
        "3,2025-10-26 23:00:00 +0000,7,P,1,9.00",
    )
    assert days(shop) == {
        "main/1": (utc(2025, 10, 25, 22), date(2025, 10, 26)),
        "main/2": (utc(2025, 10, 26, 22, 59, 59), date(2025, 10, 26)),
    }


def test_a_layout_of_its_own_zone_keeps_it(shop: Shop) -> None:
    layout = (
        '[[layouts]]\nname = "till"\nkind = "order_line"\ntimezone = "UTC"\n[layouts.columns]\nstore_id = "shop"\n'
        'order_id = "no"\nhappened_at = "at"\naccount_id = "who"\nproduct_id = "what"\nquantity = "pieces"\n'
        'unit_price = "price"\n'
    )
    shop.config.write_text(SHANGHAI + STORES + layout)
    shop.export("till.csv", "york,1,2026-03-01 12:00:00,7,P,1,9.00", header="shop,no,at,who,what,pieces,price")
    assert days(shop) == {"york/1": (utc(2026, 3, 1, 12), date(2026, 3, 1))}
