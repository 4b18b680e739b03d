"""A normal density in the plane."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._plane import PlaneDistribution
from ganviz.option import live


class Gaussian2D(PlaneDistribution):
    """A normal density with a mean, two standard deviations and a correlation.

    p(x) = exp(−(u² − 2ρuv + v²) / (2(1 − ρ²))) / (2π σ₁σ₂ √(1 − ρ²)) with u = (x₁ − m₁)/σ₁, v = (x₂ − m₂)/σ₂.
    One mode, nothing to drop: what goes wrong here is the game and not the data. Watch whether p_g circles around the
    mean, and whether it keeps the width across when the correlation is near ±1.
    """

    mean_x: float = live(0.0, ge=-3, le=3, description="Mean m₁ of x₁.")
    mean_y: float = live(0.0, ge=-3, le=3, description="Mean m₂ of x₂.")
    std_x: float = live(1.0, ge=0.05, le=3, description="Standard deviation σ₁ of x₁.")
    std_y: float = live(0.5, ge=0.05, le=3, description="Standard deviation σ₂ of x₂.")
    correlation: float = live(0.5, ge=-0.99, le=0.99, description="Correlation ρ of x₁ and x₂.")

    def sample(self, n: int, source: Source) -> Tensor:
        first, other = source.normal(n, 2).unbind(1)
        second = self.correlation * first + math.sqrt(1 - self.correlation**2) * other
        return torch.stack([self.mean_x + self.std_x * first, self.mean_y + self.std_y * second], 1)

    def log_prob(self, x: Tensor) -> Tensor:
        u, v = (x[:, 0] - self.mean_x) / self.std_x, (x[:, 1] - self.mean_y) / self.std_y
        rest = 1 - self.correlation**2
        squared = (u**2 - 2 * self.correlation * u * v + v**2) / rest
        return -squared / 2 - math.log(2 * math.pi * self.std_x * self.std_y * math.sqrt(rest))

    def window(self) -> tuple[float, float]:
        reach = max(abs(self.mean_x) + 3.5 * self.std_x, abs(self.mean_y) + 3.5 * self.std_y)
        return -reach, reach
