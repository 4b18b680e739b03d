"""Snapshot: what a run looks like at one moment, in arrays of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.experiment import Experiment

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Snapshot:
    """One moment of a run. The arrays are owned: nothing that happens later changes them."""

    experiment: Experiment
    """What ran."""
    step: int
    """Updates of G so far."""
    d_updates: int
    """Updates of D so far."""
    scalars: dict[str, float]
    """`loss_d`, `loss_g` (nats or squared units, without penalties), `grad_d`, `grad_g` (norms of the whole gradient
    of each player) of the last step; NaN before the first."""

    @property
    def judged_singly(self) -> bool:
        """Whether D judges samples one by one; only then is V(D, G) a sum over the line."""
        return not any(option.joint for option in self.experiment.regularizers)

    @property
    def d_scale(self) -> tuple[float, float] | None:
        """The range of D(x), None for a critic."""
        return self.experiment.loss.scale()


@dataclass(frozen=True)
class LineSnapshot(Snapshot):
    """A run on the line. The line is cut into n cells (see `ganviz.engine.cells`); densities are held as masses of
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


@dataclass(frozen=True)
class PlaneSnapshot(Snapshot):
    """A run in the plane: what is smooth lies on a grid of m × m points over the data's window, row = second
    coordinate; samples are the same latents and the same real points all through the run."""

    axis: Array
    """The grid's coordinates along either side of the square window, (m,), increasing."""
    fine_axis: Array
    """The same for a finer grid, (f,)."""
    density: Array
    """p_data at the points of the finer grid, (f, f), per unit of area."""
    estimate: Array
    """p_g at the grid's points, (m, m), per unit of area: a Gaussian kernel estimate from `fake`."""
    real: Array
    """Samples of p_data, (n, 2)."""
    fake: Array
    """G(z) for n fixed latents, (n, 2)."""
    discriminator: Array
    """D(x) at the grid's points in the loss's own scale, (m, m)."""
    on_real: Array
    """D(x) at the first k real samples, (k,)."""
    on_fake: Array
    """D(x) at the first k fakes, (k,)."""
    pull: Array
    """Minus the gradient of G's objective by each of the first k fakes, (k, 2), times their number: where D, or
    the loss that compares samples, sends each of them."""
    sheet: Array
    """G on a lattice of latents, (r, c, 2): the plane of the first two latent coordinates, the others 0; r = 1 for a
    latent of one dimension."""
    sheet_z: Array
    """The lattice itself, (r, c, 2); second coordinate 0 where there is none."""
    sheet_density: Array
    """p_g on the sheet: the latent's mass in each cell of the lattice over the area of its image, (r-1, c-1); for a
    curve over its length, (1, c-1)."""

    @property
    def undecided(self) -> float:
        """The value of D(x) that means undecided: the loss's own, or for a critic, which is known up to a constant
        only, the middle between its means on real and on fake samples."""
        if self.d_scale is None:
            return _middle(self.on_real, self.on_fake)
        return self.experiment.loss.decision()


Pictures = NDArray[np.float32]
"""Grey pictures, (n, 28, 28), pixels from 0 (background) to 1."""


@dataclass(frozen=True)
class ImageSnapshot(Snapshot):
    """A run on pictures. What is drawn in every frame is here; what is asked for only now and then is a function of the
    same moment, however much later it is called."""

    z: NDArray[np.float32]
    """The latents of the samples that are followed, (n, dim + condition_dim): the same ones all through the run. A
    sample's condition stands behind the latent's own coordinates."""
    fake: Pictures
    """Their images G(z)."""
    on_real: Array
    """D(x) in the loss's own scale on k pictures that are trained on, (k,); always the same ones."""
    on_held_out: Array
    """The same on k pictures that D never saw in training."""
    on_fake: Array
    """The same on k fakes, the first of which are `fake`."""
    draw: Callable[[int], Pictures]
    """G of so many latents, of which `z` are the first; always the same ones."""
    condition: Callable[[int], NDArray[np.float32]]
    """The conditions of those, (n, condition_dim)."""
    generate: Callable[[NDArray[Any]], Pictures]
    """G(z) for any latents (m, dim + condition_dim)."""
    judge: Callable[..., Array]
    """D(x) in the loss's own scale for any pictures (m, 28, 28) and their conditions (m, condition_dim), which may be
    left out where nothing is: (m,)."""
    nearest: Callable[[Pictures], tuple[Pictures, Array]]
    """For each picture the one nearest to it among all that are trained on, found by exact search, and how far it is:
    the root of the sum of squared differences of the pixels, (m,)."""
    saliency: Callable[..., Array]
    """Gradient of D's raw score by each pixel, (m, 28, 28), of the same: where a little more ink makes D believe more.
    """

    @property
    def undecided(self) -> float:
        """The value of D(x) that means undecided; for a critic the middle between its means on real and on fake."""
        if self.d_scale is None:
            return _middle(self.on_real, self.on_fake)
        return self.experiment.loss.decision()


def _middle(one: Array, other: Array) -> float:
    """The middle between two means; NaN where that is not known, as between −∞ and ∞."""
    with np.errstate(invalid="ignore"):
        return float(one.mean() + other.mean()) / 2
