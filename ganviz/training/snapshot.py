"""Snapshot: what a run looks like at one moment, in arrays of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.experiment import Experiment
from ganviz.regularizers.base import Regularizer

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Snapshot:
    """One moment of a run. The arrays are owned: nothing that happens later changes them.

    The line is cut into n cells (see `ganviz.training.cells`); densities are held as masses of the cells.
    """

    experiment: Experiment
    step: int
    """Updates of G so far."""
    d_updates: int
    """Updates of D so far."""
    scalars: dict[str, float]
    """`loss_d`, `loss_g` (nats or squared units, without penalties), `grad_d`, `grad_g` (norms of the whole gradient
    of each player) of the last step; NaN before the first."""
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
            p, q = cast(Regularizer, option).compared(edges, p, q, self.d_updates)
        return edges, p, q

    @property
    def judged_singly(self) -> bool:
        """Whether D judges samples one by one; only then is V(D, G) a sum over the line."""
        return not any(cast(Regularizer, option).joint for option in self.experiment.regularizers)

    @property
    def d_scale(self) -> tuple[float, float] | None:
        """The range of D(x), None for a critic."""
        return self.experiment.loss.scale()  # type: ignore[attr-defined,no-any-return]
