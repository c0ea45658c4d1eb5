"""The assortment: invented articles in ten categories, each from cheap to dear."""

import numpy as np
import polars as pl

from transforms.contracts.table import MONEY_SCALE
from transforms.simulator.process import Floats, Ints

ARTICLES: dict[str, tuple[str, ...]] = {
    "Tea and coffee": (
        "Tea strainer", "Black tea", "Green tea", "Coffee beans", "Oolong tea",
        "Tea cup set", "Coffee grinder", "Teapot", "Espresso maker", "Tea chest",
    ),
    "Kitchen": (
        "Wooden spoon", "Chopstick set", "Mixing bowl", "Cutting board", "Storage jar set",
        "Chef's knife", "Frying pan", "Rice cooker", "Wok set", "Cast-iron pot",
    ),
    "Home textiles": (
        "Face cloth", "Tea towel", "Cushion cover", "Bath towel", "Table cloth",
        "Pillow", "Wool blanket", "Bed linen", "Quilt", "Woven rug",
    ),
    "Stationery": (
        "Pencil set", "Notebook", "Greeting cards", "Ink bottle", "Calligraphy brush",
        "Desk calendar", "Fountain pen", "Leather journal", "Desk lamp", "Writing desk",
    ),
    "Garden": (
        "Flower seeds", "Herb pot", "Garden gloves", "Watering can", "Pruning shears",
        "Bonsai tree", "Garden chair", "Raised bed", "Parasol", "Garden bench",
    ),
    "Toys and games": (
        "Card game", "Wooden top", "Building blocks", "Jigsaw puzzle", "Board game",
        "Stuffed bear", "Kite", "Model train", "Chess set", "Doll's house",
    ),
    "Beauty": (
        "Soap bar", "Lip balm", "Hand cream", "Shampoo", "Face mask set",
        "Body lotion", "Sun cream", "Face serum", "Perfume", "Beauty case",
    ),
    "Sports": (
        "Skipping rope", "Water bottle", "Yoga strap", "Swimming goggles", "Yoga mat",
        "Badminton racket", "Running belt", "Dumbbell set", "Hiking backpack", "Exercise bike",
    ),
    "Music": (
        "Guitar strings", "Music book", "Bamboo flute", "Harmonica", "Hand drum",
        "Headphones", "Ukulele", "Record player", "Guitar", "Keyboard",
    ),
    "Pets": (
        "Pet treats", "Ball toy", "Cat food", "Dog food", "Dog lead",
        "Pet bowl", "Cat bed", "Bird cage", "Pet carrier", "Aquarium",
    ),
}  # fmt: skip
CATEGORIES = tuple(ARTICLES)
VARIANTS = (", small", "", ", large")
"""Names go from cheap to dear: the three variants of the cheapest article, then of the next."""
PRODUCTS_A_CATEGORY = len(VARIANTS) * len(ARTICLES[CATEGORIES[0]])

CHEAPEST_CENTS, DEAREST_CENTS = 150, 60_000
STEP = (DEAREST_CENTS / CHEAPEST_CENTS) ** (1 / (PRODUCTS_A_CATEGORY - 1))
"""Each article costs so much more than the one before it: 1.23, so that a price is within 11 % of some article's."""
SHIFTS = (np.arange(len(CATEGORIES)) + 0.5) / len(CATEGORIES) - 0.5
"""Part of a step by which a category is dearer than the middle, so that no two have the same prices."""


def catalogue() -> pl.DataFrame:
    """Every article: `product_id`, `product_name`, `category`, `list_price` (Int64, ten-thousandths)."""
    rank = np.arange(PRODUCTS_A_CATEGORY)[np.newaxis, :] + SHIFTS[:, np.newaxis]
    cents: Ints = np.rint(CHEAPEST_CENTS * STEP**rank).astype(np.int64)
    names = [noun + variant for nouns in ARTICLES.values() for noun in nouns for variant in VARIANTS]
    return pl.DataFrame(
        {
            "product_id": [f"P{number:04d}" for number in range(1, len(names) + 1)],
            "product_name": names,
            "category": np.repeat(CATEGORIES, PRODUCTS_A_CATEGORY).tolist(),
            "list_price": cents.ravel() * (MONEY_SCALE // 100),
        }
    )


def product_at(category: Ints, price_cents: Floats) -> Ints:
    """Row in the catalogue of the article of `category` whose list price is nearest to `price_cents`, by ratio."""
    rank: Ints = np.rint(np.log(price_cents / CHEAPEST_CENTS) / np.log(STEP) - SHIFTS[category]).astype(np.int64)
    return np.clip(rank, 0, PRODUCTS_A_CATEGORY - 1) + category * PRODUCTS_A_CATEGORY
