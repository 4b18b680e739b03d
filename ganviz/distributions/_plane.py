"""What the densities of the plane have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from torch import Tensor

from ganviz.contracts.distribution import Distribution

if TYPE_CHECKING:
    from ganviz.experiment import Experiment


class PlaneDistribution(Distribution, ABC):
    """A density in the plane: samples (n, 2), and a square window."""

    space: ClassVar[str] = "plane"

    @property
    def shape(self) -> tuple[int, ...]:
        return (2,)

    def axes(self) -> tuple[str, ...]:
        return "x₁", "x₂"

    def advice(self, experiment: Experiment) -> str:
        """G's samples have no more dimensions than its latent."""
        dim: int = experiment.latent.dim
        if dim > 1:
            return ""
        return "A latent of 1 dimension can draw only a curve; give it more, such as the 2 of the preset ring."

    @abstractmethod
    def log_prob(self, x: Tensor) -> Tensor:
        """Log density in nats per unit of area, (n,), at the points `x` (n, 2); -inf outside the support."""
