"""p_g in one dimension: the density of x = G(z), pushed forward from the latent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class PushForward:
    """The law of G(z) for a piecewise-linear G on cells of the latent that carry known mass.

    Between neighbouring nodes z_i, z_{i+1} the map is taken as linear, so that the cell's mass is spread evenly between
    x_i and x_{i+1}; folds add up. The law then is piecewise constant, integrates to 1 by construction, and converges
    as the cells shrink (exact for an affine G of a uniform latent and wherever a ReLU network has no kink inside a
    cell).
    """

    def __init__(self, x: Array, mass: Array) -> None:
        """`x`: images G(z_i) of the n+1 nodes, in the order of z. `mass`: the latent's mass in the n cells. Where one
        of them is not finite the law is not known: its density and its distribution function are NaN everywhere."""
        self._known = bool(np.isfinite(x).all() and np.isfinite(mass).all())
        if not self._known:
            return
        low, high = np.minimum(x[1:], x[:-1]), np.maximum(x[1:], x[:-1])
        # A cell that G maps to a point gets a width, tiny against the picture, so that its density stays finite.
        high = np.maximum(high, low + 1e-9 * max(1.0, float(np.ptp(x))))
        # Far out that is less than the next number is away.
        high = np.maximum(high, np.nextafter(low, np.inf))
        height = mass / (high - low)
        corners = np.concatenate([low, high])
        order = np.argsort(corners, kind="stable")
        self._corners: Array = corners[order]
        jumps = np.concatenate([height, -height])[order]
        self._heights: Array = np.maximum(np.cumsum(jumps), 0.0)
        area = np.diff(self._corners) * self._heights[:-1]
        self._cdf: Array = np.concatenate([[0.0], np.cumsum(area)])
        self._cdf /= self._cdf[-1]

    def density(self, x: Array) -> Array:
        """p_g at the points `x`, any shape."""
        if not self._known:
            return np.full(np.shape(x), np.nan)
        i = np.searchsorted(self._corners, x, side="right") - 1
        inside = (i >= 0) & (i < len(self._corners) - 1)
        return np.where(inside, self._heights[np.clip(i, 0, len(self._heights) - 1)], 0.0)

    def cdf(self, x: Array) -> Array:
        """P(G(z) ≤ x) at the points `x`, any shape."""
        if not self._known:
            return np.full(np.shape(x), np.nan)
        return np.interp(x, self._corners, self._cdf, left=0.0, right=1.0)


def kernel_estimate(samples: Array) -> PushForward:
    """The law of G(z) for a larger latent, estimated from samples (n,) with a Gaussian kernel, Silverman's rule.

    An estimate: it smooths over edges, and its error shrinks only as n^(−2/5). Screens must say so.
    """
    if not np.isfinite(samples).all():
        return PushForward(samples, np.zeros(len(samples) - 1))
    quartiles = float(np.subtract(*np.percentile(samples, [75, 25]))) / 1.34
    spread = min(float(np.std(samples)), quartiles) or float(np.std(samples))
    width = max(0.9 * spread * len(samples) ** -0.2, 1e-6)
    edges = np.linspace(samples.min() - 5 * width, samples.max() + 5 * width, 2049)
    counts = np.histogram(samples, edges)[0].astype(np.float64)
    # Convolving the counts costs far less than one kernel a sample, and at this resolution looks the same.
    reach = min(int(np.ceil(5 * width / (edges[1] - edges[0]))), 1000)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * (edges[1] - edges[0]) / width) ** 2)
    smooth = np.convolve(counts, kernel / kernel.sum(), mode="same")
    return PushForward(edges, smooth / smooth.sum())
