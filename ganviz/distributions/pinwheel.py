"""Curved petals around a centre."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._plane import PlaneDistribution
from ganviz.option import live


class Pinwheel(PlaneDistribution):
    """k equally likely normal petals around 0, twisted more the farther out.

    y = r (1 + ρ ε₁, τ ε₂) with ε standard normal, and x is y turned about 0 by 2πj/k + rate · exp(|y|/r), petal
    j = 0 … k−1. To turn each circle by an angle of its own keeps all areas, so that p(x) = (1/k) Σⱼ p(yⱼ), where yⱼ is
    x turned back: an exact density. (Usual code takes exp of y₁/r, not of |y|/r, which is nearly the same picture, but
    not one that can be turned back.) Watch p_g find the petals one by one and cut their curved tips short.
    """

    arms: int = live(5, ge=2, le=12, description="Number k of petals.")
    radius: float = live(1.0, ge=0.2, le=2, description="Distance r of the petals' middle from 0, before the twist.")
    radial_std: float = live(0.3, ge=0.05, le=0.5, description="Length ρ of a petal: standard deviation in units of r.")
    tangential_std: float = live(0.1, ge=0.02, le=0.5, description="Width τ of a petal: standard deviation over r.")
    rate: float = live(0.25, ge=-1, le=1, description="Strength and sense of the twist; 0 leaves straight petals.")

    def sample(self, n: int, source: Source) -> Tensor:
        petal = source.integers(self.arms, n)
        spread = torch.tensor([self.radial_std, self.tangential_std], dtype=torch.float32)
        out = torch.tensor([1.0, 0.0], dtype=torch.float32)
        y = source.normal(n, 2) * spread + out
        return self.radius * _turned(y, self._twist(y) + petal.float() * (2 * math.pi / self.arms))

    def log_prob(self, x: Tensor) -> Tensor:
        scaled = x / self.radius
        untwisted = -self._twist(scaled)
        petals = [_turned(scaled, untwisted - 2 * math.pi * j / self.arms) for j in range(self.arms)]
        return torch.stack([self._petal(y) for y in petals]).logsumexp(0) - math.log(self.arms * self.radius**2)

    def _petal(self, y: Tensor) -> Tensor:
        """Log density (n,) of the petal that lies along the first axis, at `y` (n, 2) in units of r."""
        squared = ((y[:, 0] - 1) / self.radial_std) ** 2 + (y[:, 1] / self.tangential_std) ** 2
        return -squared / 2 - math.log(2 * math.pi * self.radial_std * self.tangential_std)

    def _twist(self, y: Tensor) -> Tensor:
        """The angle (n,) by which the points `y` (n, 2), in units of r, are turned: a function of |y| alone."""
        # Clamped where no sample ever is, because exp must stay finite for the density's tail to be a number.
        distance: Tensor = torch.linalg.vector_norm(y, dim=1)
        return self.rate * distance.clamp_max(10).exp()

    def window(self) -> tuple[float, float]:
        reach = self.radius * math.hypot(1 + 3.5 * self.radial_std, 3.5 * self.tangential_std)
        return -reach, reach


def _turned(y: Tensor, angle: Tensor) -> Tensor:
    """The points `y` (n, 2), each turned about 0 by its `angle` (n,)."""
    cos, sin = angle.cos(), angle.sin()
    return torch.stack([cos * y[:, 0] - sin * y[:, 1], sin * y[:, 0] + cos * y[:, 1]], 1)
