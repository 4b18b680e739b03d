"""Two squares with nothing between them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._plane import PlaneDistribution
from ganviz.distributions._tiles import unit_square
from ganviz.option import live


class Disjoint(PlaneDistribution):
    """The uniform densities on two squares, side by side, with a gap between them.

    p(x) = balance / side² on the left square and (1 − balance) / side² on the right one; 0 elsewhere.
    A continuous G of a connected latent has a connected range, so some of p_g must cross the gap. And while p_g has not
    reached the data: two disjoint compact supports have a smooth, perfectly accurate D whose gradient is 0 on both
    (Arjovsky and Bottou 2017, Theorem 2.1). Watch how thin a bridge p_g makes, and what a small share is worth to it.
    """

    side: float = live(1.0, ge=0.1, le=3, description="Side of each square.")
    gap: float = live(1.5, ge=0.05, le=4, description="Width of the gap between the squares.")
    balance: float = live(0.5, ge=0.05, le=0.95, description="Share of the mass that lies in the left square.")

    def sample(self, n: int, source: Source) -> Tensor:
        left = source.uniform(n) < self.balance
        points = self.side * unit_square(n, source)
        middle = torch.where(left, torch.full_like(points[:, 0], -self._offset()), self._offset())
        return torch.stack([middle + points[:, 0], points[:, 1]], 1)

    def log_prob(self, x: Tensor) -> Tensor:
        first, second = x.unbind(1)
        inside = torch.maximum((first.abs() - self._offset()).abs(), second.abs()) <= self.side / 2
        share = torch.where(first < 0, torch.full_like(first, math.log(self.balance)), math.log(1 - self.balance))
        return torch.where(inside, share - 2 * math.log(self.side), -math.inf)

    def _offset(self) -> float:
        """Distance of the squares' middles from 0."""
        return (self.gap + self.side) / 2

    def window(self) -> tuple[float, float]:
        reach = 1.15 * (self.gap / 2 + self.side)
        return -reach, reach
