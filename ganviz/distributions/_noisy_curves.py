"""What noisy curves have in common: a point of a curve plus round normal noise."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._kernel_density import log_density
from ganviz.distributions._plane import PlaneDistribution

STEPS = 1024
"""Pieces of the broken line that a curve is measured by."""


class NoisyCurve(PlaneDistribution, ABC):
    """c(t) + σ ε with t uniform in [0, 1] and ε standard normal, c one of k equally likely curves.

    p(x) = (1/k) Σⱼ ∫ N(x; cⱼ(t), σ² I) dt. The integral is a Gauss-Legendre quadrature: five nodes in each of equal
    panels of t, none of which moves c by more than 2σ, so that its error is about 10⁻⁶ of the density on the curve.
    """

    @abstractmethod
    def curve(self, t: Tensor, which: Tensor) -> Tensor:
        """The points (n, 2) at parameters `t` (n,) in [0, 1], each on curve number `which` (n,) of 0 … k−1. For
        another law along the curve than the uniform one in `t`, give it another parameter."""

    @abstractmethod
    def sigma(self) -> float:
        """Standard deviation σ of the noise along each axis."""

    def curves(self) -> int:
        """Number k of curves."""
        return 1

    def sample(self, n: int, source: Source) -> Tensor:
        t = source.uniform(n)
        which = source.integers(self.curves(), n)
        return self.curve(t, which) + self.sigma() * source.normal(n, 2)

    def log_prob(self, x: Tensor) -> Tensor:
        nodes, weights = self.nodes()
        return log_density(x, nodes, self.sigma(), weights)

    def nodes(self) -> tuple[Tensor, Tensor]:
        """Nodes of the quadrature on all curves, (m, 2), and their weights, (m,), which sum to 1; float64."""
        longest = float(self._outline().diff(dim=1).norm(dim=2).max()) * STEPS
        # At least eight panels: with much noise on a small curve it is the curve that has to be resolved.
        panels = max(8, math.ceil(longest / (2 * self.sigma())))
        nodes, weights = (torch.from_numpy(array) for array in np.polynomial.legendre.leggauss(5))
        t = (torch.arange(panels)[:, None] + (nodes + 1) / 2).flatten() / panels
        return self._everywhere(t), weights.repeat(panels * self.curves()) / (2 * panels * self.curves())

    def window(self) -> tuple[float, float]:
        reach = 1.1 * float(self._outline().abs().max()) + 3.5 * self.sigma()
        return -reach, reach

    def _outline(self) -> Tensor:
        """Each curve as a broken line, (k, STEPS + 1, 2) float64."""
        t = torch.linspace(0, 1, STEPS + 1, dtype=torch.float64)
        return self._everywhere(t).reshape(self.curves(), -1, 2)

    def _everywhere(self, t: Tensor) -> Tensor:
        """The points of all curves at all of `t` (n,): (k·n, 2), curve by curve."""
        k = self.curves()
        return self.curve(t.repeat(k), torch.arange(k).repeat_interleave(len(t)))
