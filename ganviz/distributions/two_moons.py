"""Two half circles, each with one end inside the other."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.distributions._noisy_curves import NoisyCurve
from ganviz.option import live


class TwoMoons(NoisyCurve):
    """Two equally likely interlocked half circles with normal noise around them.

    x = ± r (cos πt − 1/2, sin πt − 1/4) + σε with t uniform in [0, 1], ε standard normal, and either sign as likely:
    the lower moon is the upper one turned by 180° about 0. Watch the points between the moons that p_g keeps, because
    a continuous G cannot tear its latent apart.
    """

    radius: float = live(1.2, ge=0.2, le=3, description="Radius r of the half circles.")
    noise: float = live(0.1, ge=0.01, le=1, description="Standard deviation σ of the noise along each axis.")

    def curve(self, t: Tensor, which: Tensor) -> Tensor:
        angle = math.pi * t
        upper = self.radius * torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], 1)
        return upper * (1 - 2 * which)[:, None]

    def sigma(self) -> float:
        return self.noise

    def curves(self) -> int:
        return 2
