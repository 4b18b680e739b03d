"""Distribution: the base of every p_data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Generator, Tensor

from ganviz.option import Option


class Distribution(Option, ABC):
    """A density on the real line that can be sampled and, where it has one, evaluated."""

    room: ClassVar[str] = "distributions"
    shape: ClassVar[tuple[int, ...]] = (1,)
    """Shape of one sample."""

    @abstractmethod
    def sample(self, n: int, generator: Generator) -> Tensor:
        """`n` independent samples, shape (n, *shape), float32, all randomness from `generator`."""

    @abstractmethod
    def log_prob(self, x: Tensor) -> Tensor:
        """Log density in nats at the points `x`, shape (n,); -inf outside the support. Keeps the dtype of `x`."""

    @abstractmethod
    def window(self) -> tuple[float, float]:
        """The part of the line worth drawing: it holds nearly all of the mass, with some air on both sides."""
