"""k steps forward, one step back."""

import torch
from torch import Tensor

from ganviz.contracts.optimizer import Optimizer, Slots
from ganviz.optimizers._moments import advance, zeros
from ganviz.option import live


class Lookahead(Optimizer):
    """Lookahead (Zhang et al. 2019; for games Chavdarova et al. 2021): Adam runs ahead, slow weights follow.

    After every k updates the slow weights move a share α of the way to the fast ones, φ ← φ + α (θ − φ), and the fast
    ones start again from there, θ ← φ; Adam's moments go on. Each player counts its own updates.
    A rotation by an angle w a step is cut short every k steps. Watch a spiral tighten where Adam alone circles.
    """

    beta1: float = live(0.5, ge=0, le=0.999, description="Decay β₁ of the mean gradient.")
    beta2: float = live(0.999, ge=0, le=0.9999, description="Decay β₂ of the mean squared gradient.")
    eps: float = live(1e-8, ge=1e-10, le=0.1, log=True, description="ε, keeps the step finite where gradients vanish.")
    k: int = live(5, ge=1, le=100, description="Updates between two of the slow weights.")
    alpha: float = live(0.5, ge=0, le=1, description="Share α of the way that the slow weights go.")

    def init(self, parameters: Tensor) -> Slots:
        return {**zeros(parameters), "slow": parameters.clone()}

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        move, moments = advance(gradient, slots, lr, self.beta1, self.beta2, self.eps)
        fast = parameters - move
        together = torch.lerp(slots["slow"], fast, self.alpha)
        meet = moments["t"] % self.k == 0
        return (
            torch.where(meet, together, fast),
            {**moments, "slow": torch.where(meet, together, slots["slow"])},
        )
