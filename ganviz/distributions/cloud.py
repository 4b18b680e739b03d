"""A density around points that the reader draws."""

from __future__ import annotations

import math
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
import torch
from pydantic import model_validator
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._kernel_density import Points, log_density
from ganviz.distributions._plane import PlaneDistribution
from ganviz.option import Invalid, live, rebuild

FARTHEST = 10.0
"""The largest coordinate of a point, in absolute value."""


def heart(n: int) -> tuple[tuple[float, float], ...]:
    """`n` points on the outline of a heart, in about [−2, 2]²."""
    angles = [2 * math.pi * i / n for i in range(n)]
    return tuple(
        (
            round(1.9 * math.sin(a) ** 3, 3),
            round(0.3 + (13 * math.cos(a) - 5 * math.cos(2 * a) - 2 * math.cos(3 * a) - math.cos(4 * a)) / 8.5, 3),
        )
        for a in angles
    )


class Cloud(PlaneDistribution):
    """A round normal density at each of many points of your own: draw any shape.

    p(x) = (1/n) Σᵢ N(x; pointᵢ, σ² I), where σ is the width of the brush; a point drawn twice counts twice. Watch which
    strokes p_g follows, and widen the brush while it trains: the wider, the easier.
    """

    family: ClassVar[str] = "plane, yours"

    points: tuple[tuple[float, float], ...] = rebuild(
        heart(120), control="cloud", min_length=1, max_length=4096, description="Points (x₁, x₂), from −10 to 10."
    )
    brush: float = live(0.08, ge=0.005, le=1, log=True, description="Standard deviation σ of the brush.")

    @model_validator(mode="after")
    def _is_near(self) -> Self:
        if far := [point for point in self.points if max(map(abs, point)) > FARTHEST]:
            raise Invalid(f"The points of a cloud must lie between -{FARTHEST:g} and {FARTHEST:g}, not at {far[0]}.")
        return self

    def centers(self) -> Tensor:
        """The points, (n, 2) float64."""
        return torch.from_numpy(self._points.places)

    @cached_property
    def _points(self) -> Points:
        return Points(np.array(self.points, dtype=np.float64))

    def sample(self, n: int, source: Source) -> Tensor:
        return self._points.scatter(n, self.brush, source)

    def log_prob(self, x: Tensor) -> Tensor:
        return log_density(x, self.centers(), self.brush)

    def window(self) -> tuple[float, float]:
        reach = 1.1 * float(self.centers().abs().max()) + 3.5 * self.brush
        return -reach, reach
