"""Look first, then leap."""

from typing import ClassVar

from torch import Tensor

from ganviz.contracts.optimizer import Optimizer, Slots


class Extragradient(Optimizer):
    """Extragradient (Korpelevich 1976): θ½ = θ − lr g(θ), then θ ← θ − lr g(θ½).

    The gradient of the update is taken where both players will be after a plain step (a player with another optimizer
    is taken as it stands; regularizers that act on gradients or parameters act in the update alone). On the bilinear
    game simultaneous steps contract by √(1 − h² + h⁴), where plain descent grows by √(1 + h²). It costs two gradients
    a step. Watch the circle turn into a spiral inwards.
    """

    looks_ahead: ClassVar[bool] = True

    def init(self, parameters: Tensor) -> Slots:
        return {}

    def ahead(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> Tensor:
        return parameters - lr * gradient

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        return parameters - lr * gradient, {}
