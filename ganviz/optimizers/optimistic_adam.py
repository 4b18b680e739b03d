"""Adam that expects its step to go on changing."""

import torch
from torch import Tensor

from ganviz.contracts.optimizer import Optimizer, Slots
from ganviz.optimizers._moments import advance, zeros
from ganviz.option import live


class OptimisticAdam(Optimizer):
    """Optimistic Adam (Daskalakis et al. 2018): θ ← θ − 2 aₜ + aₜ₋₁, where aₜ is what Adam would subtract.

    aₜ = lr · m̂/(√v̂ + ε), and a₀ counts as its own predecessor, so that the first step is Adam's.
    Watch Adam's circling die down at the same learning rate.
    """

    beta1: float = live(0.5, ge=0, le=0.999, description="Decay β₁ of the mean gradient.")
    beta2: float = live(0.999, ge=0, le=0.9999, description="Decay β₂ of the mean squared gradient.")
    eps: float = live(1e-8, ge=1e-10, le=0.1, log=True, description="ε, keeps the step finite where gradients vanish.")

    def init(self, parameters: Tensor) -> Slots:
        return {**zeros(parameters), "move": torch.zeros_like(parameters)}

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        move, moments = advance(gradient, slots, lr, self.beta1, self.beta2, self.eps)
        before = torch.where(slots["t"] == 0, move, slots["move"])
        return parameters - 2 * move + before, {**moments, "move": move}
