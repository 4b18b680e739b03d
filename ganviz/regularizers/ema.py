"""G on average."""

from __future__ import annotations

import torch
from torch import Tensor

from ganviz.contracts.network import Parameters
from ganviz.contracts.regularizer import Player, Regularizer, Slots
from ganviz.contracts.source import Source
from ganviz.option import live


class Ema(Regularizer):
    """Exponential moving average of G (Yazıcı et al. 2019): what is drawn and measured is an average of past Gs.

    θ̄ ← β θ̄ + (1 − β) θ after each update of G, from θ̄ = θ₀ when it is switched on; training itself uses θ. A rotation
    by the angle w a step shrinks to (1 − β)/|1 − β e^(−iw)| of its radius. Watch p_g stand still while G circles.
    """

    decay: float = live(0.99, ge=0, le=0.9999, description="β: averages over about 1/(1 − β) updates.")

    def players(self) -> tuple[Player, ...]:
        return ("g",)

    def init(self, player: Player, parameters: Parameters, source: Source) -> Slots:
        return {"average": torch.cat([value.reshape(-1) for value in parameters.values()])}

    def after(self, player: Player, parameters: Tensor, slots: Slots) -> tuple[Tensor, Slots]:
        return parameters, {"average": torch.lerp(parameters, slots["average"], self.decay)}

    def shown(self, parameters: Tensor, slots: Slots) -> Tensor:
        return slots["average"]
