"""Normal scores: every latent seen as a standard normal one, so that one can walk in it without leaving it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from ganviz.contracts.latent import Latent

Array = NDArray[np.float64]

REACH = 6.5
"""Where the scores end, as the normal latent does: beyond lies 1e-10 of the mass."""

NODES = 8001
"""Points at which the map is tabulated: it is linear between them, so that there and back is exact."""


def to_scores(latent: Latent, z: NDArray[np.floating]) -> Array:
    """Φ⁻¹(F(z)) of each coordinate, F the latent's distribution function: of a normal latent z itself. Any shape."""
    scores, values = _table(latent)
    seen: Array = np.interp(z, values, scores)
    return seen


def from_scores(latent: Latent, scores: Array) -> NDArray[np.float32]:
    """F⁻¹(Φ(w)) of each coordinate: inside the latent's support for any real w. Any shape."""
    known, values = _table(latent)
    return np.interp(scores, known, values).astype(np.float32)


@lru_cache(maxsize=8)
def _table(latent: Latent) -> tuple[Array, Array]:
    """(scores, the latent's values there), (NODES,) each, both in ascending order."""
    scores = torch.linspace(-REACH, REACH, NODES, dtype=torch.float64)
    return scores.numpy(), latent.quantile(torch.special.ndtr(scores)).numpy()
