"""Transport along lines."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ganviz.contracts.loss import PotentialLoss
from ganviz.option import live

LEAST = 1e-6
"""The map T is followed between this level and 1 − it. Beyond, where p_g has next to nothing, T stays: the map out of
an empty place has no closed form, and an unbounded p_data would send it to infinity."""


class SlicedWasserstein(PotentialLoss):
    """Sliced Wasserstein (Deshpande et al. 2018, without their discriminator): G minimises a distance by sorting.

    The mean over directions of W₂² between the projected minibatches: project, sort, compare (no ½, no root). On
    the line one direction is all there is; in the plane they are equally spaced over half a turn, beyond it they
    are fixed pseudo-random ones. 0 at p_g = p_data. Where D(x) stood, on the line: the function whose slope is T(x)
    − x, with T the monotone map that carries p_g to p_data; in the plane, the mean of such functions over the
    lines. Watch every sample walk straight to its place, quantile by quantile.
    """

    generator_needs_real: ClassVar[bool] = True

    directions: int = live(32, ge=1, le=256, log=True, description="Lines on which samples are compared.")

    def outputs(self) -> int:
        return 0

    def d_loss(self, real_score: Tensor, fake_score: Tensor) -> Tensor:
        return -self._distance(real_score, fake_score)

    def g_loss(self, real_score: Tensor | None, fake_score: Tensor) -> Tensor:
        assert real_score is not None
        return self._distance(real_score, fake_score)

    def _distance(self, real: Tensor, fake: Tensor) -> Tensor:
        lines = _lines(real.shape[1], self.directions).to(real)
        one, two = (torch.sort(samples @ lines, dim=0).values for samples in (real, fake))
        return (one - two).square().mean()

    def witness(self, at: Tensor, support: Tensor, p: Tensor, q: Tensor) -> Tensor:
        lines = _lines(support.shape[1], self.directions).to(support)
        return torch.stack([self._along(at @ line, support @ line, p, q) for line in lines.T]).mean(0)

    def _along(self, at: Tensor, x: Tensor, p: Tensor, q: Tensor) -> Tensor:
        """The potential of one line at `at` (m,), from masses at `x` (n,): (m,)."""
        x, order = torch.sort(x)
        # Cells of even width have their edges halfway between their middles.
        edges = torch.cat([x[:1] * 1.5 - x[1:2] / 2, (x[1:] + x[:-1]) / 2, x[-1:] * 1.5 - x[-2:-1] / 2])
        potential = self.optimal_score(edges, p[order], q[order])
        i = torch.searchsorted(x, at.contiguous()).clamp(1, len(x) - 1)
        share = ((at - x[i - 1]) / (x[i] - x[i - 1]).clamp_min(1e-12)).clamp(0, 1)
        return torch.lerp(potential[i - 1], potential[i], share)

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> Tensor:
        centers = (edges[1:] + edges[:-1]) / 2
        # T(x): the point of p_data's line at which its distribution function has the level that p_g's has at x.
        level = (q.cumsum(0) - q / 2).clamp(LEAST, 1 - LEAST)
        target = _quantile(edges, p, level)
        slope = target - centers
        rise = (slope[1:] + slope[:-1]) / 2 * centers.diff()
        # Fixed up to a constant: 0 at the data's median. Summed outwards from there, for the far cells are huge.
        middle = torch.searchsorted(p.cumsum(0), p.new_full((1,), 0.5)).clamp(max=len(p) - 1)
        before = torch.arange(len(rise)) < middle
        left = -torch.where(before, rise, 0.0).flip(0).cumsum(0).flip(0)
        right = torch.where(before, 0.0, rise).cumsum(0)
        zero = slope.new_zeros(1)
        return torch.cat([left, zero]) + torch.cat([zero, right])

    def value(self, p: Tensor, q: Tensor, score: Tensor) -> float:
        # W₂² needs the cells' places, which a score does not carry.
        return math.nan

    def equilibrium(self) -> tuple[float, float]:
        return 0.0, 0.0


def _lines(dim: int, directions: int) -> Tensor:
    """Unit vectors, (dim, directions) float64; always the same ones."""
    if dim == 1:
        return torch.ones(1, 1, dtype=torch.float64)
    count = torch.arange(dim * directions, dtype=torch.float64)
    if dim == 2:
        angle = count[:directions] * (math.pi / directions)
        return torch.stack([angle.cos(), angle.sin()])
    # Not torch's random numbers: a captured step would draw them anew each time. Far digits of a sine do as well, and
    # of normal coordinates every direction is equally likely.
    level = torch.remainder(torch.sin(12.9898 * (count + 1)) * 43758.5453, 1).clamp(1e-6, 1 - 1e-6)
    return normalize(torch.special.ndtri(level).reshape(directions, dim), dim=1).T


def _quantile(edges: Tensor, p: Tensor, level: Tensor) -> Tensor:
    """The quantile function of cell masses `p` at the levels, linear inside a cell."""
    cdf = torch.cat([p.new_zeros(1), p.cumsum(0)]).clamp(max=1.0)
    # Among equal values the last comes before the mass: the search must not end in an empty cell.
    i = torch.searchsorted(cdf, level, right=True).clamp(1, len(p))
    below, above = cdf[i - 1], cdf[i]
    share = ((level - below) / (above - below).clamp_min(1e-300)).clamp(0, 1)
    return torch.lerp(edges[i - 1], edges[i], share)
