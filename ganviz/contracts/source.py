"""Source: where an option's random numbers come from."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor


class Source(ABC):
    """Random numbers, as many as are asked for, in the order in which they are asked for.

    How many an option asks for, and of which law, depends on the option and on the number of samples alone, never on
    what it was given: nothing is rejected and drawn again. And what it makes of them is made of torch's operations on
    tensors alone. So the numbers can be inputs of a graph, which is captured once and given others in every update.
    """

    @abstractmethod
    def uniform(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Uniform on [0, 1), in steps of 2^−23 (float32) or 2^−52 (float64)."""

    @abstractmethod
    def uniform_open(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Uniform on (0, 1), symmetric about ½: where a logarithm or a power would not bear an end."""

    @abstractmethod
    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Standard normal."""

    @abstractmethod
    def integers(self, below: int, *shape: int) -> Tensor:
        """Whole numbers from 0 to below − 1, equally likely; int64."""

    @abstractmethod
    def order(self, n: int) -> Tensor:
        """0, …, n − 1 in random order, (n,) int64."""

    @abstractmethod
    def rows(self, size: int, of: int) -> Tensor:
        """Which `size` of so many samples this minibatch sees, (size,) int64: none comes twice in the minibatches that
        follow one another before all have come."""

    def within(self, bound: float, *shape: int) -> Tensor:
        """Uniform on [−bound, bound), float32."""
        return bound * (2 * self.uniform(*shape) - 1)
