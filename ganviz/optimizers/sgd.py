"""Stochastic gradient descent."""

import torch
from torch import Tensor

from ganviz.contracts.optimizer import Optimizer, Slots
from ganviz.option import live


class Sgd(Optimizer):
    """Gradient descent with momentum: v ← μ v + g, θ ← θ − lr · v (PyTorch's convention: no dampening).

    With μ = 0 this is Algorithm 1 as written. In games momentum often hurts, and negative momentum helps: on the
    bilinear game with alternating steps of h = 0.1, μ = 0.5 grows by 1.0323 a step, μ = −0.5 shrinks by 0.9985.
    Watch momentum turn a slow spiral into a fast one.
    """

    momentum: float = live(0.0, ge=-0.9, le=0.99, description="Momentum μ; below 0 it brakes.")

    def init(self, parameters: Tensor) -> Slots:
        return {"velocity": torch.zeros_like(parameters)}

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        velocity = self.momentum * slots["velocity"] + gradient
        return parameters - lr * velocity, {"velocity": velocity}
