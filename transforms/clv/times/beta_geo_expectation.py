"""Expected purchases of a customer known to be alive, where customers may leave after a purchase (BG/NBD, MBG/NBD).

Given the history, the purchase rate is Gamma(shape, exposure_days) and the probability p of leaving after a purchase
Beta(a, b). Given both, the expectation over s days is (1 - exp(-lambda p s)) / p; its mean over lambda is in closed
form, the mean over p by quadrature. The published closed form (a 2F1) has a pole at a = 1 and cancels near it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.clv.fitting.parts import at_once, parts_of
from transforms.clv.fitting.quadrature import beta_rule, nodes_for

Floats = NDArray[np.float64]

_SLICES = 20
_SHORTEST = 1e-12
_LOWEST_DEGREE, _HIGHEST_DEGREE = 24, 200


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
        waiting = self._discounted_waiting(days, discount_a_day)
        discounted: Floats = np.exp(-discount_a_day * days) * self.purchases(days) + discount_a_day * waiting
        return discounted

    def _discounted_waiting(self, days: float, discount_a_day: float) -> Floats:
        """The integral of exp(-discount_a_day * s) E(s) over s from 0 to `days`.

        E(s) is a function of shape, b and s / exposure alone. It bends most where s is near zero and the exposure
        short, and in w = log(1 + s / exposure) it is smooth throughout (no singularity within pi of the real line). So
        for each shape it becomes a polynomial in w, and the integral of each power is one number an exposure.
        """
        exposure, exposure_of = np.unique(self.exposure_days, return_inverse=True)
        both, shape_of = np.unique(self.shape + 1j * self.b, return_inverse=True)
        shape, b = both.real, both.imag
        longest = np.log1p(days / exposure)
        widest = max(float(longest.max(initial=0.0)), _SHORTEST)
        steepest = float((shape * self.a / (self.a + b)).max(initial=0.0)) * widest
        degree = int(min(_LOWEST_DEGREE + 2 * steepest, _HIGHEST_DEGREE))
        places = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
        elapsed = np.expm1(widest * (1 + places) / 2)
        alike = AliveCustomers(shape, np.ones_like(shape), self.a, b)
        dropout, weight = alike._dropout_rule(float(elapsed.max()))
        expected = np.stack([alike._purchases(np.full_like(shape, at), dropout, weight) for at in elapsed])
        powers = np.polynomial.chebyshev.chebvander(places, degree)
        powers[:, 0] /= 2
        coefficients = 2 / (degree + 1) * np.einsum("kj,kn->nj", powers, expected)

        slices, widths = np.polynomial.legendre.leggauss(_SLICES)
        integrals = np.zeros((len(exposure), degree + 1))
        for place, width in zip((1 + slices) / 2, widths / 2, strict=True):
            elapsed = exposure * np.expm1(longest * place)
            slope = width * longest * (exposure + elapsed) * np.exp(-discount_a_day * elapsed)
            at = 2 * longest * place / widest - 1
            integrals += slope[:, None] * np.polynomial.chebyshev.chebvander(at, degree)
        waiting: Floats = (coefficients[shape_of] * integrals[exposure_of]).sum(axis=1)
        return waiting

    def _dropout_rule(self, days: float) -> tuple[Floats, Floats]:
        b, row_of = np.unique(self.b, return_inverse=True)
        # (1 + p days / exposure) ** -shape is singular at p = -exposure / days, and for a large shape steep well before
        # it; the rule's nodes crowd towards 0 as b grows, which makes up for that.
        nearest = float((self.exposure_days * np.minimum(1.0, self.b / self.shape)).min()) / max(days, 1e-9)
        dropout, weight = beta_rule(self.a, b, nodes_for(nearest))
        return dropout[row_of], weight[row_of]

    def _purchases(self, days: Floats, dropout: Floats, weight: Floats) -> Floats:
        def mean(rows: slice) -> Floats:
            growth = np.log1p(dropout[rows] * (days[rows] / self.exposure_days[rows])[:, None])
            bought: Floats = -np.expm1(-self.shape[rows, None] * growth) / dropout[rows]
            bought *= weight[rows]
            return np.asarray(bought.sum(axis=1))

        return np.concatenate(at_once(mean, parts_of(*dropout.shape)))
