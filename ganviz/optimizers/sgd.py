"""Stochastic gradient descent."""

import torch
from torch import Tensor

from ganviz.optimizers.base import Optimizer, Slots
from ganviz.option import live


class Sgd(Optimizer):
    """Gradient descent with momentum: v ← μ v + g, θ ← θ − lr · v (PyTorch's convention: no dampening).

    With μ = 0 this is Algorithm 1 as written. Watch momentum turn a slow spiral into a fast one: in games it often
    hurts.
    """

    momentum: float = live(0.0, ge=0, le=0.99, description="Momentum μ.")

    def init(self, parameters: Tensor) -> Slots:
        return {"velocity": torch.zeros_like(parameters)}

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        velocity = self.momentum * slots["velocity"] + gradient
        return parameters - lr * velocity, {"velocity": velocity}
