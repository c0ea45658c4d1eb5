"""Who the customers are: invented people whose addresses and numbers reach nobody."""

import unicodedata

import numpy as np
import polars as pl

from transforms.simulator.process import Customers
from transforms.simulator.world import PlainWorld, stream

GIVEN_NAMES = (
    "Ada", "Amira", "Anna", "Ben", "Camille", "Chloé", "Clara", "Daniel", "David", "Elena", "Emil", "Emma",
    "Fatima", "Felix", "Finn", "Grace", "Hannah", "Henry", "Hui", "Ines", "Isaac", "Jia", "Jonas", "Julia",
    "Jürgen", "Karim", "Kate", "Lars", "Laura", "Lea", "Leo", "Li", "Lina", "Louis", "Lucy", "Marta",
    "Mateo", "Max", "Mei", "Mia", "Nadia", "Noah", "Nora", "Oliver", "Oscar", "Paul", "Priya", "Ravi",
    "Renée", "Rosa", "Sam", "Sofia", "Theo", "Tom", "Vera", "Wei", "Yara", "Yusuf", "Zoë", "Zuri",
)  # fmt: skip
FAMILY_NAMES = (
    "Adams", "Ali", "Bauer", "Becker", "Bernard", "Brown", "Carter", "Chan", "Chen", "Clark", "Costa", "Dubois",
    "Evans", "Fischer", "Fontaine", "Garcia", "Girard", "Green", "Hall", "Harris", "Hoffmann", "Huang", "Hughes",
    "Jones", "Keller", "Khan", "King", "Koch", "Lambert", "Laurent", "Lee", "Lim", "Lopez", "Martin", "Meyer",
    "Miller", "Moore", "Morel", "Müller", "Nair", "Ng", "Patel", "Petit", "Reed", "Richter", "Roux", "Schmidt",
    "Scott", "Singh", "Smith", "Tan", "Taylor", "Turner", "Wagner", "Walker", "Wang", "Weber", "Wood", "Wright",
    "Zhang",
)  # fmt: skip
TRADES = ("Bakery", "Studio", "Hotel", "Kindergarten", "Café", "Consulting", "Gallery", "School")

REGIONS = ("United States", "United Kingdom", "France", "Germany", "Canada")
REGION_SHARES = (0.32, 0.24, 0.18, 0.16, 0.10)
CHANNELS = ("search", "social", "referral", "marketplace", "newsletter")
CHANNEL_SHARES = (0.38, 0.24, 0.14, 0.16, 0.08)

_US_AREAS = (202, 206, 212, 213, 214, 215, 303, 305, 312, 313, 404, 415, 503, 512, 602, 612, 617, 702, 713, 808)
_CANADIAN_AREAS = (204, 306, 403, 416, 506, 514, 604, 613, 709, 902)
FICTITIOUS_NUMBERS: dict[str, list[str]] = {
    "United States": [f"+1{area}55501{line:02d}" for line in range(100) for area in _US_AREAS],
    "United Kingdom": [f"+447700900{line:03d}" for line in range(1_000)],
    "France": [f"+3363998{line:04d}" for line in range(10_000)],
    "Canada": [f"+1{area}55501{line:02d}" for line in range(100) for area in _CANADIAN_AREAS],
}
"""Numbers kept for fiction by Ofcom, Arcep and the North American numbering plan. Germany keeps landlines only."""

PHONE_SHARE = 0.6
EMAIL_SHARE = 0.95


def draw_people(seed: int, customers: Customers, world: PlainWorld) -> pl.DataFrame:
    """Names, addresses, regions and channels, all independent of how the customer buys.

    One row a customer, in order of arrival: `account_id`, `customer_name`, `email`, `phone`, `region`, `acquired_by`,
    `is_business`. Addresses and numbers are distinct; either may be null.
    """
    size = len(customers)
    rng = stream(seed, "people")
    given, family = rng.integers(len(GIVEN_NAMES), size=size), rng.integers(len(FAMILY_NAMES), size=size)
    number = pl.Series(np.arange(1, size + 1)).cast(pl.String)
    family_name = pl.Series(FAMILY_NAMES).gather(family)
    address = (
        pl.Series(plain_names(GIVEN_NAMES)).gather(given) + "." + pl.Series(plain_names(FAMILY_NAMES)).gather(family)
    )
    is_business = pl.Series(rng.random(size) < world.business_share)
    return _with_phones(
        pl.DataFrame(
            {
                "account_id": "C" + number.str.zfill(6),
                "person": pl.Series(GIVEN_NAMES).gather(given) + " " + family_name,
                "firm": family_name + " " + pl.Series(TRADES).gather(rng.integers(len(TRADES), size=size)),
                "person_email": address + "." + number + "@example.com",
                "firm_email": "office." + number + "@example.org",
                "region": pl.Series(REGIONS).gather(rng.choice(len(REGIONS), size, p=REGION_SHARES)),
                "acquired_by": pl.Series(CHANNELS).gather(rng.choice(len(CHANNELS), size, p=CHANNEL_SHARES)),
                "is_business": is_business,
                "is_buyer": customers.buys,
                "has_email": rng.random(size) < EMAIL_SHARE,
                "has_phone": rng.random(size) < PHONE_SHARE,
            }
        )
        .with_columns(
            pl.when("is_business").then("firm").otherwise("person").alias("customer_name"),
            pl.when("is_business").then("firm_email").otherwise("person_email").alias("email"),
            # Who never bought is known from the newsletter form alone.
            pl.when("is_buyer").then("acquired_by").otherwise(pl.lit("newsletter")).alias("acquired_by"),
        )
        .with_columns(
            pl.when(pl.col("has_email") | ~pl.col("is_buyer")).then("email").alias("email"),
            has_phone=pl.col("has_phone") & pl.col("is_buyer"),
        )
    ).select("account_id", "customer_name", "email", "phone", "region", "acquired_by", "is_business")


def plain_names(names: tuple[str, ...]) -> list[str]:
    """The names in lower case, letters without accents."""
    return [unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower() for name in names]


def _with_phones(people: pl.DataFrame) -> pl.DataFrame:
    """A number of its own for each who has a phone, until the fictitious numbers of the region are used up."""
    pool = pl.concat(
        pl.DataFrame({"region": region, "nth": np.arange(1, len(numbers) + 1), "phone": numbers})
        for region, numbers in FICTITIOUS_NUMBERS.items()
    )
    nth = pl.when("has_phone").then(pl.col("has_phone").cast(pl.Int64).cum_sum().over("region"))
    return people.with_columns(nth=nth).join(pool, on=["region", "nth"], how="left", maintain_order="left")
