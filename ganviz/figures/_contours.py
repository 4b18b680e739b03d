"""Contours of a density in the plane."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHARES = (0.9, 0.6, 0.3)
"""A contour is drawn around the densest parts that hold these shares of the mass."""


def contours(axis: Array, density: Array) -> dict[str, Array]:
    """``x`` and ``y`` of the contour lines of `density` (m, m) on the square grid over `axis` (m,), gaps between."""
    return _lines(axis.tobytes(), density.tobytes())


@lru_cache(maxsize=4)
def _lines(axis: bytes, density: bytes) -> dict[str, Array]:
    # By their bytes: p_data is the same in every frame.
    x = np.frombuffer(axis)
    z = np.frombuffer(density).reshape(len(x), len(x))
    generator = contour_generator(x, x, z)
    lines = [line for level in levels(z) for line in generator.lines(level)]
    gap = np.full((1, 2), np.nan)
    joined = np.concatenate([part for line in lines for part in (line, gap)]) if lines else np.empty((0, 2))
    return {"x": joined[:, 0].copy(), "y": joined[:, 1].copy()}


def levels(density: Array) -> list[float]:
    """The densities above which `SHARES` of the mass lie, increasing; a plateau is bounded at half its height."""
    heights = np.sort(density.ravel())[::-1]
    mass = np.cumsum(heights)
    if not mass[-1] > 0:
        return []
    top = float(heights[0])
    found = (float(heights[min(int(np.searchsorted(mass, share * mass[-1])), len(heights) - 1)]) for share in SHARES)
    return sorted({level if level < top * (1 - 1e-6) else top / 2 for level in found})
