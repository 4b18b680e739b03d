"""The generator's fabric: what G makes of a lattice of latents."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.latent import Latent

Array = NDArray[np.float64]

SIDE = 25
"""Nodes along each side of the lattice, for latents of two dimensions and more."""

LENGTH = 301
"""Nodes of the curve, for latents of one."""

ENDS = 0.005
"""Share of the latent left out at each end of each coordinate: an unbounded one goes far there for little mass."""


class Lattice:
    """Latents at equal steps of the distribution function in the first two coordinates (or the only one), 0 in the
    others; all cells carry the same mass."""

    def __init__(self, latent: Latent) -> None:
        self._dim = latent.dim
        columns, rows = (LENGTH, 1) if latent.dim == 1 else (SIDE, SIDE)
        levels = torch.linspace(ENDS, 1 - ENDS, columns, dtype=torch.float64)
        line = latent.quantile(levels)
        self.z: Array = np.zeros((rows, columns, 2))
        self.z[:, :, 0] = line.numpy()
        if rows > 1:
            self.z[:, :, 1] = line.numpy()[:, None]
        step = float(levels[1] - levels[0])
        self._mass = step if rows == 1 else step**2

    def latents(self) -> Tensor:
        """The nodes as latents, (r·c, dim) float64, row by row."""
        z = torch.zeros(self.z.shape[0] * self.z.shape[1], self._dim, dtype=torch.float64)
        shown = min(self._dim, 2)
        z[:, :shown] = torch.from_numpy(self.z.reshape(-1, 2)[:, :shown])
        return z

    def image(self, generate: Callable[[Tensor], Array]) -> Array:
        """G of the nodes, (r, c, 2)."""
        return generate(self.latents()).reshape(self.z.shape)

    def density(self, sheet: Array) -> Array:
        """p_g on the sheet: mass of each cell over the area of its image, (r-1, c-1); of a curve, over the length of
        each piece, (1, c-1). What is crushed to nothing gets a tiny area, so that its density stays finite.
        NaN where a corner's place is not known, or where both are infinitely far away."""
        # ∞ − ∞ is not known, and no reason for a warning.
        with np.errstate(invalid="ignore", over="ignore"):
            size = _lengths(sheet) if len(sheet) == 1 else _areas(sheet)
        density: Array = self._mass / np.maximum(size, 1e-12)
        return density


def _lengths(curve: Array) -> Array:
    """Lengths of the pieces between the nodes (1, c, 2), (1, c-1)."""
    length: Array = np.hypot(*np.moveaxis(np.diff(curve, axis=1), 2, 0))
    return length


def _areas(sheet: Array) -> Array:
    """Areas of the quadrangles between the nodes (r, c, 2), (r-1, c-1): half the cross product of the diagonals."""
    rising = sheet[1:, 1:] - sheet[:-1, :-1]
    falling = sheet[1:, :-1] - sheet[:-1, 1:]
    area: Array = np.abs(rising[..., 0] * falling[..., 1] - rising[..., 1] * falling[..., 0]) / 2
    return area
