"""Bumps on a square grid."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ganviz.contracts.distribution import Bumps
from ganviz.contracts.source import Source
from ganviz.distributions._kernel_density import Points, log_density
from ganviz.distributions._plane import PlaneDistribution
from ganviz.option import live


class Grid(PlaneDistribution):
    """k × k equally likely round normal densities on a square grid around 0.

    p(x) = (1/k²) Σᵢⱼ N(x; (mᵢ, mⱼ), σ² I) with mᵢ = (i − (k−1)/2) · spacing, i, j = 0 … k−1.
    PacGAN's grid, which follows VEEGAN: k = 5, spacing 2 (centres {−4, −2, 0, 2, 4}²), σ = 0.05; WGAN-GP's: k = 5,
    spacing 0.7072, σ = 0.01768. Watch which of the k² bumps p_g finds, and how much of it lies between them.
    """

    modes: int = live(5, ge=1, le=10, description="Number k of bumps along each axis.")
    spacing: float = live(1.0, ge=0.1, le=3, description="Distance between neighbouring bumps.")
    std: float = live(0.05, ge=0.005, le=1, description="Standard deviation σ of each bump.")

    def centers(self) -> Tensor:
        """The k² centres, (k², 2) float64."""
        return torch.from_numpy(self._points.places)

    @cached_property
    def _points(self) -> Points:
        means = (np.arange(self.modes, dtype=np.float64) - (self.modes - 1) / 2) * self.spacing
        return Points(np.stack(np.meshgrid(means, means, indexing="ij"), 2).reshape(-1, 2))

    def bumps(self) -> Bumps:
        return Bumps(self.centers(), self.std)

    def sample(self, n: int, source: Source) -> Tensor:
        return self._points.scatter(n, self.std, source)

    def log_prob(self, x: Tensor) -> Tensor:
        return log_density(x, self.centers(), self.std)

    def window(self) -> tuple[float, float]:
        reach = self.modes / 2 * self.spacing + 3.5 * self.std
        return -reach, reach
