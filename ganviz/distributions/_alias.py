"""Choosing among many by their weights, at the same cost for a few and for thousands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganviz.contracts.source import Source


class Alias:
    """Walker's alias method (1977), its table made as by Vose (1991).

    A column i is chosen evenly; it is kept with the probability `kept[i]` and else replaced by `other[i]`. So any law
    on k numbers is a mixture of k laws on two numbers each, all equally likely.
    """

    def __init__(self, weights: npt.ArrayLike) -> None:
        """`weights` (k,): not negative, not all 0; what is 0 is never chosen."""
        scaled = np.array(weights, dtype=np.float64)
        scaled *= len(scaled) / scaled.sum()
        # Arrays, no tensors: one that is made while a function is captured would belong to its graph.
        self.kept = np.ones(len(scaled), np.float64)
        self.other = np.arange(len(scaled))
        self._pair_up(scaled)

    def _pair_up(self, scaled: npt.NDArray[np.float64]) -> None:
        """Fill each column whose weight is below the mean of 1 with some of one that is above it."""
        small, large = (list(np.flatnonzero(side)) for side in (scaled < 1, scaled >= 1))
        while small and large:
            i, j = small.pop(), large[-1]
            self.kept[i], self.other[i] = scaled[i], j
            scaled[j] -= 1 - scaled[i]
            if scaled[j] < 1:
                small.append(large.pop())
        # What is left is 1 but for rounding, and always kept.

    def sample(self, n: int, source: Source) -> Tensor:
        """`n` independent choices (n,), int64."""
        column = source.integers(len(self.kept), n)
        is_kept = source.uniform(n, dtype=torch.float64) < torch.from_numpy(self.kept)[column]
        return torch.where(is_kept, column, torch.from_numpy(self.other)[column])
