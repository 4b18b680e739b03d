"""The box."""

import math

import torch
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.option import live


class Uniform(Distribution):
    """Uniform density on an interval [c − w/2, c + w/2].

    p(x) = 1/w inside, 0 outside. With a uniform latent the perfect generator is a straight line.
    Watch the edges: a smooth D needs long to make them sharp, and p_g spills over.
    """

    center: float = live(0.0, ge=-5, le=5, description="Middle c of the interval.")
    width: float = live(4.0, ge=0.2, le=12, description="Length w of the interval.")

    def sample(self, n: int, source: Source) -> Tensor:
        return self.center + self.width * (source.uniform(n, 1) - 0.5)

    def log_prob(self, x: Tensor) -> Tensor:
        inside = (x - self.center).abs() <= self.width / 2
        return torch.where(inside, torch.full_like(x, -math.log(self.width)), -torch.inf)

    def window(self) -> tuple[float, float]:
        return self.center - 0.85 * self.width, self.center + 0.85 * self.width
