"""What buyers wrote: mostly content, sometimes not, and bad before those leave who leave for bad quality."""

import numpy as np
import polars as pl

from transforms.simulator.causes import QUALITY, Departures
from transforms.simulator.moments import awake, between, end_of, instants, moment
from transforms.simulator.setting import Setting

RATING_SHARES = (0.03, 0.04, 0.10, 0.30, 0.53)
PLANTED_SHARE = 0.85
"""Of the anchor orders of quality traces; half as many of the orders before them."""
LONGEST_SECONDS = 14 * 86_400

TEXTS = {
    (False, 0): (
        "Broke after two days.", 'Not what the picture showed, "premium" it is not.', "Poor quality, never again 😡",
        "Arrived scratched.\nNobody cares.", "Cheap, thin, and it smells.",
    ),
    (False, 1): (
        "It is all right.", "Okay for the price, nothing more.", "Does the job", "Average; packaging could be better.",
        "Fine, but smaller than I thought",
    ),
    (False, 2): (
        "Lovely, thank you!", "Exactly as described, fast too.", "My third order, always good 👍",
        "Great gift\nMy mother was so happy", 'A "must have" for tea lovers',
    ),
    (True, 0): (
        "用了两天就坏了。", "质量太差，再也不买了😡", "和图片不符，“高端”？",
        "收到就有划痕，\n没人处理。", "味道很重，差评",
    ),
    (True, 1): ("还可以吧", "一般，对得起价格", "包装可以再好一点", "凑合用，比想象中小", "中规中矩"),
    (True, 2): ("很喜欢，谢谢！", "质量很好，发货快👍", "回购第三次了", "妈妈很满意，\n下次还来", "和描述一致，推荐"),
}  # fmt: skip
"""By language (Chinese or not) and mood (bad, middling, good)."""


def draw_reviews(setting: Setting, orders: pl.DataFrame, is_chinese: pl.Series, departures: Departures) -> pl.DataFrame:
    """`review_id`, `reviewed_at`, `order` (row of orders), `rating`, `review_text`, `is_planted`, by time.

    At most one an order, of paid orders only, nothing after the last date.
    """
    rng = setting.stream("reviews")
    size = len(orders)
    person, day = orders["person"].to_numpy(), orders["day"].to_numpy()
    has_bad_times = departures.shown[person] == QUALITY
    is_anchor = orders["is_anchor"].to_numpy() & has_bad_times
    is_before = has_bad_times & (day == departures.changed_day[person]) & (day < departures.anchor_day[person])
    chance = rng.random(size)
    is_planted = (is_anchor & (chance < PLANTED_SHARE)) | (is_before & (chance < PLANTED_SHARE / 2))
    is_usual = ~is_anchor & ~is_before & (chance < setting.world.reviewed_share)

    start = moment(day, orders["second"].to_numpy())
    usual_at = awake(start + rng.integers(86_400, LONGEST_SECONDS, size))
    until = np.where(is_anchor, departures.shown_until_day[person], departures.anchor_day[person])
    planted_at = between(start, end_of(until), rng.uniform(0.1, 0.9, size))
    at = np.where(is_planted, planted_at, usual_at)
    rating = np.where(
        is_planted,
        np.where(is_anchor, rng.integers(1, 3, size), rng.integers(2, 4, size)),
        1 + rng.choice(5, size, p=RATING_SHARES),
    )
    written = np.flatnonzero((is_planted | is_usual) & orders["is_paid"].to_numpy() & (at <= end_of(setting.days - 1)))
    written = written[np.argsort(at[written], kind="stable")]
    language = is_chinese.gather(person[written]).to_numpy().astype(np.int64)
    mood = np.array([0, 0, 0, 1, 2, 2])[rating[written]]
    texts = [text for key in sorted(TEXTS) for text in TEXTS[key]]
    each = len(TEXTS[False, 0])
    chosen = (language * 3 + mood) * each + rng.integers(each, size=len(written))
    return (
        pl.DataFrame(
            {
                "reviewed_at": instants(setting.first, at[written]),
                "order": written,
                "rating": rating[written],
                "review_text": pl.Series(texts, dtype=pl.String).gather(chosen),
                "is_planted": is_planted[written],
            }
        )
        .with_row_index("number", offset=1)
        .select(_numbered("R").alias("review_id"), pl.exclude("number"))
    )


def _numbered(letter: str) -> pl.Expr:
    return pl.concat_str(pl.lit(letter), pl.col("number").cast(pl.String).str.zfill(8))
