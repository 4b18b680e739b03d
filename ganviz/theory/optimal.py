"""The optimal discriminator against the current generator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganviz.spaces.line.snapshot import LineSnapshot

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-9
"""Densities below this share of the tallest cell count as absent: there D* is a matter of rounding."""


def optimal_discriminator(snapshot: LineSnapshot) -> Array:
    """D*(x) at the middle of each cell, in the loss's own scale, (n,); NaN where neither
    density has mass, and everywhere for a loss whose optimum has no closed form."""
    loss = snapshot.experiment.loss
    edges, p, q = snapshot.compared()
    best = loss.optimal_score(edges, p, q)
    if best is None:
        return np.full(len(snapshot.p), np.nan)
    star: Array = loss.discriminate(best).numpy()
    density = np.maximum(snapshot.p, snapshot.q) / np.diff(snapshot.edges)
    return np.where(density > NEGLIGIBLE * density.max(), star, np.nan)
