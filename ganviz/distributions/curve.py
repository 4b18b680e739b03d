"""A density given by points."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Self

import numpy as np
import torch
from pydantic import model_validator
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.distributions._broken_line import BrokenLine
from ganviz.option import Invalid, rebuild


class Curve(Distribution):
    """A piecewise-linear density through points (x, height) of your own.

    p(x) is the broken line through the points divided by its area; 0 outside the first and the last point.
    Heights need not be normalised. Watch which of your corners the generator finds worth the effort.
    """

    family: ClassVar[str] = "line, yours"

    points: tuple[tuple[float, float], ...] = rebuild(
        ((-3, 0), (-2, 1), (-1, 0.2), (0.5, 0.2), (1.5, 0.8), (2, 0.8), (3, 0)),
        control="curve",
        min_length=2,
        max_length=512,
        description="Corners (x, height), x increasing, heights at least 0.",
    )

    @model_validator(mode="after")
    def _is_density(self) -> Self:
        pairs = list(zip(self.points, self.points[1:], strict=False))
        if any(right[0] <= left[0] for left, right in pairs):
            raise Invalid("The points of a curve must have increasing x.")
        if any(height < 0 for _, height in self.points):
            raise Invalid("The heights of a curve must not be negative.")
        if not any(height > 0 for _, height in self.points):
            raise Invalid("At least one height of a curve must be above 0.")
        return self

    def pieces(self) -> tuple[Tensor, Tensor, Tensor]:
        """Corners x, normalised heights, and the distribution function at the corners, each (n,) float64."""
        x, height = torch.tensor(self.points, dtype=torch.float64).t().contiguous()
        area = (x.diff() * (height[1:] + height[:-1]) / 2).cumsum(0)
        return x, height / area[-1], torch.cat([area.new_zeros(1), area / area[-1]])

    @cached_property
    def _sampler(self) -> BrokenLine:
        return BrokenLine(*np.array(self.points, dtype=np.float64).T)

    def sample(self, n: int, source: Source) -> Tensor:
        return self._sampler.sample(n, source).float().unsqueeze(1)

    def log_prob(self, x: Tensor) -> Tensor:
        corners, height, _ = (piece.to(x.dtype) for piece in self.pieces())
        i = torch.searchsorted(corners, x.contiguous(), right=True).clamp(1, len(corners) - 1) - 1
        slope = (height[i + 1] - height[i]) / (corners[i + 1] - corners[i])
        inside = (x >= corners[0]) & (x <= corners[-1])
        return torch.where(inside, height[i] + slope * (x - corners[i]), 0.0).clamp_min(0).log()

    def window(self) -> tuple[float, float]:
        left, right = self.points[0][0], self.points[-1][0]
        air = 0.2 * (right - left)
        return left - air, right + air
