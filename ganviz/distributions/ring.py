"""Bumps on a circle."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ganviz.contracts.distribution import Bumps
from ganviz.contracts.source import Source
from ganviz.distributions._kernel_density import Points
from ganviz.distributions._plane import PlaneDistribution
from ganviz.option import live


class Ring(PlaneDistribution):
    """k equally likely round normal densities, equally spaced on a circle around 0.

    p(x) = (1/k) Σᵢ N(x; r (cos 2πi/k, sin 2πi/k), σ² I), i = 0 … k−1: k different bumps (well-known code has one fewer,
    because it counts the angle 0 = 2π twice). PacGAN's and VEEGAN's ring: k = 8, r = 1, σ = 0.01; WGAN-GP's: r = √2,
    σ = 0.01414. Watch which bumps p_g finds, and whether it keeps them.
    """

    modes: int = live(8, ge=1, le=25, description="Number k of bumps.")
    radius: float = live(1.0, ge=0.1, le=5, description="Radius r of the circle.")
    std: float = live(0.05, ge=0.005, le=1, description="Standard deviation σ of each bump.")

    def centers(self) -> Tensor:
        """The k centres, (k, 2) float64."""
        return torch.from_numpy(self._points.places)

    @cached_property
    def _points(self) -> Points:
        angle = np.arange(self.modes) * (2 * math.pi / self.modes)
        return Points(self.radius * np.stack([np.cos(angle), np.sin(angle)], 1))

    def bumps(self) -> Bumps:
        return Bumps(self.centers(), self.std)

    def sample(self, n: int, source: Source) -> Tensor:
        return self._points.scatter(n, self.std, source)

    def log_prob(self, x: Tensor) -> Tensor:
        squared = (x[:, None, :] - self.centers().to(x.dtype)).square().sum(2) / self.std**2
        return (-0.5 * squared).logsumexp(1) - math.log(self.modes * 2 * math.pi * self.std**2)

    def window(self) -> tuple[float, float]:
        reach = 1.2 * self.radius + 3.5 * self.std
        return -reach, reach
