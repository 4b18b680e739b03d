"""Kernels between samples, and the MMD they make."""

from __future__ import annotations

import torch
from torch import Tensor

WIDEST, HALVINGS = 4.0, 4
"""Widths of the mixture of Gaussian kernels, in units of the loss's scale: 4, 2, 1, ½, ¼."""

FLAT = 4
"""Dimensions up to which distances are taken from differences, without rounding."""

RATIONAL = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Exponents of the mixture of rational quadratic kernels."""

ROWS = 64
"""Points at which a witness is computed at once."""

LARGEST = 1024
"""Samples in a minibatch: every one is compared with every other, and a step at 2048 takes gigabytes."""


def too_many(name: str, batch_size: int) -> str | None:
    """Why a loss of that name cannot be had with so many samples at once; None where it can."""
    if batch_size <= LARGEST:
        return None
    return f"{name} compares every sample with every other: its batch size is at most {LARGEST}, not {batch_size}."


def kernel(name: str, x: Tensor, y: Tensor, scale: float | Tensor) -> Tensor:
    """k(x_i, y_j), (n, m), for x (n, d) and y (m, d), k(x, x) = 1: the mean of five kernels of different widths.

    ``gaussian``: exp(−r²/(2 t²)); ``rational_quadratic``: (1 + r²/(2 a))^(−a), with r in units of `scale`.
    """
    squared = squared_distances(x / scale, y / scale)
    if name == "gaussian":
        # Each width is half the one before, so its kernel is the fourth power of that: cheaper than an exponential.
        part = torch.exp(-squared / (2 * WIDEST**2))
        total = part
        for _ in range(HALVINGS):
            part = part.square().square()
            total = total + part
        return total / (HALVINGS + 1)
    return torch.stack([(1 + squared / (2 * a)) ** -a for a in RATIONAL]).mean(0)


def squared_distances(x: Tensor, y: Tensor) -> Tensor:
    """‖x_i − y_j‖², (n, m), for x (n, d) and y (m, d)."""
    if x.shape[1] <= FLAT:
        return (x[:, None, :] - y[None, :, :]).square().sum(2)
    # The differences of all pictures would be n·m·784 numbers; ‖x‖² + ‖y‖² − 2xy needs n·m, and rounds a little.
    lengths = x.square().sum(1)[:, None] + y.square().sum(1)[None, :]
    return (lengths - 2 * x @ y.T).clamp_min(0)


def witness(name: str, at: Tensor, support: Tensor, weights: Tensor, scale: float | Tensor) -> Tensor:
    """E_p k(x, ·) − E_q k(x, ·) at the points x = `at` (n, d), (n,): Σ_j w_j k(x, y_j) for y = `support` (m, d) and
    w = `weights` (m,), p − q. A few points at a time: the matrix of all pairs is larger than a processor's caches."""
    return torch.cat([kernel(name, some, support, scale) @ weights for some in torch.split(at, ROWS)])


def mmd(name: str, x: Tensor, y: Tensor, scale: float | Tensor) -> Tensor:
    """MMD² of two samples (n, d) and (m, d), without the diagonal terms k(x_i, x_i): its mean is that of the two
    distributions, and it may be a little below 0. With one sample a side the diagonal stays."""

    def inside(z: Tensor) -> Tensor:
        n = len(z)
        whole = kernel(name, z, z, scale).sum()
        return (whole - n) / (n * (n - 1)) if n > 1 else whole

    return inside(x) + inside(y) - 2 * kernel(name, x, y, scale).mean()
