"""No step in panic."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from ganviz.contracts.regularizer import Player, Regularizer, Slots
from ganviz.option import live

PLAYERS: dict[str, tuple[Player, ...]] = {"discriminator": ("d",), "generator": ("g",), "both": ("g", "d")}


class GradientClipping(Regularizer):
    """Gradient clipping (Pascanu et al. 2013): a gradient longer than c is shortened to c, its direction kept.

    g ↦ g · min(1, c/‖g‖), the norm over all parameters of a player, per update. Adaptive optimizers rescale afterwards,
    so that it matters most for sgd. The curve of gradient norms shows them before clipping.
    Watch a divergence at a high learning rate become a wobble.
    """

    norm: float = live(1.0, gt=0, le=100, log=True, description="Largest norm c of a gradient.")
    player: Literal["discriminator", "generator", "both"] = live("both", description="Whose gradient is clipped.")

    def players(self) -> tuple[Player, ...]:
        return PLAYERS[self.player]

    def gradient(self, player: Player, gradient: Tensor, parameters: Tensor, slots: Slots) -> Tensor:
        length: Tensor = torch.linalg.vector_norm(gradient)
        return gradient * torch.clamp(self.norm / length.clamp_min(1e-30), max=1.0)
