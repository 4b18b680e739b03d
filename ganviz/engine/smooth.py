"""p_g in the plane: a kernel estimate on a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WIDTH = 1.5
"""Standard deviation of the kernel, in cells of the grid."""


def smoothed(samples: Array, axis: Array) -> Array:
    """Density of samples (n, 2) at the points of the square grid over `axis` (m,), (m, m), row = second coordinate.

    A Gaussian kernel of fixed width, on counts in cells: what is narrower than two cells is drawn as wide as that.
    Samples outside the grid count in n but are not drawn. NaN where a sample is.
    """
    m, cell = len(axis), float(axis[1] - axis[0])
    low, high = axis[0] - cell / 2, axis[-1] + cell / 2
    counts, *_ = np.histogram2d(samples[:, 1], samples[:, 0], bins=m, range=[[low, high], [low, high]])
    kernel = np.exp(-0.5 * ((np.arange(m)[:, None] - np.arange(m)) / WIDTH) ** 2) / (WIDTH * np.sqrt(2 * np.pi))
    if np.isnan(samples).any():
        return np.full((m, m), np.nan)
    density: Array = kernel @ counts @ kernel.T / (len(samples) * cell**2)
    return density
