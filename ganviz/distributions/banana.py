"""A bent normal density."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._plane import PlaneDistribution
from ganviz.option import live


class Banana(PlaneDistribution):
    """A normal density bent along a parabola.

    x₁ = ℓ ε₁ and x₂ = b ℓ (ε₁² − 1) + w ε₂ with ε standard normal; to shift x₂ by a function of x₁ keeps all areas, so
    p(x) = N(x₁; 0, ℓ²) · N(x₂ − b ℓ (x₁²/ℓ² − 1); 0, w²). Both means are 0 and the correlation is 0, whatever the
    bend: no correlation can see it. Watch the horns, where there are few samples: they are what p_g learns last.
    """

    length: float = live(1.0, ge=0.2, le=2, description="Standard deviation ℓ of x₁.")
    bend: float = live(0.4, ge=-1, le=1, description="Bend b; below 0 the horns point down.")
    width: float = live(0.2, ge=0.02, le=1, description="Standard deviation w across the bend, along x₂.")

    def sample(self, n: int, source: Source) -> Tensor:
        first, second = source.normal(n, 2).unbind(1)
        return torch.stack([self.length * first, self._middle(first) + self.width * second], 1)

    def log_prob(self, x: Tensor) -> Tensor:
        first = x[:, 0] / self.length
        second = (x[:, 1] - self._middle(first)) / self.width
        return -(first**2 + second**2) / 2 - math.log(2 * math.pi * self.length * self.width)

    def _middle(self, first: Tensor) -> Tensor:
        """The mean of x₂ where x₁/ℓ is `first`, (n,)."""
        return self.bend * self.length * (first**2 - 1)

    def window(self) -> tuple[float, float]:
        # The parabola is highest at the horns: 3σ along it leaves out 0.3 %, and 3.3σ across 0.1 %.
        reach = max(3.3 * self.length, abs(self.bend) * self.length * (3**2 - 1) + 3.3 * self.width)
        return -reach, reach
