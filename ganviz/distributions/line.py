"""A noisy segment of a straight line."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.distributions._noisy_curves import NoisyCurve
from ganviz.option import live


class Line(NoisyCurve):
    """A straight segment through 0 with normal noise around it.

    x = (t − 1/2) · length · (cos α, sin α) + σε with t uniform in [0, 1] and ε standard normal. With little noise the
    data lie on nearly one dimension of the plane: two thin lines that cross share next to nothing, D tells them apart
    without effort, and its gradient says little about the way. Watch p_g turn towards the segment, and make σ small.
    """

    length: float = live(3.0, ge=0.2, le=6, description="Length of the segment.")
    angle: float = live(30.0, ge=-90, le=90, description="Angle α between the segment and the x₁ axis, in degrees.")
    noise: float = live(0.05, ge=0.005, le=1, description="Standard deviation σ of the noise along each axis.")

    def curve(self, t: Tensor, which: Tensor) -> Tensor:
        angle = math.radians(self.angle)
        along = (t - 0.5) * self.length
        return torch.stack([along * math.cos(angle), along * math.sin(angle)], 1)

    def sigma(self) -> float:
        return self.noise
