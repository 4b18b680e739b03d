"""p_g in one dimension: the density of x = G(z), pushed forward from the latent."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

NODES = 2048
"""Cells of a kernel estimate."""

WIDEST = 1000
"""The farthest that a kernel reaches, in cells."""

BLOCK = 64
"""Counts that are convolved side by side."""

STEP = 2.0**-52
"""From a number to the next is this share of it at most."""


class PushForward:
    """The law of G(z) for a piecewise-linear G on cells of the latent that carry known mass.

    Between neighbouring nodes z_i, z_{i+1} the map is taken as linear, so that the cell's mass is spread evenly between
    x_i and x_{i+1}; folds add up. The law then is piecewise constant, integrates to 1 by construction, and converges
    as the cells shrink (exact for an affine G of a uniform latent and wherever a ReLU network has no kink inside a
    cell). All in float64, and in plain tensor operations.
    """

    def __init__(self, x: Tensor, mass: Tensor) -> None:
        """`x`: images G(z_i) of the n+1 nodes, in the order of z. `mass`: the latent's mass in the n cells. Where one
        of them is not finite the law is not known: its density and its distribution function are NaN everywhere."""
        # 0 where all are finite: 0 · ∞ is NaN as well.
        self._lost = (0 * x).sum() + (0 * mass).sum()
        low, high = torch.minimum(x[1:], x[:-1]), torch.maximum(x[1:], x[:-1])
        # A cell that G maps to a point gets a width, tiny against the picture, so that its density stays finite.
        high = torch.maximum(high, low + 1e-9 * (x.amax() - x.amin()).clamp_min(1.0))
        # Far out that is less than the next number is away.
        high = torch.maximum(high, low + STEP * low.abs())
        height = mass / (high - low)
        self._corners, order = torch.sort(torch.cat([low, high]), stable=True)
        jumps = torch.cat([height, -height])[order]
        self._heights = torch.cumsum(jumps, 0).clamp_min(0.0)
        area = torch.cumsum(self._corners.diff() * self._heights[:-1], 0)
        self._cdf = torch.cat([torch.zeros_like(area[:1]), area / area[-1]])

    def density(self, x: Tensor) -> Tensor:
        """p_g at the points `x` (n,)."""
        i = torch.searchsorted(self._corners, x, right=True) - 1
        inside = (i >= 0) & (i < len(self._corners) - 1)
        return torch.where(inside, self._heights[i.clamp(0, len(self._heights) - 1)], 0.0) + self._lost

    def cdf(self, x: Tensor) -> Tensor:
        """P(G(z) ≤ x) at the points `x` (n,)."""
        i = (torch.searchsorted(self._corners, x, right=True) - 1).clamp(0, len(self._corners) - 2)
        left, right, below, above = self._corners[i], self._corners[i + 1], self._cdf[i], self._cdf[i + 1]
        # Corners that coincide have nothing between them.
        rise = (above - below) / torch.where(right > left, right - left, 1.0)
        value = below + rise * (x - left)
        return torch.where(x < self._corners[0], 0.0, torch.where(x >= self._corners[-1], 1.0, value)) + self._lost


def kernel_estimate(samples: Tensor) -> PushForward:
    """The law of G(z) for a larger latent, estimated from samples (n,) with a Gaussian kernel, Silverman's rule.

    An estimate: it smooths over edges, and its error shrinks only as n^(−2/5). Screens must say so.
    """
    ordered = torch.sort(samples).values
    deviation = samples.std(correction=0)
    quartiles = (_quantile(ordered, 0.75) - _quantile(ordered, 0.25)) / 1.34
    spread = torch.minimum(deviation, quartiles)
    spread = torch.where(spread > 0, spread, deviation)
    width = (0.9 * spread * len(samples) ** -0.2).clamp_min(1e-6)
    low, high = ordered[0] - 5 * width, ordered[-1] + 5 * width
    cell = (high - low) / NODES
    edges = low + cell * torch.arange(NODES + 1, dtype=samples.dtype)
    counts = torch.searchsorted(ordered, edges).diff().to(samples.dtype)
    # Convolving the counts costs far less than one kernel a sample, and at this resolution looks the same.
    steps = torch.arange(-WIDEST, WIDEST + 1, dtype=samples.dtype)
    kernel = torch.where(steps.abs() < 5 * width / cell + 1, torch.exp(-0.5 * (steps * cell / width) ** 2), 0.0)
    smooth = _convolved(counts, kernel / kernel.sum()).clamp_min(0.0)
    return PushForward(edges, smooth / smooth.sum())


def _quantile(ordered: Tensor, level: float) -> Tensor:
    """Linear between the two samples next to the level, of samples in ascending order."""
    below = int(level * (len(ordered) - 1))
    share = level * (len(ordered) - 1) - below
    return torch.lerp(ordered[below], ordered[below + 1], share)


def _convolved(counts: Tensor, kernel: Tensor) -> Tensor:
    """The counts (n,), n a multiple of `BLOCK`, convolved with a symmetric kernel (2·WIDEST + 1,): (n,)."""
    # As a product of matrices: one has in each row what a block of counts is made of, the other has the kernel in each
    # column, one place farther from column to column.
    around = pad(counts, (WIDEST, WIDEST)).unfold(0, 2 * WIDEST + BLOCK, BLOCK)
    shifted = pad(kernel, (BLOCK - 1, BLOCK - 1)).unfold(0, BLOCK, 1)
    return (around @ shifted).flip(1).reshape(-1)
