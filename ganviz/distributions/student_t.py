"""Heavy tails."""

import math

import torch
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.option import live


class StudentT(Distribution):
    """Student's t density with ν degrees of freedom: heavy, polynomial tails.

    p(x) ∝ (1 + ((x − μ)/s)² / ν)^(−(ν+1)/2); ν = 1 is Cauchy's density, which has no mean.
    Watch the tails: a bounded latent through a Lipschitz G has bounded support and can never fill them, so JSD
    stays above 0 however long you train.
    """

    df: float = live(3.0, ge=1, le=30, description="Degrees of freedom ν; small = heavy tails.")
    mean: float = live(0.0, ge=-5, le=5, description="Location μ.")
    scale: float = live(1.0, ge=0.05, le=4, description="Scale s.")

    def sample(self, n: int, source: Source) -> Tensor:
        # Bailey's polar method in one line: two uniforms give an exact t variate for any real ν.
        u, v = source.uniform_open(2, n, 1, dtype=torch.float64).unbind(0)
        radius = (self.df * (u ** (-2 / self.df) - 1)).sqrt()
        t: Tensor = radius * torch.cos(2 * math.pi * v)
        return (self.mean + self.scale * t).float()

    def log_prob(self, x: Tensor) -> Tensor:
        half = (self.df + 1) / 2
        constant = math.lgamma(half) - math.lgamma(self.df / 2) - math.log(self.scale * math.sqrt(self.df * math.pi))
        return constant - half * torch.log1p(((x - self.mean) / self.scale) ** 2 / self.df)

    def window(self) -> tuple[float, float]:
        return self.mean - 8 * self.scale, self.mean + 8 * self.scale
