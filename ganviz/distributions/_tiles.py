"""Densities that are constant on the squares of a chequered sheet around 0: the sampler and the density.

The sheet is a tensor of weights (columns, rows), not all 0: weights[i, j] belongs to the i-th column from the left and
the j-th row from below. Its squares all have the same side.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

MARGIN = 1e-5
"""How far from the sides of a square its samples stay, in parts of the side."""


def unit_square(n: int, generator: Generator) -> Tensor:
    """`n` uniform points (n, 2) of the unit square around 0, none so near to its sides that rounding, once the square
    has been moved and scaled, can carry the point out of it."""
    return (torch.rand(n, 2, generator=generator, dtype=torch.float32) - 0.5) * (1 - 2 * MARGIN)


def scatter(n: int, weights: Tensor, side: float, generator: Generator) -> Tensor:
    """`n` samples (n, 2), float32: a square drawn by its weight, and a uniform point in it."""
    square = torch.multinomial(weights.flatten(), n, replacement=True, generator=generator)
    columns, rows = weights.shape
    middle = torch.tensor([columns, rows], dtype=torch.float32) / 2
    place = torch.stack([square // rows, square % rows], 1).float() + 0.5 - middle
    return side * (place + unit_square(n, generator))


def log_density(x: Tensor, weights: Tensor, side: float) -> Tensor:
    """Log density in nats (n,) at `x` (n, 2), in the dtype of `x`; -inf off the sheet and where the weight is 0."""
    size = torch.tensor(weights.shape)
    place = (x / side + size.to(x.dtype) / 2).floor()
    on_sheet = ((place >= 0) & (place < size)).all(1)
    column, row = place.clamp(torch.zeros(2, dtype=torch.float32), size - 1).long().unbind(1)
    density = (weights / (weights.sum() * side**2))[column, row]
    return torch.where(on_sheet, density, 0.0).to(x.dtype).log()
