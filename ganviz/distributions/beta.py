"""A bounded density of many shapes."""

import math

import torch
from torch import Generator, Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.option import live


class Beta(Distribution):
    """Beta density on [0, 1], stretched to [−2, 2].

    With t = (x + 2)/4: p(x) = t^(α−1) (1 − t)^(β−1) / (4 B(α, β)).
    α = β = 1 is uniform, α = β = ½ the arcsine law with poles at both ends, α ≠ β is skewed.
    Watch D near a pole: D* jumps from 1 to ½ within a hair's breadth.
    """

    alpha: float = live(2.0, ge=0.2, le=10, description="Exponent α at the left end.")
    beta: float = live(5.0, ge=0.2, le=10, description="Exponent β at the right end.")

    def sample(self, n: int, generator: Generator) -> Tensor:
        concentrations = torch.tensor([self.alpha, self.beta], dtype=torch.float64).expand(n, 2)
        left, right = torch._standard_gamma(concentrations, generator=generator).unbind(1)
        total = left + right
        return (4 * left / total.clamp_min(1e-300) - 2).float().unsqueeze(1)

    def log_prob(self, x: Tensor) -> Tensor:
        t = (x + 2) / 4
        inside = (t > 0) & (t < 1)
        safe = torch.where(inside, t, 0.5)
        constant = math.lgamma(self.alpha + self.beta) - math.lgamma(self.alpha) - math.lgamma(self.beta) - math.log(4)
        density = constant + (self.alpha - 1) * safe.log() + (self.beta - 1) * torch.log1p(-safe)
        return torch.where(inside, density, -torch.inf)

    def window(self) -> tuple[float, float]:
        return -2.6, 2.6
