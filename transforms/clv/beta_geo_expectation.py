"""Expected purchases of a customer known to be alive, where customers may leave after a purchase (BG/NBD, MBG/NBD).

Given the history, the purchase rate is Gamma(shape, exposure_days) and the probability p of leaving after a purchase
Beta(a, b). Given both, the expectation over s days is (1 - exp(-lambda p s)) / p; its mean over lambda is in closed
form, the mean over p by quadrature. The published closed form (a 2F1) has a pole at a = 1 and cancels near it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.clv.quadrature import beta_rule, nodes_for

Floats = NDArray[np.float64]

_SLICES = 20


@dataclass(frozen=True, slots=True)
class AliveCustomers:
    """What is believed of customers that are alive; `shape`, `exposure_days` and `b` are arrays of one length."""

    shape: Floats
    exposure_days: Floats
    a: float
    b: Floats

    def purchases(self, days: float) -> Floats:
        """Expected purchases in the next `days`.

        Relative error under 1e-10 while days * max(1, shape / b) < 300 * exposure_days, under 1e-6 up to three times
        that; in shops exposure_days is a month or more and shape / b near 1.
        """
        dropout, weight = self._dropout_rule(days)
        return self._purchases(np.full_like(self.shape, days), dropout, weight)

    def discounted_purchases(self, days: float, discount_a_day: float) -> Floats:
        """The same, a purchase after s days counted exp(-discount_a_day * s); error as for `purchases`.

        By parts: exp(-discount_a_day * days) E(days) + the integral of discount_a_day * exp(-discount_a_day * s) E(s).
        """
        dropout, weight = self._dropout_rule(days)
        # E(s) bends most where s is near zero and the exposure short; in log(1 + s / exposure) it is smooth throughout.
        longest = np.log1p(days / self.exposure_days)
        places, widths = np.polynomial.legendre.leggauss(_SLICES)
        waiting = np.zeros_like(self.shape)
        for place, width in zip((1 + places) / 2, widths / 2, strict=True):
            elapsed = self.exposure_days * np.expm1(longest * place)
            slope = longest * (self.exposure_days + elapsed)
            expected = self._purchases(elapsed, dropout, weight)
            waiting += width * slope * np.exp(-discount_a_day * elapsed) * expected
        at_the_end = self._purchases(np.full_like(self.shape, days), dropout, weight)
        discounted: Floats = np.exp(-discount_a_day * days) * at_the_end + discount_a_day * waiting
        return discounted

    def _dropout_rule(self, days: float) -> tuple[Floats, Floats]:
        b, row_of = np.unique(self.b, return_inverse=True)
        # (1 + p days / exposure) ** -shape is singular at p = -exposure / days, and for a large shape steep well before
        # it; the rule's nodes crowd towards 0 as b grows, which makes up for that.
        nearest = float((self.exposure_days * np.minimum(1.0, self.b / self.shape)).min()) / max(days, 1e-9)
        dropout, weight = beta_rule(self.a, b, nodes_for(nearest))
        return dropout[row_of], weight[row_of]

    def _purchases(self, days: Floats, dropout: Floats, weight: Floats) -> Floats:
        growth = np.log1p(dropout * (days / self.exposure_days)[:, None])
        expected: Floats = (weight * -np.expm1(-self.shape[:, None] * growth) / dropout).sum(axis=1)
        return expected
