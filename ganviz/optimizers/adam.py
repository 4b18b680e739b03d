"""Adam."""

import torch
from torch import Tensor

from ganviz.optimizers.base import Optimizer, Slots
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
        zeros = torch.zeros_like(parameters)
        return {"mean": zeros, "square": zeros.clone(), "t": torch.zeros((), dtype=torch.float64)}

    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        t = slots["t"] + 1
        mean = torch.lerp(gradient, slots["mean"], self.beta1)
        square = torch.lerp(gradient * gradient, slots["square"], self.beta2)
        # The bias corrections are scalars: fold them into the step and into ε instead of into whole vectors.
        root = (1 - self.beta2**t).sqrt()
        step = lr * root / (1 - self.beta1**t)
        parameters = parameters - step * (mean / (square.sqrt() + self.eps * root))
        return parameters, {"mean": mean, "square": square, "t": t}
