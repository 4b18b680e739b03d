"""Equal bumps in a row."""

import math
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.distributions._kernel_density import Points
from ganviz.option import live


class Mixture(Distribution):
    """k equally likely normal densities, their means equally spaced around 0.

    p(x) = (1/k) Σᵢ N(x; mᵢ, σ²) with mᵢ = (i − (k−1)/2) · spacing.
    k = 2 is the bimodal target. Watch mode collapse: p_g settles on one bump and D chases it from bump to bump.
    """

    modes: int = live(2, ge=1, le=12, description="Number k of bumps.")
    spacing: float = live(3.0, ge=0.1, le=8, description="Distance between neighbouring means.")
    std: float = live(0.5, ge=0.05, le=3, description="Standard deviation σ of each bump.")

    def means(self) -> Tensor:
        """The k means, shape (k,), float64, in increasing order."""
        return torch.from_numpy(self._points.places).squeeze(1)

    @cached_property
    def _points(self) -> Points:
        return Points((np.arange(self.modes, dtype=np.float64)[:, None] - (self.modes - 1) / 2) * self.spacing)

    def sample(self, n: int, source: Source) -> Tensor:
        return self._points.scatter(n, self.std, source)

    def log_prob(self, x: Tensor) -> Tensor:
        standard = (x[:, None] - self.means().to(x.dtype)) / self.std
        normal = -0.5 * standard**2 - math.log(self.std * math.sqrt(2 * math.pi))
        return normal.logsumexp(1) - math.log(self.modes)

    def window(self) -> tuple[float, float]:
        reach = (self.modes - 1) / 2 * self.spacing + 4.5 * self.std
        return -reach, reach
