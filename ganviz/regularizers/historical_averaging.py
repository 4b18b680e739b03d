"""Stay near where you have been."""

from __future__ import annotations

import torch
from torch import Tensor

from ganviz.contracts.network import Parameters
from ganviz.contracts.regularizer import Player, Regularizer, Slots
from ganviz.contracts.source import Source
from ganviz.option import live


class HistoricalAveraging(Regularizer):
    """Historical averaging (Salimans et al. 2016): each player is drawn to the mean of all its past parameters.

    λ ‖θ − (1/t) Σ θᵢ‖² in both players' losses (no ½), the mean taken as a constant: the gradient gains 2λ (θ − mean).
    The mean begins with the initial parameters. Watch a cycle be pulled to its centre.
    """

    weight: float = live(0.1, ge=0, le=10, log=True, description="Weight λ.")

    def players(self) -> tuple[Player, ...]:
        return ("g", "d")

    def init(self, player: Player, parameters: Parameters, source: Source) -> Slots:
        flat = torch.cat([value.reshape(-1) for value in parameters.values()])
        return {"mean": flat, "count": torch.ones((), dtype=flat.dtype)}

    def gradient(self, player: Player, gradient: Tensor, parameters: Tensor, slots: Slots) -> Tensor:
        return gradient + 2 * self.weight * (parameters - slots["mean"])

    def after(self, player: Player, parameters: Tensor, slots: Slots) -> tuple[Tensor, Slots]:
        count = slots["count"] + 1
        return parameters, {"mean": slots["mean"] + (parameters - slots["mean"]) / count, "count": count}
