"""A run on the circle at one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganviz.engine.snapshot import Snapshot

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CircleSnapshot(Snapshot):
    """A run on the circle, which is cut into n equal sectors."""

    angles: Array
    """The middle of each sector, (n,)."""
    p: Array
    """Share of p_data in each sector, (n,)."""
    q: Array
    """Share of m fakes in each sector, (n,)."""
    discriminator: Array
    """D at the middle of each sector in the loss's own scale, (n,)."""
    fake: Array
    """G(z) for m fixed latents, (m,)."""
    real: Array
    """As many samples of p_data, (m,)."""
