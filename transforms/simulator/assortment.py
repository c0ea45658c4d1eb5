"""The full world's assortment: articles come in editions, and in some categories the new ones stop coming."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from transforms.simulator.catalogue import CATEGORIES, PRODUCTS_A_CATEGORY, catalogue
from transforms.simulator.process import Ints
from transforms.simulator.setting import Setting

STALE_CATEGORIES = 5
STALE_AFTER_DAYS = 60
"""So long after the last new article in it a category begins to bore."""
EDITION_DAYS = (150, 300)
"""An article is replaced by its next edition after so many days."""
COST_SHARES = (0.35, 0.65)
"""Unit cost against list price."""
YEARLY_COST_RISE = 0.03


@dataclass(frozen=True, slots=True)
class Assortment:
    """Editions of the articles, in the order of the catalogue and then of their listing."""

    products: pl.DataFrame
    """`product_id`, `product_name`, `category`, `list_price`, `unit_cost` (Int64, ten-thousandths; of the first year),
    `listed_date`, `is_stale_category`."""
    article: Ints
    """Row of `catalogue()` of each edition."""
    listed_day: Ints
    """Days from the shop's first date; 0 for what was there from the start."""
    stale_from_day: Ints
    """By category, as in `CATEGORIES`: the day after which nothing new was listed; past the last day if none is."""
    days: int

    def edition(self, article: Ints, day: Ints) -> Ints:
        """Row of `products` of the article's edition sold on a day."""
        key = self.article * (self.days + 1) + self.listed_day
        return np.searchsorted(key, article * (self.days + 1) + day, side="right").astype(np.int64) - 1


def draw_assortment(setting: Setting) -> Assortment:
    """What is on sale on each day."""
    rng, days = setting.stream("assortment"), setting.days
    stale_from = np.full(len(CATEGORIES), 10 * days + 10 * STALE_AFTER_DAYS)
    stale = rng.permutation(len(CATEGORIES))[:STALE_CATEGORIES]
    stale_from[stale] = (days * rng.uniform(0.15, 0.4, STALE_CATEGORIES)).astype(np.int64)

    articles = len(CATEGORIES) * PRODUCTS_A_CATEGORY
    most = days // EDITION_DAYS[0] + 1
    gaps = rng.integers(*EDITION_DAYS, (articles, most))
    # The first edition was there before the shop's first date; how long the next takes from then is anything.
    gaps[:, 0] = rng.integers(1, EDITION_DAYS[1], articles)
    later = np.cumsum(gaps, axis=1)
    category = np.repeat(np.arange(len(CATEGORIES)), PRODUCTS_A_CATEGORY)
    is_listed = (later < days) & (later <= stale_from[category][:, np.newaxis])
    listed_day = np.where(is_listed, later, 0)
    keep = np.concatenate([np.ones((articles, 1), dtype=np.bool_), is_listed], axis=1)
    listed = np.concatenate([np.zeros((articles, 1), dtype=np.int64), listed_day], axis=1)
    article, edition = np.nonzero(keep)
    listed_day = listed[keep]
    share = rng.uniform(*COST_SHARES, articles)[article]
    products = (
        catalogue()[article]
        .with_columns(edition=pl.Series(edition + 1), share=pl.Series(share))
        .with_columns(
            pl.when(pl.col("edition") > 1)
            .then(pl.format("{}-{}", "product_id", "edition"))
            .otherwise("product_id")
            .alias("product_id"),
            pl.when(pl.col("edition") > 1)
            .then(pl.format("{}, edition {}", "product_name", "edition"))
            .otherwise("product_name")
            .alias("product_name"),
            unit_cost=(pl.col("list_price") * pl.col("share") / 100).round().cast(pl.Int64) * 100,
            listed_date=pl.Series(np.datetime64(setting.first, "D") + listed_day.astype("timedelta64[D]")),
            is_stale_category=pl.Series(np.isin(category[article], stale)),
        )
        .drop("edition", "share")
    )
    return Assortment(products, article, listed_day, stale_from, days)


def costs(assortment: Assortment, first: date, stores: tuple[str, ...], currency: str) -> pl.DataFrame:
    """`store_id`, `product_id`, `valid_from`, `unit_cost` (ten-thousandths), `currency`: a row an article and year."""
    years = -(-assortment.days // 365)
    yearly = pl.concat(
        assortment.products.select(
            "product_id",
            pl.max_horizontal("listed_date", pl.lit(first).dt.offset_by(f"{365 * year}d")).alias("valid_from"),
            (pl.col("unit_cost") * (1 + YEARLY_COST_RISE) ** year / 100).round().cast(pl.Int64).alias("unit_cost")
            * 100,
        ).filter(pl.lit(year == 0) | (pl.col("valid_from") == pl.lit(first).dt.offset_by(f"{365 * year}d")))
        for year in range(years)
    )
    return (
        pl.DataFrame({"store_id": stores})
        .join(yearly, how="cross")
        .with_columns(currency=pl.lit(currency))
        .sort("store_id", "product_id", "valid_from")
    )
