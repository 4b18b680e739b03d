"""A run on the line at one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.engine.snapshot import Snapshot

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LineSnapshot(Snapshot):
    """A run on the line. The line is cut into n cells (see `ganviz.spaces.line.cells`); densities are held as masses of
    the cells."""

    edges: Array
    """Edges of the cells, (n+1,)."""
    p: Array
    """Mass of p_data in each cell, (n,)."""
    q: Array
    """Mass of p_g in each cell, (n,)."""
    exact: bool
    """Whether `q` is pushed forward exactly (one-dimensional latent) or a kernel estimate."""
    score: Array
    """D's raw score at the middle of each cell, (n,)."""
    discriminator: Array
    """D(x) at the middle of each cell in the loss's own scale, (n,)."""
    arrows_z: Array
    """Where the arrows z → G(z) start: one latent coordinate, (k,); the others are 0."""
    arrows_x: Array
    """Where they end, (k,)."""
    latent_window: tuple[float, float]
    """The part of the z line that is drawn."""

    def compared(self) -> tuple[Tensor, Tensor, Tensor]:
        """(edges, p, q), float64: what the optimal D compares in each cell. Nearly always the masses themselves, but
        blurred under instance noise and raised to a power under packing."""
        edges, p, q = (torch.from_numpy(array) for array in (self.edges, self.p, self.q))
        for option in self.experiment.regularizers:
            p, q = option.compared(edges, p, q, self.d_updates)
        return edges, p, q
