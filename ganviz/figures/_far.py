"""Points that have run away, so that a page can still draw what is left of the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FARTHEST = 2.0**100
"""What lies farther off is drawn there, out of every frame: pixels are float32, and end a little beyond."""


def drawable(positions: Array) -> Array:
    """The positions, in any shape, none of them farther than `FARTHEST`. What is infinite or not known stays so: it is
    drawn nowhere."""
    return np.where(np.isfinite(positions), np.clip(positions, -FARTHEST, FARTHEST), positions)
