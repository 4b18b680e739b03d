"""A run in the plane at one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganviz.engine.snapshot import Snapshot, middle

Array = NDArray[np.float64]


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
    latent_grid: Array
    """A grid of latents, (r, c, 2): in the plane of their first two coordinates, the others 0; r = 1 for a latent of
    one dimension, and the second coordinate is 0 there."""
    grid_image: Array
    """G of the latent grid, (r, c, 2)."""
    grid_density: Array
    """p_g on that image: the latent's mass in each cell of the latent grid over the area of the cell's image,
    (r-1, c-1); for a curve over its length, (1, c-1)."""

    @property
    def undecided(self) -> float:
        """The value of D(x) that means undecided: the loss's own, or for a critic, which is known up to a constant
        only, the middle between its means on real and on fake samples."""
        if self.d_scale is None:
            return middle(self.on_real, self.on_fake)
        return self.experiment.loss.decision()
