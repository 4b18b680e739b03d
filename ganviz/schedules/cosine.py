"""Down half a wave."""

import torch
from torch import Tensor

from ganviz.contracts.schedule import Schedule
from ganviz.option import live


class Cosine(Schedule):
    """Cosine schedule: from 1 to `final` of the slider over `steps` updates, slow at both ends, then constant.

    Factor final + (1 − final)(1 + cos(π·min(1, t/steps)))/2 after t updates of a player. Watch p_g settle late and
    softly.
    """

    steps: int = live(10_000, ge=1, le=1_000_000, log=True, description="Updates until the end is reached.")
    final: float = live(0.0, ge=0, le=1, description="Share of the learning rate that is left then.")

    def factor(self, updates: Tensor) -> Tensor:
        share = (updates / self.steps).clamp(max=1.0)
        return 1 + (self.final - 1) * (1 - torch.cos(torch.pi * share)) / 2
