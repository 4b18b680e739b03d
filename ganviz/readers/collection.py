"""A collection of pictures, and how many it may have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 28
"""Pixels along each side of every picture that is read."""
LEAST, MOST = 100, 150_000
"""Pictures that a collection may have."""

Pictures = NDArray[np.uint8]
"""(n, 28, 28), from 0 (background) to 255."""

Sizes = frozenset[tuple[int, int]]
"""Sizes (height, width) that pictures had before."""


@dataclass(frozen=True, eq=False)
class Collection:
    """Pictures in three disjoint parts."""

    training: Pictures
    validation: Pictures
    held_out: Pictures
    sizes: Sizes
    """What sizes they had in the files."""
