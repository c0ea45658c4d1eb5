"""Orders and their lines: what was placed where and when, paid or not, and numbered by the platform."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.simulator.assortment import Assortment
from transforms.simulator.baskets import FAVOURITE_SHARE, Habits, Lines, draw_lines
from transforms.simulator.campaigns import Visits
from transforms.simulator.causes import ASSORTMENT, NONE, PRICE, Departures
from transforms.simulator.full_world import SHOPIFY, TAOBAO, FullWorld
from transforms.simulator.lives import Lives
from transforms.simulator.moments import DAY_SECONDS, OPENING_SECOND
from transforms.simulator.process import Floats, Ints
from transforms.simulator.setting import Setting

ABANDONED_BEFORE_SECONDS = (600, 3600)


@dataclass(frozen=True, slots=True)
class Sales:
    """Everything placed, by store and time; the lines of an order lie together, in the order of `orders`."""

    orders: pl.DataFrame
    """`number` (from 1, by store), `person`, `account`, `store` (indexes), `ordered_at`, `day`, `second`, `is_paid`,
    `goods_cents`, `discount_cents`, `shipping_cents`, `is_anchor` (traces follow it), `campaign` (index or -1),
    `first_line`, `lines`. Narrow types: cast before adding up, or take `with_numbers`."""
    lines: pl.DataFrame
    """`order` (row of `orders`), `product` (row of the assortment), `quantity`, `unit_price_cents`,
    `discount_cents`."""


def habits(setting: Setting, lives: Lives, departures: Departures, visits: Visits) -> Habits:
    """How each visit's basket is filled: discounts by person, season and cause, the favourite category by cause."""
    person, day = visits.occasions.customer, visits.occasions.day
    normal = setting.world.buying.discounted_share
    in_promotion = min(normal * setting.world.promotion_lift, 1.0)
    share: Floats = np.where(setting.season.is_promotion[day], in_promotion, normal)
    share = np.where(lives.is_promotion_only[person], 1.0, share)
    shown = departures.shown[person]
    is_changed = (day >= departures.changed_day[person]) & (day <= departures.anchor_day[person])
    is_before = day < departures.changed_day[person]
    share = np.where((shown == PRICE) & is_changed, 1.0, np.where((shown == PRICE) & is_before, 0.0, share))
    favourite = np.where((shown == ASSORTMENT) & is_changed, 1.0, FAVOURITE_SHARE)
    return Habits(discounted_share=share, favourite_share=favourite)


def draw_sales(setting: Setting, lives: Lives, departures: Departures, visits: Visits, assortment: Assortment) -> Sales:
    """The orders of every visit, and some placed before them and never paid.

    Amounts: gross is pieces times price, goods is gross less discount, and adds up to the visit's spend; what is paid
    is goods and shipping, which is free above a threshold. Prices include tax.
    """
    filled = habits(setting, lives, departures, visits)
    lines = draw_lines(setting.seed, lives.customers, visits.occasions, setting.world.buying, filled)
    starts = (np.diff(lines.occasion, prepend=-1) != 0) | np.diff(lines.is_second_order, prepend=False)
    order_of_line = np.cumsum(starts) - 1
    first_line = np.flatnonzero(starts)
    occasion = lines.occasion[first_line]
    second = lines.second[first_line]
    count = np.diff(first_line, append=len(lines))
    chosen, of_copy = _abandoned(setting, second, count, first_line)

    line_index = np.concatenate([np.arange(len(lines)), of_copy])
    line_order = np.concatenate([order_of_line, len(occasion) + np.repeat(np.arange(len(chosen)), count[chosen])])
    before = setting.stream("abandoned time").integers(*ABANDONED_BEFORE_SECONDS, len(chosen))
    is_paid = np.repeat([True, False], [len(occasion), len(chosen)])
    is_second = lines.is_second_order[np.concatenate([first_line, first_line[chosen]])]
    occasion = np.concatenate([occasion, occasion[chosen]])
    second = np.concatenate([second, second[chosen] - before])
    account, day = visits.account[occasion], visits.occasions.day[occasion]
    person = visits.occasions.customer[occasion]
    store = visits.store[occasion]

    by_time = np.argsort((store * setting.days + day) * DAY_SECONDS + second, kind="stable")
    place = np.empty(len(by_time), dtype=np.int64)
    place[by_time] = np.arange(len(by_time))
    line_place = place[line_order]
    line_sort = np.argsort(line_place, kind="stable")
    sorted_lines = _lines_frame(lines, line_index[line_sort], line_place[line_sort], day[by_time], assortment)

    is_anchor = (departures.shown[person] != NONE) & (day == departures.anchor_day[person]) & ~is_second & is_paid
    orders = pl.DataFrame(
        {
            "person": person[by_time],
            "account": account[by_time],
            "store": store[by_time],
            "day": day[by_time],
            "second": second[by_time],
            "is_paid": is_paid[by_time],
            "is_anchor": is_anchor[by_time],
            "campaign": np.where(is_paid & ~is_second, visits.campaign[occasion], -1)[by_time],
        }
    )
    ordered_at = pl.lit(setting.first).cast(pl.Datetime("us")) + pl.duration(days="day", seconds="second")
    orders = orders.with_columns(ordered_at=ordered_at, number=pl.int_range(1, pl.len() + 1).over("store"))
    orders = _with_amounts(orders, sorted_lines, setting.world)
    return Sales(orders.cast({pl.Int64: pl.Int32}).cast({"store": pl.Int8, "campaign": pl.Int8}), sorted_lines)


def _abandoned(setting: Setting, second: Ints, count: Ints, first_line: Ints) -> tuple[Ints, Ints]:
    """Orders that were placed once before and not paid, and the lines of those, one after the other."""
    is_late_enough = second - ABANDONED_BEFORE_SECONDS[1] >= OPENING_SECOND
    chosen = np.flatnonzero(
        is_late_enough & (setting.stream("abandoned").random(len(second)) < setting.world.abandoned_share)
    )
    size = count[chosen]
    offset = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    return chosen, np.repeat(first_line[chosen], size) + offset


def _lines_frame(lines: Lines, index: Ints, order: Ints, day: Ints, assortment: Assortment) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "order": order.astype(np.int32),
            "product": assortment.edition(lines.product[index], day[order]).astype(np.int16),
            "quantity": lines.quantity[index].astype(np.int8),
            "unit_price_cents": lines.unit_price_cents[index].astype(np.int32),
            "discount_cents": lines.discount_cents[index].astype(np.int32),
        }
    )


def _with_amounts(orders: pl.DataFrame, lines: pl.DataFrame, world: FullWorld) -> pl.DataFrame:
    order = lines["order"].to_numpy()
    first_line = np.flatnonzero(np.diff(order, prepend=-1))
    gross = np.add.reduceat((lines["quantity"].cast(pl.Int64) * lines["unit_price_cents"]).to_numpy(), first_line)
    discount = np.add.reduceat(lines["discount_cents"].cast(pl.Int64).to_numpy(), first_line)
    return orders.with_columns(
        discount_cents=pl.Series(discount),
        goods_cents=pl.Series(gross - discount),
        shipping_cents=pl.Series(np.where(gross - discount < world.free_shipping_cents, world.shipping_cents, 0)),
        first_line=pl.Series(first_line),
        lines=pl.Series(np.diff(first_line, append=len(order))),
    )


def with_numbers(orders: pl.DataFrame) -> pl.DataFrame:
    """Orders with what is the same as other columns told, and would take too much room to keep for all of them.

    Adds `order_id` and Shopify's `platform_number` as the platforms print them, `gross_cents`, `paid_cents` (zero if
    never paid), and makes every amount wide enough to be added up.
    """
    number, store = pl.col("number"), pl.col("store")
    return orders.with_columns(pl.col("^.*_cents$").cast(pl.Int64)).with_columns(
        order_id=pl.when(store == SHOPIFY)
        .then(pl.concat_str(pl.lit("#"), number + 1000))
        .when(store == TAOBAO)
        .then((1_500_000_000_000_000_000 + number.cast(pl.Int64) * 1_000_003).cast(pl.String))
        .otherwise(
            pl.concat_str(
                pl.lit("E"),
                pl.col("ordered_at").dt.strftime("%Y%m%d%H%M%S"),
                number.cast(pl.String).str.zfill(9),
            )
        ),
        platform_number=5_000_000_000_000 + number.cast(pl.Int64) * 37,
        gross_cents=pl.col("goods_cents") + pl.col("discount_cents"),
        paid_cents=pl.when("is_paid").then(pl.col("goods_cents") + pl.col("shipping_cents")).otherwise(0),
    )
