"""BG/NBD: purchases at a constant rate until the customer leaves, which may be right after any repeat purchase.

Fader, Hardie and Lee (2005), "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD Model",
Marketing Science 24. Nobody leaves after the first purchase, so a one-time buyer is alive for certain, however long ago
that was: read P(no purchase), not P(alive).
"""

from dataclasses import dataclass
from typing import ClassVar

from transforms.clv.times.leaving_after_purchase import LeavingAfterPurchase


@dataclass(frozen=True, slots=True)
class BetaGeo(LeavingAfterPurchase):
    """A fitted BG/NBD: k = x chances to leave. Equations 6 (likelihood), 8 (`p_purchases`) and 10 of the paper."""

    NAME: ClassVar[str] = "bg_nbd"
    CHANCES_BEFORE_REPEATS: ClassVar[int] = 0
