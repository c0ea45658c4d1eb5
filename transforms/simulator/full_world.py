"""What the full demo world is made of: how many people do what, and the noise that blurs the traces of it."""

from dataclasses import asdict, dataclass, field, replace

import polars as pl

from transforms.simulator.world import PlainWorld

STORES = ("shopify", "taobao", "youzan")
"""Storefronts, by which columns named `store` index."""
SHOPIFY, TAOBAO, YOUZAN = range(3)


@dataclass(frozen=True, slots=True)
class Noise:
    """How far what the files show is from what happened. Shares between 0 and 1."""

    traceless_share: float = 0.30
    """Of those who leave for a cause: no refund, review, ticket or change of habit tells of it."""
    stayer_trace_share: float = 0.20
    """Of those who stay: the same traces as of one who leaves."""
    shared_phone_share: float = 0.05
    """Of people: their phone is also somebody else's."""
    masked_share: float = 0.25
    """Of the accounts on platforms that mask (Taobao, Youzan): the phone is masked in every file."""
    misspelt_share: float = 0.03
    """Of accounts: the name, and independently the address, is written with a slip."""

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in asdict(self).values()):
            raise ValueError("a share of noise lies between 0 and 1")

    def doubled(self) -> "Noise":
        """Twice the noise of everything."""
        return Noise(**{name: 2 * share for name, share in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class FullWorld:
    """Parameters of the full world. Purchases follow `buying` in time stretched by season and festivals."""

    noise: Noise = field(default_factory=Noise)
    buying: PlainWorld = field(default_factory=lambda: PlainWorld(alpha=75.0))
    """Rather more purchases than in the plain world: a habit must show before it can change."""

    prone_share: float = 0.40
    """Of people: would one day leave for a cause, if neither their own end nor the last date came first."""
    cause_after_days: float = 350.0
    """Mean of the exponential time from arrival to the cause, in operational days."""

    store_shares: tuple[float, float, float] = (0.40, 0.35, 0.25)
    """Where people open their first account, in the order of `STORES`."""
    second_account_share: float = 0.18
    third_account_share: float = 0.22
    """Of those with a second account."""
    second_phone_share: float = 0.10
    """Of further accounts: opened with the person's other phone."""

    business_spend_factor: float = 3.0
    promotion_only_share: float = 0.08
    haggler_share: float = 0.02
    referrer_share: float = 0.06
    referred_share: float = 0.10
    """Of those who come when somebody of their store could already have told them."""
    promotion_lift: float = 2.0
    """How much likelier a discount is in the weeks of a shopping festival."""

    free_shipping_cents: int = 4900
    shipping_cents: int = 600
    abandoned_share: float = 0.03
    """Orders that are placed once more and never paid, as a share of those paid."""
    refunded_share: float = 0.03
    reviewed_share: float = 0.18
    ticket_share: float = 0.05

    def __post_init__(self) -> None:
        shares = [value for name, value in asdict(self).items() if name.endswith("_share")]
        if not all(0 <= share <= 1 for share in (*shares, *self.store_shares)):
            raise ValueError("a share of a simulated shop lies between 0 and 1")
        if self.cause_after_days <= 0 or self.business_spend_factor <= 0 or self.promotion_lift <= 0:
            raise ValueError("times and factors of a simulated shop are positive")

    def as_frame(self) -> pl.DataFrame:
        """`parameter`, `number`: every numeric parameter, those of `buying` and `noise` among them."""
        own = {name: value for name, value in asdict(self).items() if isinstance(value, int | float)}
        own |= asdict(self.noise) | {
            f"store_share_{name}": v for name, v in zip(STORES, self.store_shares, strict=True)
        }
        mine = pl.DataFrame({"parameter": list(own), "number": [float(value) for value in own.values()]})
        return pl.concat([self.buying.as_frame(), mine])


STANDARD = FullWorld()
HARD = replace(STANDARD, noise=STANDARD.noise.doubled())
WORLDS = {"standard": STANDARD, "hard": HARD}
