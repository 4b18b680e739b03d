"""A round normal bump at each of many points: the sampler and the density, in any number of dimensions.

p(x) = Σᵢ wᵢ N(x; pointᵢ, σ² I), with weights wᵢ that sum to 1 (equal ones unless given).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganviz.contracts.source import Source

Array = npt.NDArray[np.float64]

PAIRS = 2**18
"""How many pairs of a place and a point are held at once: bounds the memory, however many there are of both."""


class Points:
    """Points, each as likely: the sampler."""

    def __init__(self, places: Array) -> None:
        """`places` (m, d)."""
        self.places = places
        self._single = places.astype(np.float32)

    def scatter(self, n: int, std: float, source: Source) -> Tensor:
        """`n` samples (n, d), float32: one of the points, plus normal noise of deviation `std`."""
        m, d = self._single.shape
        which = source.integers(m, n)
        return torch.from_numpy(self._single).index_select(0, which) + std * source.normal(n, d)


def log_density(x: Tensor, points: Tensor, std: float, weights: Tensor | None = None) -> Tensor:
    """Log density in nats (n,) at `x` (n, d), of bumps at `points` (m, d) with `weights` (m,); the dtype of `x`."""
    m, d = points.shape
    weights = points.new_full((m,), 1 / m) if weights is None else weights
    # The constants go into the weights in float64, before they are rounded to the precision of x.
    heights = (weights.double().log() - d / 2 * math.log(2 * math.pi * std**2)).to(x.dtype)
    nodes = points.to(x.dtype)
    parts = torch.split(x, max(1, PAIRS // m))
    return torch.cat([(heights - _squared(part, nodes) / (2 * std**2)).logsumexp(1) for part in parts])


def _squared(x: Tensor, points: Tensor) -> Tensor:
    """Squared distances (n, m): coordinate by coordinate, because |x|² − 2x·point + |point|² cancels in float32."""
    coordinates = zip(x.unbind(1), points.unbind(1), strict=True)
    return sum(((here[:, None] - there).square() for here, there in coordinates), start=x.new_zeros(()))
