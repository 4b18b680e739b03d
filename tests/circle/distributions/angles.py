"""Angles around one direction."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.option import live


class Angles(Distribution):
    """A wrapped normal density of angles, in radians from −π to π: what leaves the circle on one side comes back.

    Watch G put its samples around the direction, from both sides at once where that is at ±π.
    """

    space: ClassVar[str] = "circle"

    direction: float = live(3.0, ge=-math.pi, le=math.pi, description="Where most of the angles are.")
    std: float = live(0.4, gt=0, le=2, description="Standard deviation σ before wrapping.")

    def sample(self, n: int, source: Source) -> Tensor:
        return wrapped(self.direction + self.std * source.normal(n, 1))

    def log_prob(self, x: Tensor) -> Tensor:
        turns = x.reshape(-1, 1) + 2 * math.pi * torch.arange(-5, 6)
        terms = -0.5 * ((turns - self.direction) / self.std) ** 2 - math.log(self.std * math.sqrt(2 * math.pi))
        return terms.logsumexp(1)

    def window(self) -> tuple[float, float]:
        return -math.pi, math.pi

    def squash(self, x: Tensor) -> Tensor:
        return wrapped(x)


def wrapped(x: Tensor) -> Tensor:
    """Angles brought to the turn from −π to π."""
    return torch.remainder(x + math.pi, 2 * math.pi) - math.pi
