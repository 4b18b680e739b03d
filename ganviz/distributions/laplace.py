"""A peak with exponential tails."""

import math

import torch
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.option import live


class Laplace(Distribution):
    """Laplace density: a sharp peak and tails heavier than a normal's.

    p(x) = exp(−|x − μ| / b) / 2b, variance 2b².
    Watch the kink at μ: a generator with few linear pieces rounds it off.
    """

    mean: float = live(0.0, ge=-5, le=5, description="Location μ of the peak.")
    scale: float = live(1.0, ge=0.05, le=4, description="Scale b, the mean distance from μ.")

    def sample(self, n: int, source: Source) -> Tensor:
        centred = 2 * source.uniform_open(n, 1) - 1
        return self.mean - self.scale * centred.sign() * torch.log1p(-centred.abs())

    def log_prob(self, x: Tensor) -> Tensor:
        return -(x - self.mean).abs() / self.scale - math.log(2 * self.scale)

    def window(self) -> tuple[float, float]:
        return self.mean - 7 * self.scale, self.mean + 7 * self.scale
