"""A rolled-up sheet, seen from its edge."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.distributions._noisy_curves import NoisyCurve
from ganviz.option import live

SCALE = 7.5
"""What sklearn's coordinates are divided by."""


class SwissRoll(NoisyCurve):
    """A spiral of one and a half turns, fainter the farther out.

    x = ((s cos s, s sin s) + noise · ε) / 7.5 with s = 1.5π (1 + 2t), t uniform in [0, 1] and ε standard normal: the
    law of sklearn's make_swiss_roll(noise=0.25)[:, [0, 2]] / 7.5. Note that the noise is that of sklearn, before the
    division. The samples are uniform in the angle s, hence sparser per length outside. Watch whether p_g bridges
    neighbouring turns.
    """

    noise: float = live(0.25, ge=0.1, le=3, description="Standard deviation of the noise, before the division by 7.5.")

    def curve(self, t: Tensor, which: Tensor) -> Tensor:
        angle = 1.5 * math.pi * (1 + 2 * t)
        return torch.stack([angle * angle.cos(), angle * angle.sin()], 1) / SCALE

    def sigma(self) -> float:
        return self.noise / SCALE
