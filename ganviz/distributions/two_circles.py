"""A circle in a circle."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.distributions._noisy_curves import NoisyCurve
from ganviz.option import live


class TwoCircles(NoisyCurve):
    """Two equally likely circles around 0 with normal noise around them.

    x = R (cos 2πt, sin 2πt) + σε, R being r or ratio · r, t uniform in [0, 1] and ε standard normal. Half of the mass
    lies on the inner circle, which is shorter and therefore denser. Watch the hole in the middle, and where p_g jumps
    from one circle to the other.
    """

    radius: float = live(1.5, ge=0.2, le=3, description="Radius r of the outer circle.")
    ratio: float = live(0.5, ge=0.05, le=0.95, description="Inner radius in parts of the outer one.")
    noise: float = live(0.1, ge=0.01, le=1, description="Standard deviation σ of the noise along each axis.")

    def curve(self, t: Tensor, which: Tensor) -> Tensor:
        angle = 2 * math.pi * t
        radius = self.radius * torch.where(which == 0, torch.ones_like(t), self.ratio)
        return radius[:, None] * torch.stack([angle.cos(), angle.sin()], 1)

    def sigma(self) -> float:
        return self.noise

    def curves(self) -> int:
        return 2
