"""How far pictures are from each other: the root of the sum of squared differences of their pixels."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.spaces.images.snapshot import Pictures

Array = NDArray[np.float64]

CHUNK = 250
"""Pictures whose distances to all others are held at once."""


def flattened(pictures: Pictures) -> Tensor:
    """One row of pixels for each picture, (n, 784)."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).flatten(1)


def to_nearest(x: Tensor, among: Tensor, lengths: Tensor) -> Array:
    """For each row of `x` (n, d) the distance to the nearest row of `among` (m, d), whose squared lengths are `lengths`
    (m,), by exact search: (n,)."""
    found = [torch.addmm(lengths[None], part, among.t(), alpha=-2).amin(1) for part in torch.split(x, CHUNK)]
    return _root(x, torch.cat(found))


def to_nearest_other(x: Tensor) -> Array:
    """For each row of `x` (n, d) the distance to the nearest of the other rows: (n,)."""
    lengths, found = x.square().sum(1), []
    for start in range(0, len(x), CHUNK):
        part = x[start : start + CHUNK]
        squares = torch.addmm(lengths[None], part, x.t(), alpha=-2)
        squares[torch.arange(len(part)), torch.arange(start, start + len(part))] = math.inf
        found.append(squares.amin(1))
    return _root(x, torch.cat(found))


def _root(x: Tensor, squares: Tensor) -> Array:
    """‖a − b‖ from ‖b‖² − 2ab."""
    return (squares + x.square().sum(1)).clamp(min=0).sqrt().double().numpy()
