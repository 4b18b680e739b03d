"""Manifolds made of balls that reach to the nearest neighbours."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]

K = 3
"""The ball around a sample reaches to its K-th nearest neighbour."""

SAMPLES = 1000
"""Samples of either side: every one is compared with every other."""


def covered(points: Array, by: Array, kept: float = 1.0) -> float:
    """Share of the points (n, d) that lie in at least one ball around a sample of `by` (m, d), m > K.

    Each ball is closed and reaches to the K-th nearest of the other samples of `by`. Only the smallest of them count,
    a share `kept` of all. NaN where one of `by` is not finite: nobody knows how far its ball reaches.
    """
    if not np.isfinite(by).all():
        return math.nan
    inner, outer = torch.from_numpy(points).double(), torch.from_numpy(by).double()
    # The nearest of all is the sample itself, at distance 0.
    radius = _distance(outer, outer).topk(K + 1, dim=1, largest=False).values[:, -1]
    smallest = radius.argsort()[: math.ceil(kept * len(radius))]
    return float((_distance(inner, outer[smallest]) <= radius[smallest]).any(1).double().mean())


def _distance(x: Tensor, y: Tensor) -> Tensor:
    """Every distance, (n, m), without the rounding of ‖x‖² + ‖y‖² − 2xy, which would move the edge of a ball."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
