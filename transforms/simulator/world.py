"""What a simulated shop is made of: its parameters, its random streams, and the frames it gives."""

from dataclasses import asdict, dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True, slots=True)
class PlainWorld:
    """Parameters of a shop that follows the textbook: Pareto/NBD purchases and Gamma-Gamma spend, nothing else.

    Time is in days, money in units of `currency`. The defaults give a small web shop over three years: about half of
    the buyers come once, one in a hundred comes twenty times, and a quarter of them bring 80 % of the expected value.
    """

    r: float = 0.8
    """Shape of the purchase rate lambda over customers, lambda ~ Gamma(r, rate alpha)."""
    alpha: float = 110.0
    s: float = 0.6
    """Shape of the death rate mu over customers, mu ~ Gamma(s, rate beta)."""
    beta: float = 100.0
    p: float = 6.0
    """Shape of one occasion's spend, z ~ Gamma(p, rate nu)."""
    q: float = 4.0
    """Shape of nu over customers, nu ~ Gamma(q, rate v). The mean spend of all customers is p v / (q - 1)."""
    v: float = 30.0
    arrival_growth: float = 1.0
    """Arrivals a day at the end are 1 + this times those at the start; 0 is a steady stream."""
    never_bought_share: float = 0.02
    """Accounts that signed up to the newsletter and never bought."""
    business_share: float = 0.04
    discounted_share: float = 0.2
    """Occasions with 5 to 25 % off. The spend of the occasion is what is paid after it."""
    split_share: float = 0.01
    """Occasions of several lines whose last line is a second order of the same day."""
    damaged_share: float = 0.002
    """Order lines written wrongly on purpose."""
    currency: str = "USD"

    def __post_init__(self) -> None:
        positive = (self.r, self.alpha, self.s, self.beta, self.p, self.v)
        shares = (
            self.never_bought_share,
            self.business_share,
            self.discounted_share,
            self.split_share,
            self.damaged_share,
        )
        if min(positive) <= 0 or self.q <= 1 or self.arrival_growth < 0:
            raise ValueError("r, alpha, s, beta, p, v must be positive, q above 1 and arrival_growth not negative")
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("a share of a simulated shop lies between 0 and 1")

    def as_frame(self) -> pl.DataFrame:
        """`parameter`, `number`: every numeric parameter of the world."""
        numbers = {name: float(value) for name, value in asdict(self).items() if not isinstance(value, str)}
        return pl.DataFrame({"parameter": list(numbers), "number": list(numbers.values())})


@dataclass(frozen=True, slots=True)
class Shop:
    """A simulated shop: what its back office would export, and what nobody outside a simulation can know.

    The three export frames have the headers of the generic layouts (without `store_id`), typed: instants are
    shop-local without a zone, money is Int64 in ten-thousandths. They hold no damage yet; see
    `transforms.simulator.damage`. `truth` holds the frames `parameter`, `customer`, `product` and `damaged_row`.
    """

    order_lines: pl.DataFrame
    customer_accounts: pl.DataFrame
    consents: pl.DataFrame
    truth: dict[str, pl.DataFrame]


def stream(seed: int, part: str) -> np.random.Generator:
    """Random numbers of one part of the world.

    Each part draws from a stream of its own, so that a part added later leaves the numbers of the others alone.
    Raises ValueError for a negative seed.
    """
    if seed < 0:
        raise ValueError(f"seed {seed} is negative; give 0 or more")
    return np.random.default_rng([seed, *part.encode()])
