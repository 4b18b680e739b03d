"""Adam with weight decay beside it."""

from torch import Tensor

from ganviz.contracts.optimizer import Optimizer, Slots
from ganviz.optimizers._moments import advance, zeros
from ganviz.option import live


class Adamw(Optimizer):
    """AdamW (Loshchilov and Hutter 2019): Adam's step, and weights that shrink by a share of themselves.

    θ ← θ − lr λ θ − lr · m̂/(√v̂ + ε): the decay does not pass through Adam's scaling, as that of the regularizer
    weight_decay does. Watch D stay small without being slowed down.
    """

    beta1: float = live(0.5, ge=0, le=0.999, description="Decay β₁ of the mean gradient.")
    beta2: float = live(0.999, ge=0, le=0.9999, description="Decay β₂ of the mean squared gradient.")
    eps: float = live(1e-8, ge=1e-10, le=0.1, log=True, description="ε, keeps the step finite where gradients vanish.")
    decay: float = live(0.01, ge=0, le=1, log=True, description="Weight decay λ, times the learning rate.")

    def init(self, parameters: Tensor) -> Slots:
        return zeros(parameters)

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        move, slots = advance(gradient, slots, lr, self.beta1, self.beta2, self.eps)
        return parameters - lr * self.decay * parameters - move, slots
