"""Contours of a density in the plane."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

Array = NDArray[np.float64]
Lines = dict[str, Array]

SHARES = (0.9, 0.6, 0.3)
"""A contour is drawn around the densest parts that hold these shares of the mass."""


def contours(axis: Array, density: Array) -> Lines:
    """``x`` and ``y`` of the contour lines of `density` (m, m) on the square grid over `axis` (m,), gaps between."""
    generator = contour_generator(axis, axis, density)
    lines = [line for level in levels(density) for line in generator.lines(level)]
    gap = np.full((1, 2), np.nan)
    joined = np.concatenate([part for line in lines for part in (line, gap)]) if lines else np.empty((0, 2))
    return {"x": joined[:, 0].copy(), "y": joined[:, 1].copy()}


def lasting_contours(axis: Array, density: Array) -> Lines:
    """The same for a density that is the same in many frames: worked out once."""
    return _known(axis.tobytes(), density.tobytes())


@lru_cache(maxsize=16)
def _known(axis: bytes, density: bytes) -> Lines:
    x = np.frombuffer(axis)
    return contours(x, np.frombuffer(density).reshape(len(x), len(x)))


def levels(density: Array) -> list[float]:
    """The levels above which `SHARES` of the mass lie, increasing: each halfway down to the next lower density, so that
    the edge of a plateau is drawn and not its top."""
    heights = np.sort(density.ravel())[::-1]
    mass = np.cumsum(heights)
    if not mass[-1] > 0:
        return []
    found = (min(int(np.searchsorted(mass, share * mass[-1])), len(heights) - 1) for share in SHARES)
    return sorted({float(heights[i] + _next_lower(heights, heights[i])) / 2 for i in found})


def _next_lower(heights: Array, height: float) -> float:
    """The largest of the decreasing heights that is below `height` by more than rounding; 0 below the last."""
    below = heights[np.searchsorted(-heights, -height * (1 - 1e-6)) :]
    return float(below[0]) if len(below) else 0.0
