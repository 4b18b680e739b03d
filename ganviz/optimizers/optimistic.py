"""Expect the gradient to go on changing as it did."""

import torch
from torch import Tensor

from ganviz.contracts.optimizer import Optimizer, Slots


class Optimistic(Optimizer):
    """Optimistic gradient descent (Daskalakis et al. 2018): θ ← θ − lr (2 gₜ − gₜ₋₁).

    Takes the last change of the gradient as a forecast of the next; in the first step g₀ counts as g₋₁, so that it is
    a plain one. One gradient a step. On the bilinear game it converges for h < 1/√3.
    Watch it do nearly what extragradient does at half the price.
    """

    def init(self, parameters: Tensor) -> Slots:
        return {"last": torch.zeros_like(parameters), "first": torch.ones((), dtype=parameters.dtype)}

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        last = torch.lerp(slots["last"], gradient, slots["first"])
        parameters = parameters - lr * (2 * gradient - last)
        return parameters, {"last": gradient, "first": torch.zeros_like(slots["first"])}
