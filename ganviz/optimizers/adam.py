"""Adam."""

from torch import Tensor

from ganviz.contracts.optimizer import Optimizer, Slots
from ganviz.optimizers._moments import advance, zeros
from ganviz.option import live


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015): each parameter moves by about lr, whatever the size of its gradient.

    m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − lr · m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ),
    v̂ = v/(1 − β₂ᵗ). β₁ = 0.5 or 0 is usual in GANs: momentum makes games circle.
    """

    beta1: float = live(0.5, ge=0, le=0.999, description="Decay β₁ of the mean gradient.")
    beta2: float = live(0.999, ge=0, le=0.9999, description="Decay β₂ of the mean squared gradient.")
    eps: float = live(1e-8, ge=1e-10, le=0.1, log=True, description="ε, keeps the step finite where gradients vanish.")

    def init(self, parameters: Tensor) -> Slots:
        return zeros(parameters)

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        move, slots = advance(gradient, slots, lr, self.beta1, self.beta2, self.eps)
        return parameters - move, slots
