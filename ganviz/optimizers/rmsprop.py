"""RMSProp."""

import torch
from torch import Tensor

from ganviz.contracts.optimizer import Optimizer, Slots
from ganviz.option import live


class Rmsprop(Optimizer):
    """RMSProp (Hinton's lecture): Adam without momentum and without bias correction; WGAN's optimizer.

    v ← α v + (1 − α) g²,  θ ← θ − lr · g / (√v + ε). The first steps are long: v starts at 0.
    """

    alpha: float = live(0.99, ge=0, le=0.9999, description="Decay α of the mean squared gradient.")
    eps: float = live(1e-8, ge=1e-10, le=0.1, log=True, description="ε, keeps the step finite where gradients vanish.")

    def init(self, parameters: Tensor) -> Slots:
        return {"square": torch.zeros_like(parameters)}

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        square = torch.lerp(gradient * gradient, slots["square"], self.alpha)
        return parameters - lr * (gradient / (square.sqrt() + self.eps)), {"square": square}
