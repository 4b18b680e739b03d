"""Densities on the line that are a broken line: the sampler."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._alias import Alias

Array = npt.NDArray[np.float64]


class BrokenLine:
    """The density through the points (xᵢ, heightᵢ), divided by its area."""

    def __init__(self, x: Array, height: Array) -> None:
        """`x` (k,), increasing; `height` (k,), not negative, not all 0."""
        height = height / height.max()
        width = np.diff(x)
        self._piece = Alias(width * (height[1:] + height[:-1]))
        self._pieces = np.stack([x[:-1], width, height[:-1], height[1:]], 1)

    def sample(self, n: int, source: Source) -> Tensor:
        """`n` independent samples (n,), float64: a piece by its area, and a place in it by its distribution function
        turned around."""
        chosen = torch.from_numpy(self._pieces)[self._piece.sample(n, source)]
        left, width, low, high = chosen.unbind(1)
        u = source.uniform_open(n, dtype=torch.float64)
        # low·t + (high − low)·t²/2 = u (low + high)/2, solved in the form that is stable where the piece is level, and
        # where one end is 0. Both are 0 on a piece without area, which is never chosen.
        root = ((1 - u) * low * low + u * high * high).sqrt()
        return left + width * u * (low + high) / (low + root)
