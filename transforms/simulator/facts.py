"""What a back office knows when it prints: the facts of orders, lines and accounts, side by side."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from transforms.simulator.accounts import masked
from transforms.simulator.damage import REASONS, UNREADABLE_DATE
from transforms.simulator.full_world import STORES
from transforms.simulator.moments import OPENING_SECOND, awake, end_of, instants, moment
from transforms.simulator.process import Ints
from transforms.simulator.sales import with_numbers
from transforms.simulator.setting import Setting

GIFT_SHARE = 0.04
"""Of orders: the parcel goes to somebody else of the same store."""
NOTE_SHARE = 0.03
NOTES = (
    "请尽快发货，谢谢",
    "送礼用，“不要”放价格单",
    "Please ring twice, the bell is old",
    'Gift: write "Happy birthday", please',
)
BIRTHDAY_SHARE = 0.4
"""Of Youzan's customers: the export prints the birthday."""
CAPITALS_SHARE = 0.03
"""Of accounts: the e-mail is typed in capitals at checkout."""
WAITING_DAYS = 2
"""So long an unpaid order stays open."""
SHIPPED_DAYS, RECEIVED_DAYS = 2, 9
FACTS_OF_ACCOUNT = (
    "email", "phone", "nickname", "customer_name", "street", "district", "city", "postcode", "province", "country",
    "is_business", "is_masked", "accepts_email", "writes_capitals",
)  # fmt: skip
FACTS_OF_RECIPIENT = {
    "recipient_name": "customer_name", "recipient_street": "street", "recipient_district": "district",
    "recipient_city": "city", "recipient_postcode": "postcode", "recipient_province": "province",
    "recipient_country": "country",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """All facts, from which a part is taken to be printed."""

    orders: pl.DataFrame
    """As in `Sales`, with `refunded_cents`, `recipient` (account), `note` and `damage` (a reason or null; Enums)."""
    lines: pl.DataFrame
    """As in `Sales`, with `damage`."""
    accounts: pl.DataFrame
    """As of `account_facts`."""
    products: pl.DataFrame
    first: date
    days: int


def with_recipients(setting: Setting, orders: pl.DataFrame, store_of_account: Ints) -> pl.DataFrame:
    """Orders with `recipient`, the account the parcel goes to, and `note`, what the buyer wrote to the shop."""
    rng = setting.stream("gifts")
    size = len(orders)
    account, store = orders["account"].to_numpy(), orders["store"].to_numpy()
    by_store = np.argsort(store_of_account, kind="stable")
    count = np.bincount(store_of_account, minlength=len(STORES))
    anyone = by_store[(np.cumsum(count) - count)[store] + (rng.random(size) * count[store]).astype(np.int64)]
    note = pl.Series(NOTES, dtype=pl.Enum(NOTES)).gather(rng.integers(len(NOTES), size=size))
    return orders.with_columns(
        recipient=pl.Series(np.where(rng.random(size) < GIFT_SHARE, anyone, account)).cast(pl.Int32),
        note=pl.select(pl.when(pl.Series(rng.random(size) < NOTE_SHARE)).then(note)).to_series(),
    )


def with_damage(orders: pl.DataFrame, lines: pl.DataFrame, damage: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Orders and lines with `damage`: a date breaks on the order, a quantity or a product on the line."""
    is_date = damage["reason"] == UNREADABLE_DATE
    of_order = damage.filter(is_date).select(pl.col("order").alias("row"), "reason")
    of_line = damage.filter(~is_date).select(pl.col("line").alias("row"), "reason")
    return _marked(orders, of_order), _marked(lines, of_line)


def _marked(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    reason = np.full(len(frame), len(REASONS), dtype=np.uint32)
    reason[rows["row"].to_numpy()] = [REASONS.index(told) for told in rows["reason"]]
    return frame.with_columns(damage=pl.Series([*REASONS, None], dtype=pl.Enum(REASONS)).gather(reason))


def account_facts(
    setting: Setting, shown: pl.DataFrame, orders: pl.DataFrame, said: pl.DataFrame, opened_at: pl.Series
) -> pl.DataFrame:
    """The frame of `show_accounts`, with what the store knows of each account by the end of the last date.

    Adds `account`, `opened_at`, `tells_birthday`, `writes_capitals`, `accepts_email`,
    `accepts_sms`, `accepts_wechat`, and over paid orders `orders`, `paid_cents`, `refunded_cents`, `refunds`,
    `last_order_at`. `said` holds the words by `account`, `said_at`, `channel`, `consent_state`.
    """
    rng = setting.stream("account facts")
    size = len(shown)
    bought = (
        orders.filter("is_paid")
        .group_by("account")
        .agg(
            orders=pl.len().cast(pl.Int64),
            paid_cents=(pl.col("goods_cents") + pl.col("shipping_cents")).cast(pl.Int64).sum(),
            refunded_cents=pl.col("refunded_cents").cast(pl.Int64).sum(),
            refunds=(pl.col("refunded_cents") > 0).sum().cast(pl.Int64),
            last_order_at=pl.col("ordered_at").max(),
        )
    )
    facts = shown.with_columns(
        account=pl.int_range(pl.len(), dtype=pl.Int64),
        opened_at=opened_at,
        tells_birthday=pl.Series(rng.random(size) < BIRTHDAY_SHARE),
        writes_capitals=pl.Series(rng.random(size) < CAPITALS_SHARE),
        **{f"accepts_{channel}": _accepts(said, channel, size) for channel in ("email", "sms", "wechat")},
    )
    return facts.join(bought, on="account", how="left", maintain_order="left").with_columns(
        pl.col("orders", "paid_cents", "refunded_cents", "refunds").fill_null(0)
    )


def _accepts(said: pl.DataFrame, channel: str, size: int) -> pl.Series:
    last = (
        said.filter(pl.col("channel") == channel)
        .sort("account", "said_at", maintain_order=True)
        .unique("account", keep="last", maintain_order=True)
        .filter(pl.col("consent_state") == "granted")
    )
    accepts = np.zeros(size, dtype=np.bool_)
    accepts[last["account"].to_numpy()] = True
    return pl.Series(accepts)


def order_facts(ledger: Ledger, start: int, stop: int) -> pl.DataFrame:
    """The orders from row `start` up to `stop`, with times, buyer and recipient, as the exports print them."""
    orders = with_numbers(ledger.orders[start:stop]).with_columns(pl.col("note", "damage").cast(pl.String))
    day, second = orders["day"].to_numpy(), orders["second"].to_numpy()
    number = orders["number"].to_numpy()
    last = ledger.days - 1
    # Spread over the orders by their numbers; nothing hangs on these moments.
    paid = np.minimum(moment(day, second) + 20 + number % 500, end_of(day))
    shipped = moment(day + SHIPPED_DAYS, OPENING_SECOND + 3600 + number % 36_000)
    cancelled = awake(moment(day + WAITING_DAYS, second))
    is_paid = orders["is_paid"].to_numpy()
    is_shipped = is_paid & (day + SHIPPED_DAYS <= last)
    is_waiting = day + WAITING_DAYS > last
    buyer = ledger.accounts.select(pl.col(FACTS_OF_ACCOUNT).gather(orders["account"]))
    recipient = ledger.accounts.select(
        pl.col(own).gather(orders["recipient"]).alias(name) for name, own in FACTS_OF_RECIPIENT.items()
    )
    theirs = ledger.accounts.select(pl.col("phone", "is_masked").gather(orders["recipient"]))
    recipient_phone = pl.when(buyer["is_masked"] | theirs["is_masked"]).then(masked(pl.lit(theirs["phone"])))
    return pl.concat([orders, buyer, recipient], how="horizontal").with_columns(
        paid_at=instants(ledger.first, np.where(is_paid, paid, -1)),
        shipped_at=instants(ledger.first, np.where(is_shipped, shipped, -1)),
        cancelled_at=instants(ledger.first, np.where(~is_paid & ~is_waiting, cancelled, -1)),
        is_waiting=pl.Series(is_waiting),
        is_shipped=pl.Series(is_shipped),
        is_received=pl.Series(is_paid & (day + RECEIVED_DAYS <= last)),
        recipient_phone=recipient_phone.otherwise(theirs["phone"]),
    )


def line_facts(ledger: Ledger, start: int, stop: int) -> pl.DataFrame:
    """The lines of the orders from row `start` up to `stop`; `place` counts these orders from 0."""
    first_line = ledger.orders["first_line"]
    end = first_line[stop] if stop < len(ledger.orders) else len(ledger.lines)
    lines = ledger.lines[first_line[start] : end] if start < stop else ledger.lines[:0]
    products = ledger.products.select(pl.col("product_id", "product_name", "category").gather(lines["product"]))
    return pl.concat([lines, products], how="horizontal").with_columns(
        pl.col("quantity", "^.*_cents$").cast(pl.Int64), pl.col("damage").cast(pl.String), place=pl.col("order") - start
    )
