"""Gauss rules for means over a Beta distribution, such as that of the dropout probability."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dstev

Floats = NDArray[np.float64]

FEWEST_NODES, MOST_NODES = 16, 160


def beta_rule(a: float, b: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Nodes in (0, 1) and weights (adding up to 1) of the mean over Beta(a, b): each of shape `len(b), nodes`.

    Gauss-Jacobi, by the eigenvalues of the Jacobi matrix (Golub and Welsch 1969) written for a probability measure:
    no Gamma function appears, so b may be in the millions. Exact for polynomials of degree 2 * nodes - 1.
    """
    b = np.asarray(b, dtype=np.float64)[:, None]
    total = a + b
    k = np.arange(1, nodes, dtype=np.float64)
    span = 2 * k + total
    # The general term of the recurrence is 0 / 0 at k = 1 where a + b = 1, hence the first one in its reduced form.
    spread = np.hstack(
        (
            a * b / (total**2 * (total + 1)),
            (k * (k + a - 1) * (k + b - 1) * (k + total - 2))[:, 1:]
            / ((span - 2) ** 2 * (span - 1) * (span - 3))[:, 1:],
        )
    )
    centre = np.hstack((a / total, (1 + (a - b) * (total - 2) / ((span - 2) * span)) / 2))
    places, weights = np.empty((len(b), nodes)), np.empty((len(b), nodes))
    # One by one and by plain rotations: NumPy's solver of them all calls BLAS, whose threads wait for each other.
    for row, (diagonal, beside) in enumerate(zip(centre, np.sqrt(spread), strict=True)):
        places[row], vectors, _ = dstev(diagonal, beside)
        weights[row] = vectors[0] ** 2
    return np.clip(places, np.finfo(np.float64).eps, 1.0), weights


def nodes_for(nearest_singularity: float) -> int:
    """Nodes for an error near 1e-14 where the integrand on (0, 1) is singular at `-nearest_singularity`, not nearer.

    The error of a Gauss rule falls like rho ** (-2 n), rho the sum of the half axes of the largest ellipse around the
    interval that is free of singularities (Trefethen 2008, theorem 4.5). Held between 16 and 160: below a distance of
    0.003 the error grows.
    """
    z = 1 + 2 * nearest_singularity
    rate = 2 * np.log(z + np.sqrt(z * z - 1))
    return int(np.clip(np.ceil(32 / max(rate, 1e-3)), FEWEST_NODES, MOST_NODES))
