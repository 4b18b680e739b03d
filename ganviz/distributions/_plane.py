"""What the densities of the plane have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor

from ganviz.distributions.base import Distribution


class PlaneDistribution(Distribution, ABC):
    """A density in the plane: samples (n, 2), and a square window."""

    kind: ClassVar[str] = "plane"

    @property
    def shape(self) -> tuple[int, ...]:
        return (2,)

    @abstractmethod
    def log_prob(self, x: Tensor) -> Tensor:
        """Log density in nats per unit of area, (n,), at the points `x` (n, 2); -inf outside the support."""
