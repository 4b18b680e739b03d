"""The latent grid: latents at regular steps, of which G makes an image that stretches and folds."""

from __future__ import annotations

import torch
from torch import Tensor

from ganviz.contracts.latent import Latent

SIDE = 25
"""Nodes along each side of the grid, for latents of two dimensions and more."""

LENGTH = 301
"""Nodes of the curve, for latents of one."""

ENDS = 0.005
"""Share of the latent left out at each end of each coordinate: an unbounded one goes far there for little mass."""


class LatentGrid:
    """Latents at equal steps of the distribution function in the first two coordinates (or the only one), 0 in the
    others; all cells carry the same mass."""

    def __init__(self, latent: Latent) -> None:
        columns, rows = (LENGTH, 1) if latent.dim == 1 else (SIDE, SIDE)
        levels = torch.linspace(ENDS, 1 - ENDS, columns, dtype=torch.float64)
        line = latent.quantile(levels)
        self.nodes = torch.zeros(rows, columns, 2, dtype=torch.float64)
        """The first two coordinates, (r, c, 2)."""
        self.nodes[:, :, 0] = line
        if rows > 1:
            self.nodes[:, :, 1] = line[:, None]
        shown = min(latent.dim, 2)
        self.latents = torch.zeros(rows * columns, latent.dim, dtype=torch.float64)
        """The nodes as latents, (r·c, dim) float64, row by row."""
        self.latents[:, :shown] = self.nodes.reshape(-1, 2)[:, :shown]
        step = float(levels[1] - levels[0])
        self._mass = step if rows == 1 else step**2

    def density(self, image: Tensor) -> Tensor:
        """p_g on the grid's image (r, c, 2): mass of each cell over the area of its image, (r-1, c-1); of a curve,
        over the length of each piece, (1, c-1). What is crushed to nothing gets a tiny area, so that its density stays
        finite. NaN where a corner's place is not known, or where both are infinitely far away."""
        if len(image) == 1:
            size: Tensor = torch.linalg.vector_norm(image.diff(dim=1), dim=2)
        else:
            # Half the cross product of the diagonals is the area of a quadrangle.
            rising = image[1:, 1:] - image[:-1, :-1]
            falling = image[1:, :-1] - image[:-1, 1:]
            size = (rising[..., 0] * falling[..., 1] - rising[..., 1] * falling[..., 0]).abs() / 2
        return self._mass / size.clamp_min(1e-12)
