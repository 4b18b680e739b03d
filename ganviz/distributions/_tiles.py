"""Densities that are constant on the squares of a chequered sheet around 0: the sampler and the density.

The sheet is an array of weights (columns, rows), not all 0: weights[i, j] belongs to the i-th column from the left and
the j-th row from below. Its squares all have the same side.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._alias import Alias

Array = npt.NDArray[np.float64]

MARGIN = 1e-5
"""How far from the sides of a square its samples stay, in parts of the side."""


def unit_square(n: int, source: Source) -> Tensor:
    """`n` uniform points (n, 2) of the unit square around 0, none so near to its sides that rounding, once the square
    has been moved and scaled, can carry the point out of it."""
    return (source.uniform(n, 2) - 0.5) * (1 - 2 * MARGIN)


class Tiles:
    """The sampler, on squares of side 1."""

    def __init__(self, weights: Array) -> None:
        """`weights` (columns, rows)."""
        self._square = Alias(weights.ravel())
        middles = np.indices(weights.shape).reshape(2, -1).T + (1 - np.array(weights.shape)) / 2
        self._middles = middles.astype(np.float32)

    def sample(self, n: int, source: Source) -> Tensor:
        """`n` samples (n, 2), float32: a square drawn by its weight, and a uniform point in it."""
        return torch.from_numpy(self._middles)[self._square.sample(n, source)] + unit_square(n, source)


def log_density(x: Tensor, weights: Array, side: float) -> Tensor:
    """Log density in nats (n,) at `x` (n, 2), in the dtype of `x`; -inf off the sheet and where the weight is 0."""
    size = torch.tensor(weights.shape)
    place = (x / side + size.to(x.dtype) / 2).floor()
    on_sheet = ((place >= 0) & (place < size)).all(1)
    column, row = place.clamp(torch.zeros(2, dtype=torch.float32), size - 1).long().unbind(1)
    density = torch.from_numpy(weights / (weights.sum() * side**2))[column, row]
    return torch.where(on_sheet, density, 0.0).to(x.dtype).log()
