"""Descent as in the code of the 2014 paper."""

from __future__ import annotations

import torch
from torch import Tensor

from ganviz.contracts.optimizer import Optimizer, Slots
from ganviz.option import live


class RisingMomentum(Optimizer):
    """Gradient descent whose momentum rises, as in the code of the 2014 paper: v ← μ v − lr · g, θ ← θ + v.

    μ goes along a line from `momentum` to `final` between the player's updates number `start` and `end`, and stays.
    In that code, with 500 updates an epoch: 0.5 to 0.7 from epoch 1 to epoch 250, once an epoch. The learning rate is
    inside the velocity, unlike in sgd: the two differ where it changes.
    Watch it make up for a falling learning rate: the paper's lr/(1 − μ) is 0.20 at the start and at epoch 250.
    """

    momentum: float = live(0.5, ge=0, le=0.99, description="Momentum μ at the start.")
    final: float = live(0.7, ge=0, le=0.99, description="Momentum μ at the end.")
    start: int = live(500, ge=0, le=1_000_000, description="Updates after which μ begins to change.")
    end: int = live(125_000, ge=1, le=10_000_000, description="Updates after which μ has its last value.")

    def init(self, parameters: Tensor) -> Slots:
        return {"velocity": torch.zeros_like(parameters), "t": parameters.new_zeros((), dtype=torch.float64)}

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        t = slots["t"]
        # An end before the start is a jump.
        share = ((t - self.start) / max(self.end - self.start, 1)).clamp(0.0, 1.0)
        momentum = self.momentum + (self.final - self.momentum) * share
        velocity = momentum * slots["velocity"] - lr * gradient
        return parameters + velocity, {"velocity": velocity, "t": t + 1}
