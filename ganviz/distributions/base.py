"""Distribution: the base of every p_data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import torch
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

    def mass(self, edges: Tensor) -> Tensor:
        """Mass in each cell of the line, (n,) float64 that sums to 1, for `edges` (n+1,); by Gauss-Legendre quadrature
        of the density unless there is a better way."""
        # Many nodes, because a density may have a pole at the end of a cell (the arcsine law has two).
        nodes, weights = (torch.from_numpy(array) for array in np.polynomial.legendre.leggauss(24))
        middle, half = (edges[1:] + edges[:-1]) / 2, edges.diff() / 2
        points = middle[:, None] + half[:, None] * nodes
        mass = (self.log_prob(points.flatten()).exp().reshape(points.shape) @ weights) * half
        return mass / mass.sum()

    @abstractmethod
    def window(self) -> tuple[float, float]:
        """The part of the line worth drawing: it holds nearly all of the mass, with some air on both sides."""
