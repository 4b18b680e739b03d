"""Small weights."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from ganviz.contracts.regularizer import Player, Regularizer, Slots
from ganviz.option import live

PLAYERS: dict[str, tuple[Player, ...]] = {"discriminator": ("d",), "generator": ("g",), "both": ("g", "d")}


class WeightDecay(Regularizer):
    """Weight decay: (λ/2)‖θ‖² in a player's loss, so that its gradient gains λ θ.

    With the ½, on all parameters, biases too; an adaptive optimizer rescales it with the rest of the gradient (adamw
    does not). Watch D flatten where the data do not hold it up.
    """

    weight: float = live(1e-3, ge=0, le=1, log=True, description="Weight λ.")
    player: Literal["discriminator", "generator", "both"] = live("discriminator", description="Whose weights decay.")

    def players(self) -> tuple[Player, ...]:
        return PLAYERS[self.player]

    def gradient(self, player: Player, gradient: Tensor, parameters: Tensor, slots: Slots) -> Tensor:
        return gradient + self.weight * parameters
