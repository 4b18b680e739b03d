"""A bounded density of many shapes."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.distributions._broken_line import BrokenLine
from ganviz.option import live

PIECES = 4096
"""Pieces of the broken line that is sampled."""


class Beta(Distribution):
    """Beta density on [0, 1], stretched to [−2, 2].

    With t = (x + 2)/4: p(x) = t^(α−1) (1 − t)^(β−1) / (4 B(α, β)).
    α = β = 1 is uniform, α = β = ½ the arcsine law with poles at both ends, α ≠ β is skewed.
    Watch D near a pole: D* jumps from 1 to ½ within a hair's breadth.
    """

    alpha: float = live(2.0, ge=0.2, le=10, description="Exponent α at the left end.")
    beta: float = live(5.0, ge=0.2, le=10, description="Exponent β at the right end.")

    @cached_property
    def _sampler(self) -> BrokenLine:
        """The law of s, where t = sᵖ / (sᵖ + (1 − s)^q): its density is a smooth one that is 0 at both ends, so that a
        broken line stands for it, its distribution function to 4 · 10⁻⁷."""
        p, q = self._powers()
        s = np.linspace(0, 1, PIECES + 1)
        inner = s[1:-1]
        logit = p * np.log(inner) - q * np.log1p(-inner)
        log_t, log_rest = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
        height = np.zeros_like(s)
        height[1:-1] = np.exp(self.alpha * log_t + self.beta * log_rest) * (p / inner + q / (1 - inner))
        return BrokenLine(s, height)

    def _powers(self) -> tuple[float, float]:
        """p and q: so large that poles of p(x) become zeros, and 1 where there is a zero already."""
        return max(1, 2 / self.alpha), max(1, 2 / self.beta)

    def sample(self, n: int, source: Source) -> Tensor:
        p, q = self._powers()
        s = self._sampler.sample(n, source)
        left, right = s**p, (1 - s) ** q
        return (4 * left / (left + right) - 2).float().unsqueeze(1)

    def log_prob(self, x: Tensor) -> Tensor:
        t = (x + 2) / 4
        inside = (t > 0) & (t < 1)
        safe = torch.where(inside, t, 0.5)
        constant = math.lgamma(self.alpha + self.beta) - math.lgamma(self.alpha) - math.lgamma(self.beta) - math.log(4)
        density = constant + (self.alpha - 1) * safe.log() + (self.beta - 1) * torch.log1p(-safe)
        return torch.where(inside, density, -torch.inf)

    def window(self) -> tuple[float, float]:
        return -2.6, 2.6
