"""Arms that wind outwards from a common centre."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.distributions._noisy_curves import NoisyCurve
from ganviz.option import live

START = 0.2
"""Where the arms begin, in parts of the outer radius: they do not meet at 0, where they could not be told apart."""


class Spiral(NoisyCurve):
    """k equally likely spiral arms with normal noise around them.

    x = r s (cos φ, sin φ) + σε with φ = 2π (turns · s + j/k), arm j = 0 … k−1, and s² uniform in [0.04, 1], which
    makes the samples about as dense at the centre as at the rim; ε is standard normal. Watch p_g learn the arms from
    outside or from inside, and whether it fuses neighbouring arms where they are close.
    """

    arms: int = live(2, ge=1, le=6, description="Number k of arms.")
    turns: float = live(1.0, ge=0, le=3, description="How often an arm would wind around, from 0 to the rim.")
    radius: float = live(2.0, ge=0.5, le=3, description="Outer radius r.")
    noise: float = live(0.08, ge=0.02, le=1, description="Standard deviation σ of the noise along each axis.")

    def curve(self, t: Tensor, which: Tensor) -> Tensor:
        s = (START**2 + (1 - START**2) * t).sqrt()
        angle = 2 * math.pi * (self.turns * s + which.to(t.dtype) / self.arms)
        return self.radius * s[:, None] * torch.stack([angle.cos(), angle.sin()], 1)

    def sigma(self) -> float:
        return self.noise

    def curves(self) -> int:
        return self.arms
