"""p_g in the plane: a kernel estimate on a grid."""

from __future__ import annotations

import math

import torch
from torch import Tensor

WIDTH = 1.5
"""Standard deviation of the kernel, in cells of the grid."""


def smoothed(samples: Tensor, axis: Tensor) -> Tensor:
    """Density of samples (n, 2) at the points of the square grid over `axis` (m,) float64, (m, m), row = second
    coordinate.

    A Gaussian kernel of fixed width, on counts in cells: what is narrower than two cells is drawn as wide as that.
    Samples outside the grid count in n but are not drawn. NaN where a sample is.
    """
    m, cell = len(axis), axis[1] - axis[0]
    edges = axis[0] - cell / 2 + cell * torch.arange(m + 1, dtype=axis.dtype)
    column, row = (torch.searchsorted(edges, side.to(axis.dtype).contiguous(), right=True) - 1 for side in samples.T)
    inside = (column >= 0) & (column < m) & (row >= 0) & (row < m)
    place = torch.where(inside, row * m + column, 0)
    counts = axis.new_zeros(m * m).scatter_add(0, place, inside.to(axis.dtype)).reshape(m, m)
    steps = torch.arange(m, dtype=axis.dtype)
    kernel = torch.exp(-0.5 * ((steps[:, None] - steps) / WIDTH) ** 2) / (WIDTH * math.sqrt(2 * math.pi))
    lost = torch.where(samples.isnan().any(), math.nan, 0.0)
    return kernel @ counts @ kernel.T / (len(samples) * cell**2) + lost
