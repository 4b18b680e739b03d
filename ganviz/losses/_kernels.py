"""Kernels between samples, and the MMD they make."""

from __future__ import annotations

import torch
from torch import Tensor

WIDEST, HALVINGS = 4.0, 4
"""Widths of the mixture of Gaussian kernels, in units of the loss's scale: 4, 2, 1, ½, ¼."""

RATIONAL = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Exponents of the mixture of rational quadratic kernels."""


def kernel(name: str, x: Tensor, y: Tensor, scale: float | Tensor) -> Tensor:
    """k(x_i, y_j), (n, m), for x (n, d) and y (m, d), k(x, x) = 1: the mean of five kernels of different widths.

    ``gaussian``: exp(−r²/(2 t²)); ``rational_quadratic``: (1 + r²/(2 a))^(−a), with r in units of `scale`.
    """
    squared = ((x[:, None, :] - y[None, :, :]) / scale).square().sum(2)
    if name == "gaussian":
        # Each width is half the one before, so its kernel is the fourth power of that: cheaper than an exponential.
        part = torch.exp(-squared / (2 * WIDEST**2))
        total = part
        for _ in range(HALVINGS):
            part = part.square().square()
            total = total + part
        return total / (HALVINGS + 1)
    return torch.stack([(1 + squared / (2 * a)) ** -a for a in RATIONAL]).mean(0)


def mmd(name: str, x: Tensor, y: Tensor, scale: float | Tensor) -> Tensor:
    """MMD² of two samples (n, d) and (m, d), without the diagonal terms k(x_i, x_i): its mean is that of the two
    distributions, and it may be a little below 0. With one sample a side the diagonal stays."""

    def inside(z: Tensor) -> Tensor:
        n = len(z)
        whole = kernel(name, z, z, scale).sum()
        return (whole - n) / (n * (n - 1)) if n > 1 else whole

    return inside(x) + inside(y) - 2 * kernel(name, x, y, scale).mean()
